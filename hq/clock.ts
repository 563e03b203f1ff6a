import type { EpochMs } from '../kernel/domain/ids.ts';

/** What time it is, ms since 1970 UTC. */
export type Clock = () => EpochMs;
