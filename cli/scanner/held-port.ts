import { readFileSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';

/** Another process that has the port open, as far as this user may see: `cat (4711)`. Linux only. */
export function holderOf(device: string): string | undefined {
  const wanted = attempt(() => realpathSync(device));
  if (wanted === undefined) return undefined;
  for (const pid of attempt(() => readdirSync('/proc')) ?? []) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const files = attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
    const holds = files.some(
      (file) => attempt(() => readlinkSync(`/proc/${pid}/fd/${file}`)) === wanted,
    );
    if (!holds) continue;
    const name = attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) ?? 'a process';
    return `${name} (${pid})`;
  }
  return undefined;
}

/** What somebody can do about a port that would not open. */
export function portTrouble(device: string, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/permission denied|EACCES|EPERM/i.test(text)) {
    return `${device}: this user may not open it; adduser "$USER" dialout, then log in again`;
  }
  if (/cannot lock port|EBUSY|busy|temporarily unavailable/i.test(text)) {
    const holder = holderOf(device);
    const who = holder === undefined ? 'another process' : `another process, ${holder},`;
    return `${device}: ${who} has it open; end that first (the bridge, perhaps)`;
  }
  if (/no such file|ENOENT|ENXIO/i.test(text)) return `${device}: it is not plugged in`;
  return `${device}: ${text}`;
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined; // a process that has just ended, or one of another user
  }
}
