import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { endLater } from './endings.ts';
import { tempDir } from './temp-dir.ts';
import { within } from './until.ts';

const run = promisify(execFile);

export interface CuttableDisk {
  /** Where the file system is mounted. */
  readonly path: string;
  /**
   * The power goes: every later write fails, and what was not synced is gone.
   *
   * ext4 has no single instant for it: an fdatasync that is under way while the file system shuts down may succeed though
   * its data is gone (Linux 6.18: the last one of a growing file in 168 of 1,500 cuts; one that had returned before: in
   * none). Where the power really goes nobody hears of it any more, so what is told later is to count as never told.
   *
   * @returns the last instant at which there was power: nanoseconds of CLOCK_MONOTONIC, as process.hrtime has them
   */
  cut(): Promise<bigint>;
  /** The power is back: mounted again, its journal replayed. End what has files open on it first. */
  renew(): Promise<void>;
}

// _IOR('X', 125, __u32) of fs/ext4/ext4.h with EXT4_GOING_FLAGS_NOLOGFLUSH; Node has no ioctl of its own. Waits for a
// line before: Python takes a second to start on a busy machine, and the power is to go when it is asked to.
const shutdown =
  'import fcntl,os,struct,sys,time;' +
  "disk=os.open(sys.argv[1],os.O_RDONLY);print('ready',flush=True);" +
  'cutting=sys.stdin.readline();cutting and print(time.monotonic_ns(),flush=True);' +
  "cutting and fcntl.ioctl(disk,0x8004587D,struct.pack('I',2))";

/** An ext4 file system in a loop-mounted file whose power can be cut. Needs root. */
export async function cuttableDisk(megabytes = 64): Promise<CuttableDisk> {
  const dir = tempDir();
  const image = `${dir}/disk.img`;
  const path = `${dir}/disk`;
  const command = (name: string, ...args: string[]) => run(name, args, { timeout: 30_000 });
  // commit=300: the kernel's own five-second flush shall not save what nobody synced.
  const mount = async () => {
    await command('mount', '-o', 'loop,commit=300', image, path);
    return Knife.at(path);
  };
  await mkdir(path);
  await command('truncate', '-s', `${String(megabytes)}M`, image);
  await command('mkfs.ext4', '-q', '-F', image);
  let knife = await mount();
  endLater(async () => {
    await knife.putAway();
    await command('umount', path);
  });
  return {
    path,
    cut: () => knife.cut(),
    async renew() {
      await knife.putAway();
      await command('umount', path);
      knife = await mount();
    },
  };
}

/** Holds the disk, ready to cut its power. */
class Knife {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ended: Promise<unknown>;
  #said = '';

  private constructor(path: string) {
    this.#child = spawn('python3', ['-c', shutdown, path], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdin.on('error', () => undefined); // it may have ended
    this.#child.stdout.setEncoding('utf8').on('data', (chunk: string) => (this.#said += chunk));
    this.#ended = once(this.#child, 'close');
  }

  static async at(path: string): Promise<Knife> {
    const knife = new Knife(path);
    const ready = once(knife.#child.stdout, 'data');
    await within('the knife', 30_000, Promise.race([ready, knife.#ended]));
    return knife;
  }

  async cut(): Promise<bigint> {
    this.#child.stdin.end('cut\n');
    await within('the cut', 30_000, this.#ended);
    if (this.#child.exitCode !== 0) throw new Error('the power could not be cut');
    return BigInt(this.#said.trim().split('\n').at(-1)!);
  }

  async putAway(): Promise<void> {
    this.#child.stdin.end();
    await within('the end of the knife', 30_000, this.#ended);
  }
}
