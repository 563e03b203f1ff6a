import type { EpochMs } from '../kernel/domain/ids.ts';

/** Time as the store goes by it, so that tests may hold it. */
export interface Clock {
  /** The best that is known. */
  now(): EpochMs;
  /** So late it is at least: what is forgotten or destroyed by time is so by this one. */
  counted(): EpochMs;
  /** HQ was not heard since the machine started: `now` may be wrong by any amount. */
  readonly isCoarse: boolean;
}
