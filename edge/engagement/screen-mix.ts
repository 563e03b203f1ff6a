import type { EpochMs, Pseudonym } from '../../kernel/domain/ids.ts';
import { countedIn, MIX_FLOOR, mixMemberOf, mixOf } from '../../kernel/domain/mix.ts';
import type { Cohort } from '../consent/cohort.ts';

export interface ScreenMixParts {
  readonly cohort: Pick<Cohort, 'row' | 'lease'>;
  /** What may lead, whoever is there. */
  readonly categories: () => readonly string[];
  /** Uniform, 0 to below 1. */
  readonly draw: () => number;
}

/** No draw follows another one sooner, so that comings and goings cannot be read off the screen one by one. */
const DRAW_EVERY_MS = 15 * 60_000;
/** Where too few of those present agreed to it, they are looked at again after this. */
const LOOK_AGAIN_MS = 30_000;

interface Drawn {
  readonly members: ReadonlySet<Pseudonym>;
  readonly category: string | undefined;
  /** When the first grant of those members, or the lease, is over. */
  readonly until: EpochMs;
}

/**
 * What the screens of one zone lead with, for the five or more members present there. In memory; the draw stands while five
 * of those it was made of are there, and the same members get no other one.
 */
export class ScreenMix {
  readonly #parts: ScreenMixParts;
  #drawn: Drawn | undefined;
  #isShown = false;
  #nextAt: EpochMs = 0;

  constructor(parts: ScreenMixParts) {
    this.#parts = parts;
  }

  /** Undefined: as with nobody there. */
  get category(): string | undefined {
    return this.#isShown ? this.#drawn?.category : undefined;
  }

  /** @param present - in the zone, for all that is known */
  follow(present: readonly Pseudonym[], now: EpochMs): void {
    const { members, until } = this.#drawn ?? NONE;
    const still = present.filter((pseudonym) => members.has(pseudonym)).length;
    if (still < MIX_FLOOR || now >= until) this.#isShown = false;
    if (present.length >= MIX_FLOOR && now >= this.#nextAt) this.#look(present, now);
  }

  /** Time was set: as after a draw just now, whenever that was. */
  timeSet(now: EpochMs): void {
    this.clear();
    this.#nextAt = now + DRAW_EVERY_MS;
  }

  /** A consent taken back, or the person erased: what they are part of goes with them (duty-6). */
  forget(pseudonym: Pseudonym): void {
    if (this.#drawn?.members.has(pseudonym) === true) this.clear();
  }

  /** As with nobody there, until the next draw is due. */
  clear(): void {
    this.#drawn = undefined;
    this.#isShown = false;
  }

  #look(present: readonly Pseudonym[], now: EpochMs): void {
    const { cohort, categories, draw } = this.#parts;
    const { lease } = cohort;
    this.#nextAt = now + LOOK_AGAIN_MS;
    this.#isShown = false;
    if (lease === undefined) return;
    const agreed = countedIn(
      present.flatMap((pseudonym) => {
        const row = cohort.row(pseudonym, now);
        const member = row && mixMemberOf(row, lease, now);
        return member === undefined || 'kind' in member ? [] : [member];
      }),
    );
    if (agreed.length < MIX_FLOOR) return;
    const members = new Set(agreed.map(({ pseudonym }) => pseudonym));
    const until = Math.min(...agreed.map((member) => member.until));
    const isSame = this.#drawn !== undefined && isSameSet(this.#drawn.members, members);
    const category = isSame ? this.#drawn?.category : mixOf(agreed, categories(), draw());
    this.#drawn = { members, category, until };
    this.#isShown = true;
    this.#nextAt = now + DRAW_EVERY_MS;
  }
}

const NONE: Drawn = { members: new Set(), category: undefined, until: 0 };

function isSameSet(a: ReadonlySet<Pseudonym>, b: ReadonlySet<Pseudonym>): boolean {
  return a.size === b.size && [...a].every((each) => b.has(each));
}
