import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Of processors that are all wanted, about a tenth of what a thread without it gets (sched(7), "The nice value"). */
const NICE = 10;

/**
 * From now on all other threads go first where the machine is busy. To be called by a worker thread of itself, once the
 * process has done something with files: what threads it starts are as patient. Linux gives a thread its own nice value
 * (setpriority(2), "C library/kernel differences"); elsewhere nothing changes.
 */
export function workInBackground(): void {
  if (process.platform !== 'linux') return;
  const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  setPriority(thread, NICE);
}
