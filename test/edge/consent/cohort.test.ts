import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Cohort } from '../../../edge/consent/cohort.ts';
import { DamagedRows } from '../../../edge/consent/damaged-rows.ts';
import type { HeldLease } from '../../../edge/consent/lease.ts';
import { takeBack } from '../../../edge/consent/withdrawing.ts';
import { Committer } from '../../../edge/db/commit.ts';
import { openForReading, openForWriting } from '../../../edge/db/open-database.ts';
import { StoreReader } from '../../../edge/db/store-reader.ts';
import type { Recognisable } from '../../../edge/recognition/token-table.ts';
import type { CohortOperation } from '../../../edge/writes.ts';
import type { LeaseId, Pseudonym } from '../../../kernel/domain/ids.ts';
import { nodeCrypto } from '../../../node/crypto.ts';
import { aMember, type GivenMember } from '../../doubles/enrolled-member.ts';
import { newId } from '../../doubles/facts.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** A cohort on a real disk; what is written only gets there with `commit`. */
function aStore() {
  const file = join(tempDir(), 'store.db');
  const db = openForWriting(file);
  const committer = new Committer(db, () => ({ bootId: '0'.repeat(32), monoMs: 1, wallMs: 2 }));
  const reads = new StoreReader(openForReading(file));
  const known = new Map<Pseudonym, Recognisable>();
  const recognition = {
    put: (person: Recognisable) => void known.set(person.pseudonym, person),
    load: () => Promise.resolve([]),
    forget: (pseudonym: Pseudonym) => void known.delete(pseudonym),
    clear: () => {
      known.clear();
    },
  };
  const wanted: string[] = [];
  const damaged = new DamagedRows(() => wanted.push('anew'));
  const cohort = new Cohort(nodeCrypto, reads, recognition, damaged);
  const lease: HeldLease = {
    leaseId: newId<LeaseId>(),
    sealingKey: randomBytes(32),
    indexKey: randomBytes(32),
    notAfter: Date.now() + 3_600_000,
  };
  const commit = (...operations: CohortOperation[]) => {
    const request = { kind: 'change-cohort', operations, facts: [] } as const;
    const [settled] = committer.commit([{ id: 1, request }]);
    expect(settled).not.toHaveProperty('failure');
  };
  commit({ kind: 'set-meta', key: 'lease_id', value: lease.leaseId });
  cohort.renew(lease);
  const joins = async (given: GivenMember = {}) => {
    const member = await aMember(lease.indexKey, given);
    commit({ kind: 'put', row: cohort.seal(member.row) });
    cohort.index(member.row);
    return member;
  };
  return { db, cohort, lease, commit, joins, known, damaged, wanted };
}
const now = () => Date.now();

test('a card and a coupon are found on disk, a coupon without its holder’s row', async () => {
  const { db, cohort, joins } = aStore();
  const [somebody, other] = [await joins({ coupons: ['wine'] }), await joins()];
  expect(await cohort.find('card', somebody.card, now())).toMatchObject({
    pseudonym: somebody.pseudonym,
  });
  expect(await cohort.find('card', other.card, now())).toMatchObject({
    pseudonym: other.pseudonym,
  });
  expect(await cohort.find('code', somebody.card, now())).toBeUndefined();
  expect(cohort.row(somebody.pseudonym, now())).toEqual(somebody.row);
  expect(cohort.size).toBe(2);
  db.exec(`UPDATE cohort SET sealed = zeroblob(200) WHERE pseudonym = '${somebody.pseudonym}'`);
  const [coupon] = somebody.row.coupons;
  const { couponId, offerId } = coupon!;
  expect(cohort.findCoupon(coupon!.code)).toEqual({
    pseudonym: somebody.pseudonym,
    coupon: { couponId, offerId },
  });
});

test('[cohort-1] who is removed is gone before the disk knows, and back only with another row', async () => {
  const { cohort, joins, commit, known } = aStore();
  const { pseudonym, card, row } = await joins({ coupons: ['wine'] });
  cohort.remove(pseudonym);
  const isKnown = async () => ({
    byCard: await cohort.find('card', card, now()),
    byCoupon: cohort.findCoupon(row.coupons[0]!.code),
    row: cohort.row(pseudonym, now()),
    size: cohort.size,
    tokens: known.has(pseudonym),
  });
  const nobody = { byCard: undefined, byCoupon: undefined, row: undefined, size: 0, tokens: false };
  expect(await isKnown()).toEqual(nobody);
  cohort.index(row); // of a batch that was under way
  expect(await isKnown()).toEqual(nobody);
  commit({ kind: 'erase', pseudonym });
  cohort.removed(pseudonym);
  expect(await isKnown()).toEqual(nobody);
  commit({ kind: 'put', row: cohort.seal({ ...row, rowVersion: 2 }) });
  cohort.index({ ...row, rowVersion: 2 });
  expect(await isKnown()).toMatchObject({ row: { rowVersion: 2 }, size: 1, tokens: true });
});

