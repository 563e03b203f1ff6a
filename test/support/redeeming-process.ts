import { WriterClient } from '../../edge/db/writer.ts';
import { aRedemption } from '../doubles/facts.ts';

/** Redeems as fast as the disk allows and names each coupon on standard output once it is acknowledged. */
const [file = ''] = process.argv.slice(2);
const writer = await WriterClient.start({ file, bootId: '0'.repeat(32) }, () => process.exit(74));
process.stdout.write('open\n');
const redeem = async () => {
  for (;;) {
    const redemption = aRedemption();
    const { kind } = await writer.write('redeem', redemption);
    if (kind === 'redeemed') process.stdout.write(`${redemption.couponId}\n`);
  }
};
await Promise.all(Array.from({ length: 50 }, redeem));
