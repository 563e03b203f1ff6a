import { WriterClient } from '../../edge/db/writer.ts';
import { numbersFrom, redemptionNumbered } from './numbered-redemption.ts';

/**
 * FILE FIRST [ANSWERED …]: redeems the coupons from FIRST on, without those answered before, as fast as the disk allows,
 * and says each one's number and answer once it is acknowledged (crashing-store.ts reads it). Ends with 74 where the
 * disk cannot be trusted.
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
let said = Promise.resolve();
/** Says those of one commit together, and before anything else is done: a crash soon after is what would lose them. */
const acknowledge = (line: string): Promise<void> => {
  if (acknowledged === '')
    said = new Promise((resolve) => {
      setImmediate(() => {
        process.stdout.write(acknowledged);
        acknowledged = '';
        resolve();
      });
    });
  acknowledged += line;
  return said;
};
const redeem = async () => {
  for (const number of numbers) {
    const request = redemptionNumbered(number);
    const result = await writer.write('redeem', request);
    const isOther = result.kind === 'stored' && result.answer !== request.answer;
    await acknowledge(`${String(number)} ${isOther ? 'other-answer' : result.kind}\n`);
  }
};
await Promise.all(Array.from({ length: IN_FLIGHT }, redeem));
