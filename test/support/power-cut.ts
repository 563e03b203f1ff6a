import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { endLater } from './endings.ts';
import { tempDir } from './temp-dir.ts';

const run = promisify(execFile);

export interface CuttableDisk {
  /** Where the file system is mounted. */
  readonly path: string;
  /** The power goes: every later write fails, and what was not synced is gone. */
  cut(): Promise<void>;
  /** The power is back: mounted again, its journal replayed. End what has files open on it first. */
  renew(): Promise<void>;
}

// _IOR('X', 125, __u32) of fs/ext4/ext4.h with EXT4_GOING_FLAGS_NOLOGFLUSH; Node has no ioctl of its own.
const shutdown =
  'import fcntl,os,struct,sys;' +
  "fcntl.ioctl(os.open(sys.argv[1],os.O_RDONLY),0x8004587D,struct.pack('I',2))";

/** An ext4 file system in a loop-mounted file whose power can be cut. Needs root. */
export async function cuttableDisk(megabytes = 64): Promise<CuttableDisk> {
  const dir = tempDir();
  const image = `${dir}/disk.img`;
  const path = `${dir}/disk`;
  const command = (name: string, ...args: string[]) => run(name, args, { timeout: 30_000 });
  // commit=300: the kernel's own five-second flush shall not save what nobody synced.
  const mount = () => command('mount', '-o', 'loop,commit=300', image, path);
  await mkdir(path);
  await command('truncate', '-s', `${String(megabytes)}M`, image);
  await command('mkfs.ext4', '-q', '-F', image);
  await mount();
  endLater(async () => {
    await command('umount', path);
  });
  return {
    path,
    async cut() {
      await command('python3', '-c', shutdown, path);
    },
    async renew() {
      await command('umount', path);
      await mount();
    },
  };
}
