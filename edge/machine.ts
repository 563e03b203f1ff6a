import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { Machine } from './trusted-clock.ts';

/** How often it is looked whether the machine slept, ms: the look is a file. */
const LOOK_EVERY_MS = 1_000;
const SLEPT_MS = 1_000;

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  let lookedAt = performance.now();
  let offset = uptime() * 1_000 - lookedAt;
  return {
    now: () => Date.now(),
    upMs() {
      const steady = performance.now();
      if (steady - lookedAt > LOOK_EVERY_MS) {
        lookedAt = steady;
        // Node's own clock stands still while the machine sleeps.
        const looked = uptime() * 1_000 - steady;
        if (looked - offset > SLEPT_MS) offset = looked;
      }
      return steady + offset;
    },
    bootId: bootId(),
  };
}

/** Where nobody tells one start of the machine from another, each of this process counts as one. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}
