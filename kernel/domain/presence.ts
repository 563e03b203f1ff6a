import type { EpochMs, Pseudonym, ZoneId } from './ids.ts';

/** A credential of an enrolled person, heard in a zone. */
export interface Hearing {
  readonly pseudonym: Pseudonym;
  readonly zoneId: ZoneId;
  readonly at: EpochMs;
  /** Received strength; undefined where the radio does not say. */
  readonly rssiDbm?: number | undefined;
}

export interface Presence {
  readonly pseudonym: Pseudonym;
  readonly zoneId: ZoneId;
  readonly since: EpochMs;
  /** In any zone. */
  readonly lastHeardAt: EpochMs;
}

export type PresenceEvent =
  | {
      readonly kind: 'entered';
      readonly pseudonym: Pseudonym;
      readonly zoneId: ZoneId;
      readonly at: EpochMs;
    }
  | {
      readonly kind: 'moved';
      readonly pseudonym: Pseudonym;
      readonly from: ZoneId;
      readonly zoneId: ZoneId;
      readonly at: EpochMs;
    }
  | {
      readonly kind: 'left';
      readonly pseudonym: Pseudonym;
      readonly zoneId: ZoneId;
      /** The visit ends here, not when we gave up. */
      readonly lastHeardAt: EpochMs;
    };

/** Two radios hear one phone: it changes zone once the old one is silent this long, or the new one is much stronger. */
const MOVE_AFTER_MS = 3_000;
const MUCH_STRONGER_DB = 6;

interface Stay extends Presence {
  zoneId: ZoneId;
  lastHeardAt: EpochMs;
  lastHeardInZoneAt: EpochMs;
  rssiDbm: number | undefined;
}

/** Who is in the shop and in which zone, as "heard there lately". In memory; time comes in through arguments. */
export class Presences {
  readonly #stays = new Map<Pseudonym, Stay>();

  /** What this hearing changes: mostly nothing. */
  hear({ pseudonym, zoneId, at, rssiDbm }: Hearing): PresenceEvent | undefined {
    const stay = this.#stays.get(pseudonym);
    if (stay === undefined) {
      const times = { since: at, lastHeardAt: at, lastHeardInZoneAt: at };
      this.#stays.set(pseudonym, { pseudonym, zoneId, rssiDbm, ...times });
      return { kind: 'entered', pseudonym, zoneId, at };
    }
    stay.lastHeardAt = Math.max(stay.lastHeardAt, at);
    const from = stay.zoneId;
    if (zoneId !== from && !hasMoved(stay, at, rssiDbm)) return undefined;
    stay.zoneId = zoneId;
    stay.lastHeardInZoneAt = Math.max(stay.lastHeardInZoneAt, at);
    stay.rssiDbm = rssiDbm;
    return zoneId === from ? undefined : { kind: 'moved', pseudonym, from, zoneId, at };
  }

  /** Those silent for `leaveAfterMs` or longer have left. Less silence is no absence. */
  sweep(now: EpochMs, leaveAfterMs: number): PresenceEvent[] {
    const left: PresenceEvent[] = [];
    for (const { pseudonym, zoneId, lastHeardAt } of this.#stays.values()) {
      if (now - lastHeardAt < leaveAfterMs) continue;
      this.#stays.delete(pseudonym);
      left.push({ kind: 'left', pseudonym, zoneId, lastHeardAt });
    }
    return left;
  }

  /** Goes on with stays that were open before a restart: they enter no second time. */
  restore(presences: Iterable<Presence>): void {
    for (const presence of presences) {
      const lastHeardInZoneAt = presence.lastHeardAt;
      this.#stays.set(presence.pseudonym, { ...presence, lastHeardInZoneAt, rssiDbm: undefined });
    }
  }

  /** Drops a person at once and without an event: withdrawn or erased. */
  forget(pseudonym: Pseudonym): void {
    this.#stays.delete(pseudonym);
  }

  of(pseudonym: Pseudonym): Presence | undefined {
    return this.#stays.get(pseudonym);
  }

  /** Those in `zoneId` who were heard less than `withinMs` ago. */
  near(zoneId: ZoneId, now: EpochMs, withinMs: number): readonly Presence[] {
    return [...this.#stays.values()].filter(
      (stay) => stay.zoneId === zoneId && now - stay.lastHeardAt < withinMs,
    );
  }

  /** Everybody present. */
  all(): readonly Presence[] {
    return [...this.#stays.values()];
  }
}

function hasMoved(stay: Stay, at: EpochMs, rssiDbm: number | undefined): boolean {
  if (at - stay.lastHeardInZoneAt >= MOVE_AFTER_MS) return true;
  if (rssiDbm === undefined || stay.rssiDbm === undefined) return false;
  return at >= stay.lastHeardInZoneAt && rssiDbm >= stay.rssiDbm + MUCH_STRONGER_DB;
}
