import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HeldCouponRepository } from '../../../edge/db/held-coupon-repository.ts';
import { openForWriting } from '../../../edge/db/open-database.ts';
import { newPseudonym } from '../../doubles/facts.ts';
import { tempDir } from '../../support/temp-dir.ts';

const DAY_MS = 86_400_000;

function aTable() {
  const db = openForWriting(join(tempDir(), 'store.db'));
  const coupons = new HeldCouponRepository(db);
  const hold = (...hashes: string[]) => {
    const pseudonym = newPseudonym();
    const sealed = Buffer.alloc(40);
    coupons.put({ pseudonym, coupons: hashes.map((codeHash) => ({ codeHash, sealed })) });
    return pseudonym;
  };
  const held = () =>
    db.prepare<[], string>('SELECT code_hash FROM held_coupon ORDER BY code_hash').pluck().all();
  return { coupons, hold, held };
}

test('[lease-2] coupons come and change with their holder’s row, and go with it', () => {
  const { coupons, hold, held } = aTable();
  const somebody = hold('a', 'b');
  hold('c');
  expect(held()).toEqual(['a', 'b', 'c']);
  coupons.put({ pseudonym: somebody, coupons: [{ codeHash: 'd', sealed: Buffer.alloc(40) }] });
  expect(held()).toEqual(['c', 'd']);
  coupons.remove(somebody);
  expect(held()).toEqual(['c']);
});

test('[duty-20] [lease-2] 30 days after the rows went with the lease they go, but for those whose row came anew', () => {
  const { coupons, hold, held } = aTable();
  hold('a');
  const back = hold('b');
  coupons.orphan(10 * DAY_MS);
  coupons.orphan(20 * DAY_MS); // another lease that nobody sealed anything under
  coupons.put({ pseudonym: back, coupons: [{ codeHash: 'b', sealed: Buffer.alloc(40) }] });
  expect(coupons.sweep(10 * DAY_MS)).toBe(0);
  expect(coupons.sweep(10 * DAY_MS + 1)).toBe(1);
  expect(held()).toEqual(['b']);
});
