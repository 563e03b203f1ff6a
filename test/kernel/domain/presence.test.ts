import { describe, expect, test } from 'vitest';
import type { Pseudonym, ZoneId } from '../../../kernel/domain/ids.ts';
import { Presences } from '../../../kernel/domain/presence.ts';

const memberA = 'a'.repeat(32) as Pseudonym;
const memberB = 'b'.repeat(32) as Pseudonym;
const door = 'door' as ZoneId;
const wine = 'wine' as ZoneId;
const LEAVE = 120_000;

describe('presence is "heard in a zone lately"', () => {
  test('the first hearing enters, the next ones change nothing', () => {
    const shop = new Presences();
    expect(shop.hear({ pseudonym: memberA, zoneId: door, at: 5 })).toEqual({
      kind: 'entered',
      pseudonym: memberA,
      zoneId: door,
      at: 5,
    });
    expect(shop.hear({ pseudonym: memberA, zoneId: door, at: 900 })).toBeUndefined();
    expect(shop.of(memberA)).toMatchObject({ zoneId: door, since: 5, lastHeardAt: 900 });
  });

  test('silence is not absence until it has lasted', () => {
    const shop = new Presences();
    shop.hear({ pseudonym: memberA, zoneId: door, at: 1_000 });
    expect(shop.sweep(1_000 + LEAVE - 1, LEAVE)).toEqual([]);
    expect(shop.sweep(1_000 + LEAVE, LEAVE)).toEqual([
      { kind: 'left', pseudonym: memberA, zoneId: door, lastHeardAt: 1_000 },
    ]);
    expect(shop.sweep(1_000 + LEAVE, LEAVE)).toEqual([]);
    expect(shop.hear({ pseudonym: memberA, zoneId: door, at: 500_000 })?.kind).toBe('entered');
  });

  test('two radios that hear one phone do not throw it to and fro', () => {
    const shop = new Presences();
    shop.hear({ pseudonym: memberA, zoneId: door, at: 0, rssiDbm: -60 });
    for (let at = 100; at < 10_000; at += 200) {
      expect(shop.hear({ pseudonym: memberA, zoneId: wine, at, rssiDbm: -58 })).toBeUndefined();
      expect(
        shop.hear({ pseudonym: memberA, zoneId: door, at: at + 100, rssiDbm: -60 }),
      ).toBeUndefined();
    }
  });

  test('a phone moves where it is heard much stronger, or once its zone is silent', () => {
    const shop = new Presences();
    shop.hear({ pseudonym: memberA, zoneId: door, at: 0, rssiDbm: -70 });
    const moved = shop.hear({ pseudonym: memberA, zoneId: wine, at: 100, rssiDbm: -60 });
    expect(moved).toEqual({ kind: 'moved', pseudonym: memberA, from: door, zoneId: wine, at: 100 });
    expect(shop.hear({ pseudonym: memberA, zoneId: door, at: 3_099 })).toBeUndefined();
    expect(shop.hear({ pseudonym: memberA, zoneId: door, at: 3_100 })?.kind).toBe('moved');
    expect(shop.of(memberA)?.since).toBe(0);
  });

  test('a report that comes late turns no clock back', () => {
    const shop = new Presences();
    shop.hear({ pseudonym: memberA, zoneId: door, at: 10_000 });
    shop.hear({ pseudonym: memberA, zoneId: wine, at: 2_000 });
    expect(shop.of(memberA)).toMatchObject({ zoneId: door, lastHeardAt: 10_000 });
  });

  test('who is near a zone is who was heard there of late', () => {
    const shop = new Presences();
    shop.hear({ pseudonym: memberA, zoneId: door, at: 0 });
    shop.hear({ pseudonym: memberB, zoneId: door, at: 9_000 });
    expect(shop.near(door, 10_000, 5_000).map(({ pseudonym }) => pseudonym)).toEqual([memberB]);
    expect(shop.near(wine, 10_000, 5_000)).toEqual([]);
    expect(shop.all()).toHaveLength(2);
  });

  test('a stay goes on after a restart; whoever withdrew is gone without a word', () => {
    const shop = new Presences();
    shop.restore([{ pseudonym: memberA, zoneId: door, since: 1, lastHeardAt: 50 }]);
    expect(shop.hear({ pseudonym: memberA, zoneId: door, at: 60 })).toBeUndefined();
    shop.forget(memberA);
    expect(shop.of(memberA)).toBeUndefined();
    expect(shop.sweep(1_000_000, LEAVE)).toEqual([]);
  });
});
