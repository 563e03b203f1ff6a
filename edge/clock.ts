import type { EpochMs } from '../kernel/domain/ids.ts';

/** The wall clock, so that tests may hold it. */
export interface Clock {
  now(): EpochMs;
}
