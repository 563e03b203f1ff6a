import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100; // USER_HZ, on every Linux that we know

/** Memory of a process that is in use now, and the most that ever was, bytes. */
export function residentBytes(pid: number): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const bytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? NaN) * 1_024;
  return { now: bytes('VmRSS'), most: bytes('VmHWM') };
}

/** Time that all threads of a process have had of the processors, s: what a busy machine changes least. */
export function processorSeconds(pid: number): number {
  const fields =
    readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export const megabytes = (bytes: number) => Math.round(bytes / 1_000_000);
