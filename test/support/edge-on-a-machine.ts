import { readFileSync } from 'node:fs';
import { start } from '../../edge/main.ts';
import { readConfiguration } from '../../node/configuration.ts';
import { createLog } from '../../node/logs.ts';

/** What the test writes to the file: how far the machine's clock is off, and what has gone by besides. */
export interface MachineFile {
  readonly wrongMs: number;
  readonly passedMs: number;
  /** Of what has gone by, since the machine started. */
  readonly upMs: number;
  readonly bootId: string;
}

/** A store server as a process of its own, on a machine whose clock and power are the test's. */
async function run([config = '', dataDir = '', machineFile = '', hqOperatorSocket = '']: string[]) {
  let looked = { at: -Infinity, machine: {} as MachineFile };
  const machine = (): MachineFile => {
    if (performance.now() - looked.at > 20) {
      const text = readFileSync(machineFile, 'utf8');
      looked = { at: performance.now(), machine: JSON.parse(text) as MachineFile };
    }
    return looked.machine;
  };
  const log = createLog('edge');
  const edge = await start({
    configuration: readConfiguration(config),
    ...{ dataDir, log, hqOperatorSocket, pollMs: 500 },
    machine: {
      now: () => Date.now() + machine().passedMs + machine().wrongMs,
      upMs: () => 1_000 + performance.now() + machine().upMs,
      bootId: machine().bootId,
    },
  });
  log.info('ready', { url: edge.url });
  process.once('SIGTERM', () => void edge.stop().then(() => process.exit(0)));
}

if (process.argv[1]?.endsWith('edge-on-a-machine.ts') === true) await run(process.argv.slice(2));
