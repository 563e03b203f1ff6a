import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { factOf } from '../../../edge/writes.ts';
import { openForReading } from '../../../edge/db/open-database.ts';
import { StoreReader } from '../../../edge/db/store-reader.ts';
import { WriterClient } from '../../../edge/db/writer.ts';
import { aProductScan, AT } from '../../doubles/facts.ts';
import { aCoupon, holding, OIL, redemptionOf, serving } from '../../doubles/held-coupons.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function aWriter(folder = tempDir()) {
  const file = join(folder, 'store.db');
  const writer = await WriterClient.start({ file, bootId: '0'.repeat(32) }, () => undefined);
  onTestFinished(() => writer.stop());
  const held = async () => {
    const coupon = aCoupon();
    await writer.write('change-cohort', holding(coupon));
    return coupon;
  };
  await writer.write('change-cohort', serving(OIL));
  return { file, writer, held, reader: new StoreReader(openForReading(file)) };
}
const aRecord = () => ({ facts: [factOf(aProductScan())] });

test('[inv-1] what is answered is in the file', async () => {
  const { writer, reader, held } = await aWriter();
  const coupon = await held();
  expect(await writer.write('redeem', redemptionOf(coupon))).toMatchObject({ kind: 'redeemed' });
  expect(reader.redeemedAt(coupon.couponId)).toBe(AT);
});

test('[threat-14] of 64 at once, one gets the coupon', async () => {
  const { writer, reader, held } = await aWriter();
  for (let i = 0; i < 20; i += 1) {
    const coupon = await held();
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, () => writer.write('redeem', redemptionOf(coupon))),
    );
    expect(outcomes.filter(({ kind }) => kind === 'redeemed')).toHaveLength(1);
    const used = { kind: 'refused', reason: 'already-used', redeemedAt: AT };
    expect(outcomes.filter((outcome) => isDeepStrictEqual(outcome, used))).toHaveLength(63);
  }
  expect(reader.lastSeq('redeem')).toBe(20);
});

test('[fault-5] with 4,096 waiting the next is refused, and those that wait come through', async () => {
  const { writer, reader } = await aWriter();
  const waiting = Array.from({ length: 4_096 }, () => writer.write('record', aRecord()));
  await expect(writer.write('record', aRecord())).rejects.toMatchObject({ code: 'store/busy' });
  await Promise.all(waiting);
  expect(reader.lastSeq('interact')).toBe(4_096);
  await expect(writer.write('record', aRecord())).resolves.toBeNull();
});

test('stopping commits what waits; afterwards nothing is taken', async () => {
  const { writer, reader } = await aWriter();
  const waiting = Array.from({ length: 600 }, () => writer.write('record', aRecord()));
  await writer.stop();
  await Promise.all(waiting);
  expect(reader.lastSeq('interact')).toBe(600);
  await expect(writer.write('record', aRecord())).rejects.toMatchObject({ code: 'store/stopping' });
});

test('a file that is no database is said so, by name', async () => {
  const folder = tempDir();
  const file = join(folder, 'store.db');
  writeFileSync(
    file,
    'this is not a database, and it is long enough to look like one at first'.repeat(99),
  );
  const started = WriterClient.start({ file, bootId: '0'.repeat(32) }, () => undefined);
  await expect(started).rejects.toThrow(/store\.db.*not a database/);
  mkdirSync(join(folder, 'folder.db'));
  const onFolder = WriterClient.start(
    { file: join(folder, 'folder.db'), bootId: '0'.repeat(32) },
    () => undefined,
  );
  await expect(onFolder).rejects.toMatchObject({ code: 'storage/failed' });
});
