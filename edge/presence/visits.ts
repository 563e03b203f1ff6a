import {
  Presences,
  type PresenceEvent,
  type PresenceTiming,
} from '../../kernel/domain/presence.ts';
import type { ZoneMap } from '../../kernel/domain/zone-map.ts';
import type { EpochMs, Pseudonym, VisitId } from '../../kernel/domain/ids.ts';
import type { JournalBody } from '../../kernel/protocol/journal-events.ts';
import type { Ids } from '../ids.ts';
import type { StoreReads } from '../reads.ts';
import { factOf, type Writer } from '../writes.ts';

type Report = (error: unknown) => void;

/**
 * Visits: one from the first token heard until silence. Open ones lie on disk, so that a restart goes on with them and
 * HQ hears of each once.
 */
export class Visits {
  readonly presences: Presences;
  readonly #writer: Writer;
  readonly #ids: Ids;
  readonly #timing: PresenceTiming;
  readonly #report: Report;
  readonly #open = new Map<Pseudonym, VisitId>();
  readonly #keptAt = new Map<Pseudonym, EpochMs>();

  constructor(
    writer: Writer,
    ids: Ids,
    timing: PresenceTiming,
    map: ZoneMap | undefined,
    report: Report,
  ) {
    this.presences = new Presences(map);
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
    for (const { pseudonym, visitId, lastHeardAt } of visits) {
      this.#open.set(pseudonym, visitId);
      this.#keptAt.set(pseudonym, lastHeardAt);
    }
    this.presences.restore(visits.map((visit) => ({ ...visit, since: visit.startedAt })));
  }

  /** Writes down what a hearing changed. */
  follow(event: PresenceEvent): void {
    if (event.kind === 'entered') this.#start(event);
    if (event.kind === 'left') this.#end(event.pseudonym, event.lastHeardAt);
  }

  /** Ends the visits of those silent for too long. @returns who left, and what else time changed */
  sweep(now: EpochMs): readonly PresenceEvent[] {
    const events = this.presences.sweep(now, this.#timing);
    for (const event of events) this.follow(event);
    return events;
  }

  /** Writes down when people were last heard, so that a restart knows it too. */
  keep(): void {
    const heard = this.presences
      .all()
      .filter(({ pseudonym, lastHeardAt }) => lastHeardAt > (this.#keptAt.get(pseudonym) ?? 0))
      .map(({ pseudonym, zoneId, lastHeardAt }) => ({ pseudonym, zoneId, at: lastHeardAt }));
    if (heard.length === 0) return;
    for (const { pseudonym, at } of heard) this.#keptAt.set(pseudonym, at);
    this.#writer.write('keep-visits', { heard }).catch(this.#report);
  }

  /** The person is not to be followed any more. With `erased` nothing is written of it: the rows go themselves. */
  forget(pseudonym: Pseudonym, why: 'withdrawn' | 'erased'): void {
    const presence = this.presences.of(pseudonym);
    this.presences.forget(pseudonym);
    if (why === 'withdrawn' && presence !== undefined) this.#end(pseudonym, presence.lastHeardAt);
    this.#open.delete(pseudonym);
    this.#keptAt.delete(pseudonym);
  }

  #start({ pseudonym, zoneId, at }: Extract<PresenceEvent, { kind: 'entered' }>): void {
    const visitId = this.#ids.visit();
    this.#open.set(pseudonym, visitId);
    this.#keptAt.set(pseudonym, at);
    const body: JournalBody = {
      type: 'visit-started',
      visitId,
      pseudonym,
      zoneId,
      evidence: 'token',
      at,
    };
    this.#writer
      .write('start-visit', { visitId, pseudonym, zoneId, at, fact: factOf(body) })
      .catch(this.#report);
  }

  #end(pseudonym: Pseudonym, at: EpochMs): void {
    const visitId = this.#open.get(pseudonym);
    this.#open.delete(pseudonym);
    this.#keptAt.delete(pseudonym);
    if (visitId === undefined) return;
    const body: JournalBody = { type: 'visit-ended', visitId, pseudonym, at };
    this.#writer.write('end-visit', { pseudonym, fact: factOf(body) }).catch(this.#report);
  }
}
