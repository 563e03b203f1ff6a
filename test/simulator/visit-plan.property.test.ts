import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import {
  GtinSchema,
  ReceiverIdSchema,
  ScannerIdSchema,
  ZoneIdSchema,
} from '../../kernel/domain/ids.ts';
import { planVisit, type ShopFloor } from '../../simulator/visit-plan.ts';

const zones = ['entrance', 'aisle', 'counter'].map((zone) => ZoneIdSchema.parse(zone));
const [entrance, aisle, counter] = zones as [
  (typeof zones)[0],
  (typeof zones)[0],
  (typeof zones)[0],
];
const floor: ShopFloor = {
  zones,
  receivers: [
    { receiverId: ReceiverIdSchema.parse('door'), zoneId: entrance },
    { receiverId: ReceiverIdSchema.parse('shelf'), zoneId: aisle },
    { receiverId: ReceiverIdSchema.parse('desk'), zoneId: counter },
  ],
  scanners: [{ scannerId: ScannerIdSchema.parse('kiosk-1'), zoneId: aisle }],
  gtins: [GtinSchema.parse('04006381333931')],
};
const seed = fc.integer();

test.prop([seed])('the same seed walks the same way', (n) => {
  expect(planVisit(floor, n)).toEqual(planVisit(floor, n));
});

test.prop([seed])(
  'a visit is in order of time, heard at the door first, and short enough to watch',
  (n) => {
    const steps = planVisit(floor, n);
    expect(steps[0]).toMatchObject({ kind: 'heard', atMs: 0 });
    expect(steps.map((step) => step.atMs)).toEqual(
      steps.map((step) => step.atMs).sort((a, b) => a - b),
    );
    expect(steps.at(-1)?.atMs).toBeLessThan(100_000);
  },
);

test.prop([seed])('signal strengths are what a radio reports', (n) => {
  for (const step of planVisit(floor, n)) {
    if (step.kind === 'heard')
      expect(step.rssiDbm).toSatisfy((dbm: number) => dbm < -30 && dbm > -100);
  }
});

test.prop([seed])('nobody shows a coupon before a card or a code', (n) => {
  const scans = planVisit(floor, n).flatMap((step) => (step.kind === 'scan' ? [step.shown] : []));
  const coupon = scans.indexOf('coupon');
  if (coupon >= 0)
    expect(scans.slice(0, coupon).some((s) => s === 'card' || s === 'code')).toBe(true);
});
