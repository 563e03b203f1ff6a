import {
  Presences,
  type PresenceEvent,
  type PresenceTiming,
  type Threshold,
} from '../../kernel/domain/presence.ts';
import type { ZoneMap } from '../../kernel/domain/zone-map.ts';
import type { EpochMs, Pseudonym, VisitId, ZoneId } from '../../kernel/domain/ids.ts';
import type { JournalBody } from '../../kernel/protocol/journal-events.ts';
import type { Ids } from '../ids.ts';
import type { StoreReads } from '../reads.ts';
import { factOf, type Writer } from '../writes.ts';

type Report = (error: unknown) => void;

/** An open visit: where the person is, and how long they were where. In memory, so from the last start on. */
interface OpenVisit {
  readonly visitId: VisitId;
  readonly zones: Map<ZoneId, number>;
  zoneId: ZoneId;
  since: EpochMs;
}
const MOST_ZONES = 64;

/**
 * Visits: one from coming in until leaving; being near is none, and leaves nothing. Open ones lie on disk, so that a restart goes on with them and
 * HQ hears of each once.
 */
export class Visits {
  readonly presences: Presences;
  /** How often each was told, of anybody: numbers of the whole process. */
  readonly moments: Record<PresenceEvent['kind'], number> = {
    near: 0,
    enter: 0,
    zone: 0,
    dwell: 0,
    uncertain: 0,
    leave: 0,
  };
  readonly #writer: Writer;
  readonly #ids: Ids;
  readonly #timing: PresenceTiming;
  readonly #report: Report;
  readonly #open = new Map<Pseudonym, OpenVisit>();
  readonly #keptAt = new Map<Pseudonym, EpochMs>();

  constructor(
    writer: Writer,
    ids: Ids,
    timing: PresenceTiming & Threshold,
    map: ZoneMap | undefined,
    report: Report,
  ) {
    this.presences = new Presences(map, timing);
    this.#writer = writer;
    this.#ids = ids;
    this.#timing = timing;
    this.#report = report;
  }

  get count(): number {
    return this.#open.size;
  }

  restore(reads: Pick<StoreReads, 'openVisits'>): void {
    const visits = reads.openVisits();
    for (const { pseudonym, visitId, zoneId, lastHeardAt } of visits) {
      this.#open.set(pseudonym, { visitId, zones: new Map(), zoneId, since: lastHeardAt });
      this.#keptAt.set(pseudonym, lastHeardAt);
    }
    this.presences.restore(visits.map((visit) => ({ ...visit, since: visit.startedAt })));
  }

  /** Writes down what a hearing changed. */
  follow(event: PresenceEvent): void {
    this.moments[event.kind] += 1;
    if (event.kind === 'enter') this.#start(event);
    if (event.kind === 'zone') this.#moved(event.pseudonym, event.zoneId, event.at);
    if (event.kind === 'leave') this.#end(event.pseudonym, event.lastHeardAt, 'with-zones');
  }

  /** Ends the visits of those silent for too long. @returns who left, and what else time changed */
  sweep(now: EpochMs): readonly PresenceEvent[] {
    const events = this.presences.sweep(now, this.#timing);
    for (const event of events) this.follow(event);
    return events;
  }

  /** Time was set, or nobody may be known: stays end where they were last heard, and whoever is heard again begins anew. */
  endAll(): readonly PresenceEvent[] {
    const events = this.presences.endAll();
    for (const event of events) this.follow(event);
    return events;
  }

  /** Writes down when people were last heard, so that a restart knows it too. */
  keep(): void {
    const heard = this.presences
      .all()
      .filter(
        ({ pseudonym, lastHeardAt }) =>
          this.#open.has(pseudonym) && lastHeardAt > (this.#keptAt.get(pseudonym) ?? 0),
      )
      .map(({ pseudonym, zoneId, lastHeardAt }) => ({ pseudonym, zoneId, at: lastHeardAt }));
    if (heard.length === 0) return;
    for (const { pseudonym, at } of heard) this.#keptAt.set(pseudonym, at);
    this.#writer.write('keep-visits', { heard }).catch(this.#report);
  }

  /** The person is not to be followed any more. With `erased` nothing is written of it: the rows go themselves. */
  forget(pseudonym: Pseudonym, why: 'withdrawn' | 'erased'): void {
    const presence = this.presences.of(pseudonym);
    this.presences.forget(pseudonym);
    if (why === 'withdrawn' && presence !== undefined)
      this.#end(pseudonym, presence.lastHeardAt, 'bare');
    this.#open.delete(pseudonym);
    this.#keptAt.delete(pseudonym);
  }

  #start({ pseudonym, zoneId, evidence, at }: Extract<PresenceEvent, { kind: 'enter' }>): void {
    const visitId = this.#ids.visit();
    this.#open.set(pseudonym, { visitId, zones: new Map(), zoneId, since: at });
    this.#keptAt.set(pseudonym, at);
    const body: JournalBody = {
      type: 'visit-started',
      visitId,
      pseudonym,
      zoneId,
      evidence,
      at,
    };
    this.#writer
      .write('start-visit', { visitId, pseudonym, zoneId, at, fact: factOf(body) })
      .catch(this.#report);
  }

  #moved(pseudonym: Pseudonym, zoneId: ZoneId, at: EpochMs): void {
    const visit = this.#open.get(pseudonym);
    if (visit === undefined) return;
    count(visit, at);
    visit.zoneId = zoneId;
    visit.since = at;
  }

  /** `bare`: nothing more is written of somebody who took a consent back than that it is over. */
  #end(pseudonym: Pseudonym, at: EpochMs, how: 'with-zones' | 'bare'): void {
    const visit = this.#open.get(pseudonym);
    this.#open.delete(pseudonym);
    this.#keptAt.delete(pseudonym);
    if (visit === undefined) return;
    count(visit, at);
    const zones = [...visit.zones]
      .map(([zoneId, ms]) => ({ zoneId, ms }))
      .sort((a, b) => b.ms - a.ms)
      .slice(0, MOST_ZONES);
    const { visitId } = visit;
    const where = how === 'bare' ? {} : { zones };
    const body: JournalBody = { type: 'visit-ended', visitId, pseudonym, ...where, at };
    this.#writer.write('end-visit', { pseudonym, fact: factOf(body) }).catch(this.#report);
  }
}

function count({ zones, zoneId, since }: OpenVisit, until: EpochMs): void {
  const ms = Math.max(0, until - since);
  if (ms > 0) zones.set(zoneId, (zones.get(zoneId) ?? 0) + ms);
}
