import type { FactText } from '../../edge/db/journal-look-back.ts';
import type { ReplayedMoment } from '../../kernel/domain/backtest.ts';
import type { EpochMs } from '../../kernel/domain/ids.ts';
import { type JournalBody, JournalBodySchema } from '../../kernel/protocol/journal-events.ts';
import type { Configuration } from '../../node/configuration.ts';

/** Facts of which each is a moment at which the store decided for somebody. */
export const MOMENT_FACTS = ['session-opened', 'product-scanned'] as const;

export interface FoundMoments {
  readonly moments: readonly ReplayedMoment[];
  /** Scans of nobody known. */
  readonly ofNobody: number;
  /** At a station that `soglia.yaml` does not have any more. */
  readonly elsewhere: number;
}
type MomentFact = Extract<JournalBody, { type: (typeof MOMENT_FACTS)[number] }>;
type Opened = Extract<MomentFact, { type: 'session-opened' }>;

/** The same product read again within this time, by the same person at the same place, is one moment. */
const SAME_SCAN_MS = 60_000;

/** Gathers facts in any order, and says at the end which moments they are. */
export class MomentGatherer {
  readonly #from: EpochMs;
  readonly #facts: { readonly eventId: string; readonly body: MomentFact }[] = [];

  /** @param from - what is older is left out */
  constructor(from: EpochMs) {
    this.#from = from;
  }

  /** @returns false where all of it is older */
  take(facts: readonly FactText[]): boolean {
    let older = 0;
    for (const { eventId, body } of facts) {
      const read = JournalBodySchema.safeParse(JSON.parse(body));
      if (!read.success || !isMomentFact(read.data)) continue; // of another version than this program
      if (read.data.at < this.#from) older += 1;
      else this.#facts.push({ eventId, body: read.data });
    }
    return facts.length === 0 || older < facts.length;
  }

  found(stations: Configuration['stations']): FoundMoments {
    const screens = new Map(stations.map((station) => [station.id, station]));
    const moments: ReplayedMoment[] = [];
    let [ofNobody, elsewhere] = [0, 0];
    const opened = new Map<string, Opened>();
    const scanned = new Map<string, EpochMs>();
    const inOrder = this.#facts.sort(
      (a, b) =>
        a.body.at - b.body.at || order(a.body) - order(b.body) || (a.eventId < b.eventId ? -1 : 1),
    );
    for (const { eventId, body } of inOrder) {
      const { pseudonym, at, stationId } = body;
      if (pseudonym === undefined) {
        ofNobody += 1;
        continue;
      }
      const station = screens.get(stationId);
      if (station === undefined) {
        elsewhere += 1;
        continue;
      }
      const surface = station.touch ? ('kiosk' as const) : ('public' as const);
      const who = { eventId, at, pseudonym, surface, zoneId: station.zone };
      const here = `${pseudonym}/${stationId}`;
      if (body.type === 'session-opened') {
        const { strength, evidence } = body;
        opened.set(here, body);
        moments.push({ ...who, moment: 'session', strength, evidence, gtin: undefined });
        continue;
      }
      const { gtin } = body;
      const before = scanned.get(`${here}/${gtin}`);
      scanned.set(`${here}/${gtin}`, at);
      if (before !== undefined && at - before < SAME_SCAN_MS) continue;
      // Without its beginning a session is taken for the least that opens one.
      const { strength, evidence } = opened.get(here) ?? { strength: 3, evidence: 'card' };
      moments.push({ ...who, moment: 'scan', strength, evidence, gtin });
    }
    return { moments, ofNobody, elsewhere };
  }
}

function isMomentFact(body: JournalBody): body is MomentFact {
  return MOMENT_FACTS.some((type) => type === body.type);
}

const order = ({ type }: MomentFact) => MOMENT_FACTS.indexOf(type);
