import { closeSync, constants, openSync, realpathSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { endLater } from './endings.ts';
import { tempDir } from './temp-dir.ts';
import { until, within } from './until.ts';

export interface PseudoScanner {
  /** A stable name as under /dev/serial/by-id: a symlink to whatever pseudo-terminal is there now. */
  readonly path: string;
  /** What the scanner sends; it waits in the terminal until somebody reads. */
  scan(bytes: string | Uint8Array): Promise<void>;
  /** What was written to the scanner so far: tones, lights. */
  received(): Uint8Array;
  /** Pulls the cable: readers get an end or an error, and the name is gone. */
  unplug(): Promise<void>;
  /** A new pseudo-terminal under the same name. */
  plug(): Promise<void>;
}

/** A serial scanner on a real pseudo-terminal, plugged in, under `dir`/by-id or a folder of its own. */
export async function plugPseudoScanner(
  name = 'usb-Soglia_Test_Scanner_0001-if00',
  dir = tempDir(),
): Promise<PseudoScanner> {
  const path = `${dir}/by-id/${name}`;
  await mkdir(dirname(path), { recursive: true });
  const received: Buffer[] = [];
  let socat: ChildProcess | undefined;
  let held: number | undefined;

  async function plug(): Promise<void> {
    if (socat !== undefined) throw new Error(`${name} is plugged in already`);
    const child = spawn('socat', [`pty,raw,echo=0,link=${path}`, 'stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const atExit = () => child.kill('SIGKILL');
    process.once('exit', atExit);
    child.once('close', () => process.off('exit', atExit));
    child.stdout.on('data', (chunk: Buffer) => received.push(chunk));
    child.stdin.on('error', () => undefined); // unplugged while something was on its way
    socat = child;
    // Held open, or socat would end when the first reader closes the terminal.
    held = await until('a pseudo-terminal', 10_000, () => openTerminal(path));
  }

  async function unplug(): Promise<void> {
    if (socat === undefined) return;
    const child = socat;
    socat = undefined;
    const ended = once(child, 'close');
    child.kill('SIGTERM'); // socat removes its symlink on the way out
    await within('the end of socat', 5_000, ended);
    if (held !== undefined) closeSync(held);
    held = undefined;
  }

  endLater(unplug);
  await plug();
  return {
    path,
    plug,
    unplug,
    received: () => Buffer.concat(received),
    async scan(bytes) {
      const stdin = socat?.stdin;
      if (!stdin) throw new Error(`${name} is unplugged`);
      const written = new Promise<void>((resolve, reject) => {
        stdin.write(bytes, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
      await within('the scan', 5_000, written);
    },
  };
}

function openTerminal(path: string): number {
  return openSync(realpathSync(path), constants.O_RDWR | constants.O_NOCTTY);
}
