import type { EpochMs, Pseudonym, ReceiverId, ZoneId } from './ids.ts';
import type { RecognisedNear } from './recognised.ts';
import type { NearEvidence } from './strength.ts';
import { ZoneFilter } from './zone-filter.ts';
import type { ZoneMap } from './zone-map.ts';

/** A credential of an enrolled person, heard by a receiver; or their phone heard a beacon. `zoneId`: where that stands. */
export interface Hearing extends Pick<RecognisedNear, 'pseudonym' | 'zoneId' | 'at'> {
  /** `token` where nothing is said. */
  readonly evidence?: NearEvidence;
  /** Undefined for a phone's report. */
  readonly receiverId?: ReceiverId | undefined;
  /** Received strength; undefined where the radio does not say: heard, without a distance. */
  readonly rssiDbm?: number | undefined;
}

/** Heard by a receiver of the shop. */
export type Reception = Hearing & { readonly receiverId: ReceiverId };

export interface Presence {
  readonly pseudonym: Pseudonym;
  /** Where they are; while `isUncertain`, where they were last. */
  readonly zoneId: ZoneId;
  /** In the shop, or near it where they have not come in. */
  readonly since: EpochMs;
  /** In any zone. */
  readonly lastHeardAt: EpochMs;
}

interface Of {
  readonly pseudonym: Pseudonym;
  readonly zoneId: ZoneId;
}
/** What a person's coming, staying and going is told by. Nobody is in a zone before `enter`. */
export type PresenceEvent =
  /** First heard, and not known to be in: only outside, too weakly, or not placed yet. `zoneId` is the receiver's. */
  | (Of & { readonly kind: 'near'; readonly at: EpochMs })
  /** Has come in, into this zone. Where nothing says otherwise, being heard is being in, and no `near` comes first. */
  | (Of & { readonly kind: 'enter'; readonly evidence: NearEvidence; readonly at: EpochMs })
  /** Went on to this zone; one outside counts too, for those who are in. */
  | (Of & { readonly kind: 'zone'; readonly from: ZoneId; readonly at: EpochMs })
  /** Has stood in the zone for `dwellAfterMs`; once for each stay in it. Not for those who are only near. */
  | (Of & { readonly kind: 'dwell'; readonly at: EpochMs })
  /** Here still, for all that is known, but nobody can say where. */
  | (Of & { readonly kind: 'uncertain'; readonly at: EpochMs })
  /**
   * Silent for long, or outside for as long. The visit ends at `lastHeardAt`: when they were last heard, or went out; not
   * when we gave up. Told of those who never came in too.
   */
  | (Of & { readonly kind: 'leave'; readonly lastHeardAt: EpochMs });

/** What tells those who are near from those who have come in. */
export interface Threshold {
  /** Zones before the door: whoever was heard only there is near. */
  readonly outside: readonly ZoneId[];
  /** Without a floor plan: nobody comes in by being heard more weakly than this. */
  readonly enterAtDbm?: number | undefined;
}
const NO_THRESHOLD: Threshold = { outside: [] };

export interface PresenceTiming {
  /** Silence, or time outside, after which somebody is held to have left; longer for those who are heard seldom. */
  readonly leaveAfterMs: number;
  /** Time in one zone that counts as dwelling. */
  readonly dwellAfterMs: number;
}

/** Without a floor plan: the zone changes once the old one is silent this long, or the new one is much stronger. */
const MOVE_AFTER_MS = 3_000;
const MUCH_STRONGER_DB = 6;
/** Phones send every 0.1 to 5 s, and a pocket swallows half: silence means something after so many usual gaps. */
const FIRST_GAP_MS = 1_000;
/** A phone that watches for beacons speaks when its system wakes it. */
const FIRST_GAP_OF_REPORTS_MS = 10_000;
const LONGEST_GAP_MS = 60_000;
const UNCERTAIN_AFTER_GAPS = 6;
const UNCERTAIN_AFTER_MS = 10_000;
const LEFT_AFTER_GAPS = 12;
/** The newest gap counts this much in what is usual. */
const GAP_WEIGHT = 0.1;

interface Stay extends Presence {
  zoneId: ZoneId;
  lastHeardAt: EpochMs;
  lastHeardInZoneAt: EpochMs;
  inZoneSince: EpochMs;
  /** Undefined: only near. */
  enteredAt: EpochMs | undefined;
  /** Whether it is known to be in `zoneId`; else that is only whose receiver heard it. */
  isPlaced: boolean;
  hasDwelled: boolean;
  isUncertain: boolean;
  rssiDbm: number | undefined;
  /** Of the newest hearing. */
  evidence: NearEvidence;
  usualGapMs: number;
  readonly filter: ZoneFilter | undefined;
}

/**
 * Who is in the shop and where. With a floor plan a filter places each credential by all receivers that hear it; without
 * one a zone is where it was heard lately. In memory; time comes in through arguments.
 */
