import { expect, test } from 'vitest';
import { Seen } from '../../../kiosk/renderer/seen.ts';

const cards = (...names: readonly string[]) => new Set(names);

test('[expose-1] a card counts after a second in sight, each by its own', () => {
  const seen = new Seen();
  seen.look(cards('bread'), 0);
  seen.look(cards('bread', 'oil'), 600);
  expect([seen.longEnough(999), seen.nextAt(999)]).toEqual([[], 1_000]);
  expect([seen.longEnough(1_000), seen.nextAt(1_000)]).toEqual([['bread'], 1_600]);
  expect([seen.longEnough(1_600), seen.nextAt(1_600)]).toEqual([['bread', 'oil'], undefined]);
});

test('[expose-1] out of sight for a moment, a card begins anew', () => {
  const seen = new Seen();
  seen.look(cards('bread'), 0);
  seen.look(cards(), 900);
  expect(seen.nextAt(900)).toBeUndefined();
  seen.look(cards('bread'), 950);
  expect(seen.longEnough(1_500)).toEqual([]);
  expect(seen.longEnough(1_950)).toEqual(['bread']);
});
