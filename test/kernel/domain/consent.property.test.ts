import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { PURPOSES } from '../../../kernel/domain/cohort.ts';
import { type ConsentRecord, foldConsents } from '../../../kernel/domain/consent.ts';
import { runs } from '../../support/runs.ts';

const records = fc.array(
  fc.record<ConsentRecord>({
    purpose: fc.constantFrom(...PURPOSES),
    given: fc.boolean(),
    textVersion: fc.constantFrom('1', '2'),
    at: fc.integer({ min: 0, max: 12 }),
    hqRev: fc.integer({ min: 0, max: 8 }),
    verified: fc.boolean(),
  }),
  { maxLength: 14 },
);

test('[duty-3] any order and any repetition of records gives the same grants', () => {
  const anyOrder = records.chain((list) =>
    fc.tuple(
      fc.constant(list),
      fc.array(fc.nat({ max: Math.max(0, list.length - 1) }), { maxLength: 10 }).chain((again) =>
        fc.shuffledSubarray([...list, ...again.flatMap((i) => list[i] ?? [])], {
          minLength: list.length + (list.length === 0 ? 0 : again.length),
        }),
      ),
    ),
  );
  fc.assert(
    fc.property(anyOrder, ([list, shuffled]) => {
      expect(foldConsents(shuffled)).toEqual(foldConsents(list));
    }),
    { numRuns: runs(2_000) },
  );
});

test('[duty-3] [duty-8] no grant is as old as, or older than, a verified no for its purpose', () => {
  fc.assert(
    fc.property(records, (list) => {
      for (const grant of foldConsents(list)) {
        const ofPurpose = list.filter((r) => r.verified && r.purpose === grant.purpose);
        const noes = ofPurpose.filter((r) => !r.given);
        expect(noes.every((r) => r.at < grant.grantedAt)).toBe(true);
        const highest = Math.max(...ofPurpose.map((r) => r.hqRev));
        expect(noes.some((r) => r.hqRev === highest)).toBe(false);
      }
    }),
    { numRuns: runs(2_000) },
  );
});

test('[duty-1] records for one purpose change no other', () => {
  fc.assert(
    fc.property(records, fc.constantFrom(...PURPOSES), (list, purpose) => {
      const others = list.filter((record) => record.purpose !== purpose);
      const expected = foldConsents(list).filter((grant) => grant.purpose !== purpose);
      expect(foldConsents(others)).toEqual(expected);
    }),
    { numRuns: runs(1_000) },
  );
});