export class Presences {
  readonly #stays = new Map<Pseudonym, Stay>();
  readonly #map: ZoneMap | undefined;
  readonly #receivers: ReadonlyMap<string, number>;
  readonly #outside: ReadonlySet<ZoneId>;
  readonly #enterAtDbm: number | undefined;

  /** @param map - of the shop's floor, with zones and receivers of `soglia.yaml` */
  constructor(map?: ZoneMap, { outside, enterAtDbm }: Threshold = NO_THRESHOLD) {
    this.#map = map;
    this.#receivers = new Map(map?.receiverIds.map((id, i) => [id, i]));
    this.#outside = new Set(outside);
    this.#enterAtDbm = enterAtDbm;
  }

  /** What this hearing changes: mostly nothing. */
  hear(hearing: Hearing): PresenceEvent | undefined {
    const { pseudonym, receiverId, zoneId, at, rssiDbm, evidence = 'token' } = hearing;
    const stay = this.#stays.get(pseudonym);
    if (stay === undefined) {
      const fresh = this.#newStay({ pseudonym, zoneId, since: at, lastHeardAt: at });
      fresh.rssiDbm = rssiDbm;
      fresh.evidence = evidence;
      if (evidence === 'report') fresh.usualGapMs = FIRST_GAP_OF_REPORTS_MS;
      const receiver = this.#place(fresh, receiverId, rssiDbm, at);
      if (receiver === undefined && !this.#isWeak(rssiDbm)) {
        const entered = this.#inZone(fresh, zoneId, at);
        if (entered !== undefined) return entered;
      }
      return { kind: 'near', pseudonym, zoneId, at };
    }
    stay.evidence = evidence;
    if (at > stay.lastHeardAt) {
      const gapMs = Math.min(at - stay.lastHeardAt, LONGEST_GAP_MS);
      stay.usualGapMs += GAP_WEIGHT * (gapMs - stay.usualGapMs);
      stay.lastHeardAt = at;
    }
    const receiver = this.#place(stay, receiverId, rssiDbm, at);
    if (receiver !== undefined) return this.#placed(stay, at);
    if (stay.filter?.estimate.zoneId !== undefined) return undefined; // heard, but not by who could say where
    if (stay.enteredAt === undefined && this.#isWeak(rssiDbm)) return undefined;
    return this.#movedByHearing(stay, hearing);
  }

  /** What time alone changes: who came to be uncertain, dwells, or has left. */
  sweep(now: EpochMs, { leaveAfterMs, dwellAfterMs }: PresenceTiming): PresenceEvent[] {
    const events: PresenceEvent[] = [];
    for (const stay of this.#stays.values()) {
      const { pseudonym, lastHeardAt, usualGapMs } = stay;
      const silentMs = now - lastHeardAt;
      if (silentMs >= Math.max(leaveAfterMs, LEFT_AFTER_GAPS * usualGapMs)) {
        this.#stays.delete(pseudonym);
        events.push({ kind: 'leave', pseudonym, zoneId: stay.zoneId, lastHeardAt });
        continue;
      }
      stay.filter?.advance(now);
      const moved = stay.filter && this.#placed(stay, now);
      if (moved !== undefined) events.push(moved);
      const { zoneId, inZoneSince } = stay;
      const isOut = stay.enteredAt !== undefined && this.#outside.has(zoneId);
      if (isOut && now - inZoneSince >= leaveAfterMs) {
        stay.enteredAt = undefined; // and near from here on
        events.push({ kind: 'leave', pseudonym, zoneId, lastHeardAt: inZoneSince });
      }
      const isSilent = silentMs >= Math.max(UNCERTAIN_AFTER_MS, UNCERTAIN_AFTER_GAPS * usualGapMs);
      if (isSilent && !stay.isUncertain) events.push(uncertain(stay, now));
      if (stay.isUncertain || stay.hasDwelled || stay.enteredAt === undefined) continue;
      if (now - stay.inZoneSince < dwellAfterMs) continue;
      stay.hasDwelled = true;
      events.push({ kind: 'dwell', pseudonym, zoneId: stay.zoneId, at: now });
    }
    return events;
  }

  /** Everybody leaves: time was set, and no gap can be told any more. */
  endAll(): PresenceEvent[] {
    const events = [...this.#stays.values()].map(
      ({ pseudonym, zoneId, lastHeardAt }) =>
        ({ kind: 'leave', pseudonym, zoneId, lastHeardAt }) as const,
    );
    this.#stays.clear();
    return events;
  }

  /** Goes on with stays that were open before a restart: they enter no second time. */
  restore(presences: Iterable<Presence>): void {
    for (const presence of presences) {
      const stay = this.#newStay(presence);
      stay.enteredAt = presence.since;
      stay.isPlaced = true;
    }
  }

  /** Drops a person at once and without an event: withdrawn or erased. */
  forget(pseudonym: Pseudonym): void {
    this.#stays.delete(pseudonym);
  }

  /** `enteredAt` undefined: only near. */
  of(
    pseudonym: Pseudonym,
  ):
    | (Presence & { readonly isUncertain: boolean; readonly enteredAt: EpochMs | undefined })
    | undefined {
    return this.#stays.get(pseudonym);
  }

  /** Those who are in `zoneId`, or before the door in it, for all that is known, and were heard less than `withinMs` ago. */
  near(zoneId: ZoneId, now: EpochMs, withinMs: number): readonly Presence[] {
    return [...this.#stays.values()].filter(
      (stay) =>
        stay.zoneId === zoneId &&
        stay.isPlaced &&
        !stay.isUncertain &&
        now - stay.lastHeardAt < withinMs,
    );
  }

  /** Everybody present. */
  all(): readonly Presence[] {
    return [...this.#stays.values()];
  }

  #newStay(presence: Presence): Stay {
    const stay: Stay = {
      ...presence,
      lastHeardInZoneAt: presence.lastHeardAt,
      inZoneSince: presence.lastHeardAt,
      enteredAt: undefined,
      isPlaced: false,
      hasDwelled: false,
      isUncertain: false,
      rssiDbm: undefined,
      evidence: 'token',
      usualGapMs: FIRST_GAP_MS,
      filter: this.#map && new ZoneFilter(this.#map),
    };
    this.#stays.set(presence.pseudonym, stay);
    return stay;
  }

  /** @returns the receiver's index, where the plan has it and it said how strong */
  #place(stay: Stay, receiverId: string | undefined, rssiDbm: number | undefined, at: EpochMs) {
    const receiver = receiverId === undefined ? undefined : this.#receivers.get(receiverId);
    if (receiver === undefined || rssiDbm === undefined) return undefined;
    // A batch that comes late is as good as now.
    stay.filter?.hear(receiver, rssiDbm, Math.max(at, stay.lastHeardAt));
    return receiver;
  }

