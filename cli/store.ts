import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { endOnSignal } from './end-on-signal.ts';
import { startStore, type RunningStore } from './store/store.ts';

interface Flags {
  readonly data: string;
  readonly hqPort: string;
  readonly edgePort: string;
  readonly kioskPort: string;
  readonly seed: string;
}

/** `soglia store`: everything a shop needs, on this machine, until Ctrl-C. */
export function storeCommand(): Command {
  return new Command('store')
    .option('--data <folder>', 'where everything is kept', 'data')
    .option('--hq-port <port>', 'loopback port of head office', '4100')
    .option('--edge-port <port>', 'of the store server, for the first configuration', '4200')
    .option('--kiosk-port <port>', 'of the kiosk, for the first configuration', '4300')
    .option('--seed <number>', 'which simulated shoppers come', '1')
    .action(async (flags: Flags) => {
      const ending = endOnSignal();
      const store = await startStore({
        dataDir: folder(flags.data),
        hqPort: Number(flags.hqPort),
        edgePort: Number(flags.edgePort),
        kioskPort: Number(flags.kioskPort),
        seed: Number(flags.seed),
        tell,
        ending: ending.signal,
      });
      present(store);
      await ending.asked;
      tell('closing the shop …');
      await store.stop();
      tell('closed; everything is on disk');
    });
}

const tell = (line: string) => process.stdout.write(`${line}\n`);

function folder(path: string): string {
  const full = resolve(path);
  mkdirSync(full, { recursive: true, mode: 0o700 });
  return full;
}

function present({ addresses, simulated }: RunningStore): void {
  const width = Math.max(...addresses.map(({ what }) => what.length));
  tell('\nThe shop is open:');
  for (const { what, url } of addresses) tell(`  ${what.padEnd(width)}  ${url}`);
  if (simulated.length > 0) {
    tell(`\nSimulated, for want of hardware: ${simulated.join(', ')}. The screens say so.`);
  }
  tell('The links of handheld and console work once, for ten minutes. Ctrl-C closes the shop.');
}