test('[cohort-1] [duty-6] a grant that is withdrawn is gone before the disk knows, whatever row is under way', async () => {
  const { cohort, joins, commit, known } = aStore();
  const { pseudonym, row, card } = await joins();
  const visits = { forget: () => undefined };
  const at = Date.now() + 1;
  const taken = takeBack({ cohort, visits }, pseudonym, ['recognise'], at, now());
  const purposes = () => cohort.row(pseudonym, now())?.grants.map(({ purpose }) => purpose);
  expect(purposes()).toEqual(['personalise']);
  expect(known.has(pseudonym)).toBe(false);
  const underWay = { ...row, rowVersion: 2 };
  commit({ kind: 'put', row: cohort.seal(underWay) });
  cohort.index(underWay);
  expect(purposes()).toEqual(['personalise']);
  expect(known.has(pseudonym)).toBe(false);
  commit(...taken.operations);
  taken.afterwards();
  expect(purposes()).toEqual(['personalise']);
  expect(known.has(pseudonym)).toBe(false);
  expect(await cohort.find('card', card, now())).toMatchObject({ pseudonym });
  // A yes after the no counts again.
  const again = {
    ...row,
    rowVersion: 3,
    grants: row.grants.map((g) => ({ ...g, grantedAt: at + 1 })),
  };
  expect(cohort.withoutWithdrawn(again)).toEqual(again);
});

test('a card that two rows claim is nobody’s, until one of them is gone', async () => {
  const { cohort, joins } = aStore();
  const [first, second] = [await joins({ card: '400638' }), await joins({ card: '400638' })];
  expect(await cohort.find('card', '400638', now())).toBeUndefined();
  cohort.remove(second.pseudonym);
  expect(await cohort.find('card', '400638', now())).toMatchObject({ pseudonym: first.pseudonym });
});

test('[cohort-4] a row with a flipped bit is unknown, counted once and asked for once; the others stay', async () => {
  const { db, cohort, joins, commit, damaged, wanted } = aStore();
  const [broken, whole] = [await joins(), await joins()];
  const { sealed } = db
    .prepare<[string], { sealed: Buffer }>('SELECT sealed FROM cohort WHERE pseudonym = ?')
    .get(broken.pseudonym)!;
  sealed[40]! ^= 1;
  db.prepare('UPDATE cohort SET sealed = ? WHERE pseudonym = ?').run(sealed, broken.pseudonym);
  expect(cohort.row(broken.pseudonym, now())).toBeUndefined();
  expect(cohort.row(broken.pseudonym, now())).toBeUndefined();
  expect(cohort.row(whole.pseudonym, now())).toEqual(whole.row);
  expect([damaged.found, wanted]).toEqual([1, ['anew']]);
  expect([damaged.takeWanted(), damaged.takeWanted()]).toEqual([true, false]);
  commit({ kind: 'put', row: cohort.seal(broken.row) });
  cohort.index(broken.row);
  expect(cohort.row(broken.pseudonym, now())).toEqual(broken.row);
});

test('a row put in another’s place does not open', async () => {
  const { db, cohort, joins } = aStore();
  const [one, other] = [await joins(), await joins()];
  db.exec(`UPDATE cohort SET sealed = (SELECT sealed FROM cohort WHERE pseudonym = '${one.pseudonym}')
    WHERE pseudonym = '${other.pseudonym}'`);
  expect(cohort.row(other.pseudonym, now())).toBeUndefined();
});

test('[duty-20] rows of another lease are unknown and not damaged; with the lease its keys are zero', async () => {
  const { cohort, lease, joins, damaged } = aStore();
  const { pseudonym, card } = await joins();
  const { indexKey } = lease;
  const other = { ...lease, leaseId: newId<LeaseId>(), indexKey: Buffer.from(indexKey) };
  cohort.renew({ ...other, sealingKey: randomBytes(32) });
  expect([...lease.sealingKey, ...lease.indexKey].every((byte) => byte === 0)).toBe(true);
  expect(cohort.row(pseudonym, now())).toBeUndefined();
  expect(await cohort.find('card', card, now())).toBeUndefined();
  expect(cohort.size).toBe(0);
  expect(damaged.found).toBe(0);
  cohort.clear();
  expect(other.indexKey.every((byte) => byte === 0)).toBe(true);
  expect(cohort.findCoupon('SGK')).toBeUndefined();
});

test('[duty-20] a row whose batch outlives the lease is not taken in', async () => {
  const { cohort, joins, known } = aStore();
  const { row } = await joins();
  cohort.clear();
  cohort.index(row);
  expect(known.size).toBe(0);
});