  #isWeak(rssiDbm: number | undefined): boolean {
    if (rssiDbm === undefined || this.#enterAtDbm === undefined) return false;
    return rssiDbm < this.#enterAtDbm;
  }

  /** What the filter makes of a stay. */
  #placed(stay: Stay, at: EpochMs): PresenceEvent | undefined {
    // The plan's zones are those of soglia.yaml, checked where it is read.
    const zoneId = stay.filter?.estimate.zoneId as ZoneId | undefined;
    if (zoneId !== undefined) return this.#inZone(stay, zoneId, at);
    // Where it never knew, the receiver's own zone is all there is; it is uncertain once it has known.
    if (stay.filter?.hasPlaced !== true || stay.isUncertain) return undefined;
    return uncertain(stay, at);
  }

  #movedByHearing(stay: Stay, { zoneId, at, rssiDbm }: Hearing): PresenceEvent | undefined {
    const isElsewhere = stay.isPlaced && zoneId !== stay.zoneId;
    if (isElsewhere && !hasMoved(stay, at, rssiDbm)) return undefined;
    stay.lastHeardInZoneAt = Math.max(stay.lastHeardInZoneAt, at);
    stay.rssiDbm = rssiDbm;
    return this.#inZone(stay, zoneId, at);
  }

  #inZone(stay: Stay, zoneId: ZoneId, at: EpochMs): PresenceEvent | undefined {
    const { pseudonym, zoneId: from, isPlaced, enteredAt } = stay;
    stay.isUncertain = false;
    stay.isPlaced = true;
    if (zoneId !== from || !isPlaced) {
      stay.zoneId = zoneId;
      stay.inZoneSince = at;
      stay.hasDwelled = false;
    }
    if (enteredAt === undefined) {
      if (this.#outside.has(zoneId)) return undefined; // near they were already
      stay.enteredAt = at;
      stay.inZoneSince = at;
      return { kind: 'enter', pseudonym, zoneId, evidence: stay.evidence, at };
    }
    return zoneId === from ? undefined : { kind: 'zone', pseudonym, from, zoneId, at };
  }
}

function uncertain(stay: Stay, at: EpochMs): PresenceEvent {
  stay.isUncertain = true;
  return { kind: 'uncertain', pseudonym: stay.pseudonym, zoneId: stay.zoneId, at };
}

function hasMoved(stay: Stay, at: EpochMs, rssiDbm: number | undefined): boolean {
  if (at - stay.lastHeardInZoneAt >= MOVE_AFTER_MS) return true;
  if (rssiDbm === undefined || stay.rssiDbm === undefined) return false;
  return at >= stay.lastHeardInZoneAt && rssiDbm >= stay.rssiDbm + MUCH_STRONGER_DB;
}
