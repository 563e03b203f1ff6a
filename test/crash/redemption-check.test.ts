import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Committer } from '../../edge/db/commit.ts';
import { openForWriting } from '../../edge/db/open-database.ts';
import { OIL, serving } from '../doubles/held-coupons.ts';
import { holdingNumbered, redemptionNumbered } from '../support/numbered-redemption.ts';
import { findingsIn, NOTHING_WRONG } from '../support/redemption-check.ts';
import { tempDir } from '../support/temp-dir.ts';

const NUMBERS = [0, 1, 2, 3, 4];

test('nothing is wrong with a store as it is, also where more came through than was acknowledged', () => {
  expect(findingsIn(aStore(), NUMBERS)).toEqual(NOTHING_WRONG);
  expect(findingsIn(aStore(), [0, 2])).toEqual(NOTHING_WRONG);
});

test.each([
  ['an acknowledged redemption that never came', 'SELECT 1', [5], { lost: [5] }],
  [
    'a redemption without its row in the journal',
    `DELETE FROM journal WHERE seq = 5`,
    NUMBERS,
    { lost: [4], torn: [4] },
  ],
  [
    'a row in the journal without its redemption',
    `DELETE FROM redemption WHERE coupon_id LIKE '%4'`,
    NUMBERS,
    { lost: [4], torn: [4] },
  ],
  [
    'a redemption twice in the journal',
    `UPDATE journal SET salt = (SELECT salt FROM journal WHERE seq = 4), body = (SELECT body FROM journal WHERE seq = 4),
       content_hash = (SELECT content_hash FROM journal WHERE seq = 4) WHERE seq = 5`,
    NUMBERS,
    { lost: [4], doubled: [3], torn: [4], broken: ['hash of 5'] },
  ],
  [
    'a gap in the lane',
    `DELETE FROM journal WHERE seq = 3`,
    NUMBERS,
    { lost: [2], torn: [2], broken: ['gap after 2', 'hash before 4'] },
  ],
  [
    'a row that follows another than the one before',
    `UPDATE journal SET previous_hash = content_hash WHERE seq = 3`,
    NUMBERS,
    { broken: ['hash before 3', 'hash of 3'] },
  ],
  [
    'a body that is not the one hashed',
    `UPDATE journal SET body = replace(body, 'till', 'hall') WHERE seq = 2`,
    NUMBERS,
    { lost: [1], torn: [1], broken: ['body of 2'] },
  ],
])('%s is found', (_, damage, acknowledged, found) => {
  const file = aStore();
  const db = openForWriting(file);
  db.exec(damage);
  db.close();
  expect(findingsIn(file, acknowledged)).toEqual({ ...NOTHING_WRONG, ...found });
});

function aStore(): string {
  const file = join(tempDir(), 'store.db');
  const db = openForWriting(file);
  const committer = new Committer(db, () => ({ bootId: '0'.repeat(32), monoMs: 0, wallMs: 0 }));
  const known = [serving(OIL), ...holdingNumbered(NUMBERS, new Set())];
  committer.commit(known.map((request) => ({ id: -1, request })));
  committer.commit(
    NUMBERS.map((id) => ({ id, request: { kind: 'redeem', ...redemptionNumbered(id) } })),
  );
  db.close();
  return file;
}
