import type { CohortRow } from '../../kernel/domain/cohort.ts';
import type { Pseudonym } from '../../kernel/domain/ids.ts';
import { openRow } from '../consent/sealing.ts';
import type { StoreReads } from '../reads.ts';
import type { CohortPage, PageQuery } from './token-builder.ts';
import { type TokenKeys, wordsOf } from './token-keys.ts';

/**
 * Opens a page of rows and takes their temporary keys, where neither rows nor keys have to go anywhere else. Of whoever
 * has not agreed to `recognise` nothing is taken.
 */
export function loadPage(
  reads: Pick<StoreReads, 'cohortPage'>,
  keys: TokenKeys,
  { key, after, limit, firstSlot }: PageQuery,
): CohortPage {
  const stored = reads.cohortPage(after, limit);
  const pseudonyms = new Uint32Array(stored.length * 4);
  const untils = new Float64Array(stored.length);
  const tests: { slot: number; words: Uint32Array }[] = [];
  const damaged: Pseudonym[] = [];
  let count = 0;
  for (const one of stored) {
    if (one.leaseId !== key.leaseId) continue;
    const row = openRow(key.sealingKey, one);
    const until = row && recognisedUntil(row);
    if (row === undefined) damaged.push(one.pseudonym);
    if (row === undefined || until === undefined) continue;
    const slot = firstSlot + count;
    const words = wordsOf(slot, row.tokenSources);
    keys.add(words);
    if (row.test) tests.push({ slot, words });
    else words.fill(0);
    for (let i = 0; i < 4; i += 1)
      pseudonyms[count * 4 + i] = Number.parseInt(row.pseudonym.slice(i * 8, i * 8 + 8), 16);
    untils[count] = until;
    count += 1;
  }
  return {
    last: stored.at(-1)?.id,
    pseudonyms: pseudonyms.slice(0, count * 4),
    untils: untils.slice(0, count),
    tests,
    damaged,
  };
}

/** When the person's `recognise` ends, or their visit, epoch ms; undefined where they did not agree to it. */
export function recognisedUntil({
  grants,
  leasedUntil = Infinity,
}: Pick<CohortRow, 'grants' | 'leasedUntil'>): number | undefined {
  const ends = grants.flatMap(({ purpose, expiresAt }) =>
    purpose === 'recognise' ? [expiresAt] : [],
  );
  return ends.length === 0 ? undefined : Math.min(Math.max(...ends), leasedUntil);
}
