import { describe, expect, test } from 'vitest';
import { ZoneFilter } from '../../../kernel/domain/zone-filter.ts';
import { zoneAt, zoneMapOf } from '../../../kernel/domain/zone-map.ts';
import { SHOP_PLAN } from '../../doubles/walks.ts';

const map = zoneMapOf(SHOP_PLAN);
const indexOf = (id: string) => map.receiverIds.indexOf(id);

/** Hears for so many seconds as from beside a receiver: it strongly, the others weakly. */
function standBeside(
  filter: ZoneFilter,
  receiverId: string,
  fromMs: number,
  seconds: number,
): number {
  for (let atMs = fromMs; atMs < fromMs + seconds * 1_000; atMs += 500) {
    map.receiverIds.forEach((id, i) => {
      filter.hear(i, id === receiverId ? -58 : -85, atMs);
    });
  }
  return fromMs + seconds * 1_000;
}

describe('where somebody is', () => {
  test('nobody heard is nowhere certain', () => {
    const filter = new ZoneFilter(map);
    expect(filter.estimate).toEqual({ zoneId: undefined, likelihood: 0 });
    filter.advance(60_000);
    expect(filter.estimate.zoneId).toBeUndefined();
  });

  test('whoever stands beside a receiver is in its zone, and comes to another with the next', () => {
    const filter = new ZoneFilter(map);
    let now = standBeside(filter, 'r1-11', 0, 5);
    filter.advance(now);
    expect(filter.estimate.zoneId).toBe('entrance');
    expect(filter.estimate.likelihood).toBeGreaterThan(0.6);
    now = standBeside(filter, 'r17-1', now, 30);
    filter.advance(now);
    expect(filter.estimate.zoneId).toBe('counter');
  });

  test('a phone that sends 15 dB weaker is placed alike', () => {
    const filter = new ZoneFilter(map);
    for (let atMs = 0; atMs < 5_000; atMs += 500) {
      map.receiverIds.forEach((id, i) => {
        filter.hear(i, id === 'r17-1' ? -73 : -100, atMs);
      });
    }
    filter.advance(5_000);
    expect(filter.estimate.zoneId).toBe('counter');
  });

  test('silence is no absence: after a while the zone is uncertain, and the first word brings it back', () => {
    const filter = new ZoneFilter(map);
    const now = standBeside(filter, 'r17-1', 0, 5);
    filter.advance(now + 2_000);
    expect(filter.estimate.zoneId).toBe('counter');
    filter.advance(now + 30 * 60_000);
    expect(filter.estimate.zoneId).toBeUndefined();
    filter.advance(standBeside(filter, 'r17-1', now + 31 * 60_000, 3));
    expect(filter.estimate.zoneId).toBe('counter');
  });

  test('one wild value moves nobody', () => {
    const filter = new ZoneFilter(map);
    const now = standBeside(filter, 'r1-11', 0, 10);
    filter.hear(indexOf('r17-1'), -40, now);
    filter.advance(now + 500);
    expect(filter.estimate.zoneId).toBe('entrance');
  });
});

describe('a floor plan', () => {
  test('knows the zone of each place', () => {
    expect(zoneAt(SHOP_PLAN.zones, 3, 3)).toBe('entrance');
    expect(zoneAt(SHOP_PLAN.zones, 6, 3)).toBe('aisles');
    expect(zoneAt(SHOP_PLAN.zones, 60, 3)).toBeUndefined();
  });

  test('of a great hall has a coarser grid', () => {
    const hall = zoneMapOf({
      zones: [{ zoneId: 'hall', x: [0, 200], y: [0, 100] }],
      receivers: [],
    });
    expect(hall.zoneOfCell.length).toBeLessThanOrEqual(2_600);
    expect(hall.cellM).toBeGreaterThan(2);
  });

  test('that is none says which part', () => {
    const receivers = [{ receiverId: 'r1', x: NaN, y: 0 }];
    expect(() => zoneMapOf({ zones: [], receivers })).toThrow('zones: none');
    expect(() =>
      zoneMapOf({ zones: [{ zoneId: 'a', x: [3, 3], y: [0, 1] }], receivers: [] }),
    ).toThrow('zones.a.x');
    expect(() => zoneMapOf({ zones: SHOP_PLAN.zones, receivers })).toThrow('receivers.r1');
  });
});
