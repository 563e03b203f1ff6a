import type { CohortRow, Purpose } from '../../kernel/domain/cohort.ts';
import { withdrawOlder } from '../../kernel/domain/consent.ts';
import type { EpochMs, Pseudonym } from '../../kernel/domain/ids.ts';

/**
 * What was taken away and is not on disk yet: it is gone all the same (duty-6). An entry goes once the disk has it; where
 * the disk fails it stays, until the store starts anew.
 */
export class Unwritten {
  readonly #gone = new Set<Pseudonym>();
  readonly #withdrawals = new Map<Pseudonym, Map<Purpose, EpochMs>>();

  /** How many people are gone whom the disk may still have. */
  get gone(): number {
    return this.#gone.size;
  }

  remove(pseudonym: Pseudonym): void {
    this.#gone.add(pseudonym);
  }

  /** The removal is on disk. */
  removed(pseudonym: Pseudonym): void {
    this.#gone.delete(pseudonym);
  }

  isGone(pseudonym: Pseudonym): boolean {
    return this.#gone.has(pseudonym);
  }

  /** @returns to be called once the withdrawal is on disk: older ones of the same purposes are covered by it */
  withdraw(pseudonym: Pseudonym, purposes: readonly Purpose[], at: EpochMs): () => void {
    const all = this.#withdrawals.get(pseudonym) ?? new Map<Purpose, EpochMs>();
    this.#withdrawals.set(pseudonym, all);
    for (const purpose of purposes) all.set(purpose, Math.max(at, all.get(purpose) ?? 0));
    return () => {
      for (const purpose of purposes) if ((all.get(purpose) ?? 0) <= at) all.delete(purpose);
      if (all.size === 0 && this.#withdrawals.get(pseudonym) === all)
        this.#withdrawals.delete(pseudonym);
    };
  }

  /** The row as it will be. */
  apply(row: CohortRow): CohortRow {
    let left = row;
    for (const [purpose, at] of this.#withdrawals.get(row.pseudonym) ?? [])
      left = withdrawOlder(left, purpose, at);
    return left;
  }
}
