import { WriterClient } from '../../edge/db/writer.ts';
import type { WriteResult } from '../../edge/writes.ts';
import { OIL, serving } from '../doubles/held-coupons.ts';
import {
  holdingNumbered,
  numberOf,
  numbersFrom,
  redemptionNumbered,
} from './numbered-redemption.ts';

/**
 * FILE FIRST [ANSWERED …]: redeems the coupons from FIRST on, without those answered before, as fast as the disk allows,
 * and says each one's number and answer once it is acknowledged, and before them when that was (crashing-store.ts reads
 * it). Ends with 74 where the disk cannot be trusted.
 */
const [file = '', first, ...answered] = process.argv.slice(2);
const numbers = numbersFrom(Number(first), new Set(answered.map(Number)));
const IN_FLIGHT = 256;

process.stdout.write('opening\n');
const openingAt = performance.now();
const writer = await WriterClient.start({ file, bootId: '0'.repeat(32) }, () => process.exit(74));
process.stdout.write(
  `open ${String(Date.now())} ${String(Math.round(performance.now() - openingAt))}\n`,
);
let acknowledged = '';
let told = Promise.resolve();
/** Says those of one commit together, and before anything else is done: a crash soon after is what would lose them. */
const acknowledge = (line: string): Promise<void> => {
  if (acknowledged === '')
    told = new Promise((resolve) => {
      setImmediate(() => {
        process.stdout.write(`at ${String(process.hrtime.bigint())}\n${acknowledged}`);
        acknowledged = '';
        resolve();
      });
    });
  acknowledged += line;
  return told;
};
const openedAt = Date.now();
const known = new Set<number>();
const redeem = async () => {
  for (const number of numbers) {
    for (const hold of holdingNumbered([number], known)) void writer.write('change-cohort', hold);
    const result = await writer.write('redeem', redemptionNumbered(number, Date.now()));
    await acknowledge(`${String(number)} ${said(number, result)}\n`);
  }
};
function said(number: number, result: WriteResult<'redeem'>): string {
  if (result.kind !== 'redeemed') return JSON.stringify(result);
  if (numberOf(result.couponId) !== number) return 'other-coupon';
  return result.redeemedAt < openedAt ? 'stored' : 'redeemed';
}
await writer.write('change-cohort', serving(OIL));
await Promise.all(Array.from({ length: IN_FLIGHT }, redeem));
