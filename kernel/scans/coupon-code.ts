import type { ScanMeaning } from './scan.ts';

/** What to look up if a scan may be a coupon that HQ gave out: our own code, or a Global Coupon Number (255). */
export function couponCodeIn(scan: ScanMeaning): string | undefined {
  if (scan.kind === 'own-coupon') return scan.code;
  if (scan.kind !== 'gs1') return undefined;
  return scan.elements.find(({ ai }) => ai === '255')?.value;
}
