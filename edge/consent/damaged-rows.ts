import type { Pseudonym } from '../../kernel/domain/ids.ts';

/**
 * Rows of the lease that do not open, by a flipped bit or by somebody's hand. Such a person is unknown until the row came
 * anew, for which HQ is asked once a row: one that HQ does not have either is not asked for again and again.
 */
export class DamagedRows {
  readonly #wanted: () => void;
  readonly #known = new Set<Pseudonym>();
  #isWanted = false;
  #found = 0;

  /** @param wanted - the cohort is to be asked for anew */
  constructor(wanted: () => void) {
    this.#wanted = wanted;
  }

  /** How many were ever found by this process. */
  get found(): number {
    return this.#found;
  }

  note(...pseudonyms: readonly Pseudonym[]): void {
    const news = pseudonyms.filter((pseudonym) => !this.#known.has(pseudonym));
    if (news.length === 0) return;
    for (const pseudonym of news) this.#known.add(pseudonym);
    this.#found += news.length;
    this.#isWanted = true;
    this.#wanted();
  }

  /** The row came anew, or went. */
  mended(pseudonym: Pseudonym): void {
    this.#known.delete(pseudonym);
  }

  /** Whether the cohort is wanted anew; answered once. */
  takeWanted(): boolean {
    const isWanted = this.#isWanted;
    this.#isWanted = false;
    return isWanted;
  }
}
