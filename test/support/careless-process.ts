import { Committer } from '../../edge/db/commit.ts';
import { openForWriting } from '../../edge/db/open-database.ts';
import { OIL, serving } from '../doubles/held-coupons.ts';
import { holdingNumbered, numbersFrom, redemptionNumbered } from './numbered-redemption.ts';

/**
 * BUG FILE FIRST [ANSWERED …]: as redeeming-process.ts, by the product's own committer, but with a seeded bug that a
 * proof must see: `normal` leaves commits to the kernel's memory, `ack-first` acknowledges before the commit.
 */
const [bug, file = '', first, ...answered] = process.argv.slice(2);
const numbers = numbersFrom(Number(first), new Set(answered.map(Number)));
const PER_COMMIT = 128;

process.stdout.write('opening\n');
const openingAt = performance.now();
const db = openForWriting(file);
if (bug === 'normal') db.pragma('synchronous = NORMAL');
const committer = new Committer(db, () => ({
  bootId: '0'.repeat(32),
  monoMs: Math.round(performance.now() - openingAt),
  wallMs: Date.now(),
}));
process.stdout.write(
  `open ${String(Date.now())} ${String(Math.round(performance.now() - openingAt))}\n`,
);
const known = new Set<number>();
committer.commit([{ id: 0, request: serving(OIL) }]);
for (;;) {
  const batch = Array.from({ length: PER_COMMIT }, () => numbers.next().value as number);
  const acknowledge = () => {
    const lines = batch.map((number) => `${String(number)} redeemed\n`);
    process.stdout.write(`at ${String(process.hrtime.bigint())}\n${lines.join('')}`);
  };
  if (bug === 'ack-first') acknowledge();
  const posted = [
    ...[...holdingNumbered(batch, known)].map((request) => ({ id: -1, request })),
    ...batch.map((id) => ({ id, request: { kind: 'redeem' as const, ...redemptionNumbered(id) } })),
  ];
  try {
    committer.commit(posted);
  } catch {
    process.exit(74);
  }
  if (bug !== 'ack-first') acknowledge();
}
