import type { ForeignCoupon } from '../../kernel/protocol/kiosk-events.ts';
import type { ScanMeaning } from '../../kernel/scans/scan.ts';

/** A coupon of somebody else, which this shop understands and does not take; undefined for any other scan. */
export function foreignCouponIn(scan: ScanMeaning): ForeignCoupon | undefined {
  if (scan.kind === 'euro-coupon') {
    const { amount } = scan;
    return { family: 'euro', ...(amount !== undefined && { amount }) };
  }
  if (scan.kind !== 'gs1') return undefined;
  const ais = scan.elements.map(({ ai }) => ai);
  if (ais.includes('8110') || ais.includes('8112')) return { family: 'north-american' };
  return ais.includes('255') ? { family: 'global' } : undefined;
}
