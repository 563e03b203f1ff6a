import type { EpochMs, StationId } from '../../kernel/domain/ids.ts';

const MINUTE_MS = 60_000;
const FREE_PER_MINUTE = 5;
const LONGEST_BACK_OFF_MS = 5 * MINUTE_MS;

interface Record {
  failedAt: EpochMs[];
  blockedUntil: EpochMs;
  backOffMs: number;
}

/** Codes that were none, per station: five a minute are people, more is somebody trying (threat-15). */
export class WrongCodes {
  readonly #stations = new Map<StationId, Record>();

  /** Until when this station's codes are not looked at; 0: they are. */
  blockedUntil(stationId: StationId, now: EpochMs): EpochMs {
    const until = this.#stations.get(stationId)?.blockedUntil ?? 0;
    return until > now ? until : 0;
  }

  /** The back-off doubles with each further round, up to 5 min, and is forgotten after a quiet quarter of an hour. */
  note(stationId: StationId, now: EpochMs): void {
    const record = this.#stations.get(stationId) ?? {
      failedAt: [],
      blockedUntil: 0,
      backOffMs: 0,
    };
    if (now - (record.failedAt.at(-1) ?? 0) > 15 * MINUTE_MS) record.backOffMs = 0;
    record.failedAt = [...record.failedAt.filter((at) => now - at < MINUTE_MS), now];
    if (record.failedAt.length >= FREE_PER_MINUTE) {
      record.backOffMs = Math.min(LONGEST_BACK_OFF_MS, record.backOffMs * 2 || 10_000);
      record.blockedUntil = now + record.backOffMs;
      record.failedAt = [now];
    }
    this.#stations.set(stationId, record);
  }
}
