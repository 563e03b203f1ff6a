import { describe, expect, test } from 'vitest';
import type { Pseudonym, ReceiverId, ZoneId } from '../../../kernel/domain/ids.ts';
import { type PresenceEvent, Presences } from '../../../kernel/domain/presence.ts';
import { zoneMapOf } from '../../../kernel/domain/zone-map.ts';

const memberA = 'a'.repeat(32) as Pseudonym;
const memberB = 'b'.repeat(32) as Pseudonym;
const door = 'door' as ZoneId;
const wine = 'wine' as ZoneId;
const r1 = 'r1' as ReceiverId;
const LEAVE = 120_000;
const TIMING = { leaveAfterMs: LEAVE, dwellAfterMs: 20_000 };

describe('presence is "heard in a zone lately"', () => {
  test('the first hearing enters, the next ones change nothing', () => {
    const shop = new Presences();
    expect(shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: 5 })).toEqual({
      kind: 'entered',
      pseudonym: memberA,
      zoneId: door,
      at: 5,
    });
    expect(
      shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: 900 }),
    ).toBeUndefined();
    expect(shop.of(memberA)).toMatchObject({ zoneId: door, since: 5, lastHeardAt: 900 });
  });

  test('silence is uncertain first, and absence only once it has lasted', () => {
    const shop = new Presences();
    shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: 1_000 });
    expect(shop.sweep(10_999, TIMING)).toEqual([]);
    expect(shop.sweep(11_000, TIMING)).toEqual([
      { kind: 'uncertain', pseudonym: memberA, zoneId: door, at: 11_000 },
    ]);
    expect(shop.near(door, 11_000, 60_000)).toEqual([]);
    expect(shop.of(memberA)).toMatchObject({ isUncertain: true, zoneId: door });
    expect(shop.sweep(1_000 + LEAVE - 1, TIMING)).toEqual([]);
    expect(shop.sweep(1_000 + LEAVE, TIMING)).toEqual([
      { kind: 'left', pseudonym: memberA, zoneId: door, lastHeardAt: 1_000 },
    ]);
    expect(shop.sweep(1_000 + LEAVE, TIMING)).toEqual([]);
    const again = { receiverId: r1, pseudonym: memberA, zoneId: door, at: 500_000 };
    expect(shop.hear(again)?.kind).toBe('entered');
  });

  test('whoever is heard again is certain again, and has neither entered nor left meanwhile', () => {
    const shop = new Presences();
    shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: 0 });
    shop.sweep(30_000, TIMING);
    const again = { receiverId: r1, pseudonym: memberA, zoneId: door, at: 31_000 };
    expect(shop.hear(again)).toBeUndefined();
    expect(shop.near(door, 31_000, 15_000)).toHaveLength(1);
  });

  test('a beacon that is heard only every 20 s is not uncertain each time', () => {
    const shop = new Presences();
    let at = 0;
    for (let i = 0; i < 40; i += 1, at += 20_000)
      shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at });
    const kinds = shop.sweep(at, TIMING).map(({ kind }) => kind);
    expect(kinds).toEqual(['dwelled']);
    expect(shop.sweep(at + LEAVE, TIMING).map(({ kind }) => kind)).toEqual(['uncertain']);
  });

  test('standing in a zone is told once, and anew in the next zone', () => {
    const shop = new Presences();
    const kindsAt = (at: number, zoneId: ZoneId) => {
      const moved = shop.hear({ receiverId: r1, pseudonym: memberA, zoneId, at });
      return [moved, ...shop.sweep(at, TIMING)].flatMap((event) => event?.kind ?? []);
    };
    expect(kindsAt(0, door)).toEqual(['entered']);
    const told = [];
    for (let at = 5_000; at < 60_000; at += 5_000) told.push(...kindsAt(at, door));
    expect(told).toEqual(['dwelled']);
    expect(kindsAt(60_000, wine)).toEqual(['moved']);
    for (let at = 65_000; at < 100_000; at += 5_000) told.push(...kindsAt(at, wine));
    expect(told).toEqual(['dwelled', 'dwelled']);
  });

  test('two radios that hear one phone do not throw it to and fro', () => {
    const shop = new Presences();
    shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: 0, rssiDbm: -60 });
    for (let at = 100; at < 10_000; at += 200) {
      expect(
        shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: wine, at, rssiDbm: -58 }),
      ).toBeUndefined();
      expect(
        shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: at + 100, rssiDbm: -60 }),
      ).toBeUndefined();
    }
  });

  test('a phone moves where it is heard much stronger, or once its zone is silent', () => {
    const shop = new Presences();
    shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: 0, rssiDbm: -70 });
    const moved = shop.hear({
      receiverId: r1,
      pseudonym: memberA,
      zoneId: wine,
      at: 100,
      rssiDbm: -60,
    });
    expect(moved).toEqual({ kind: 'moved', pseudonym: memberA, from: door, zoneId: wine, at: 100 });
    expect(
      shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: 3_099 }),
    ).toBeUndefined();
    expect(shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: 3_100 })?.kind).toBe(
      'moved',
    );
    expect(shop.of(memberA)?.since).toBe(0);
  });

  test('a report that comes late turns no clock back', () => {
    const shop = new Presences();
    shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: 10_000 });
    shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: wine, at: 2_000 });
    expect(shop.of(memberA)).toMatchObject({ zoneId: door, lastHeardAt: 10_000 });
  });

  test('who is near a zone is who was heard there of late', () => {
    const shop = new Presences();
    shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: 0 });
    shop.hear({ receiverId: r1, pseudonym: memberB, zoneId: door, at: 9_000 });
    expect(shop.near(door, 10_000, 5_000).map(({ pseudonym }) => pseudonym)).toEqual([memberB]);
    expect(shop.near(wine, 10_000, 5_000)).toEqual([]);
    expect(shop.all()).toHaveLength(2);
  });

  test('a stay goes on after a restart; whoever withdrew is gone without a word', () => {
    const shop = new Presences();
    shop.restore([{ pseudonym: memberA, zoneId: door, since: 1, lastHeardAt: 50 }]);
    expect(shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: 60 })).toBeUndefined();
    shop.forget(memberA);
    expect(shop.of(memberA)).toBeUndefined();
    expect(shop.sweep(1_000_000, TIMING)).toEqual([]);
  });
});

describe('with a floor plan', () => {
  const zones = [
    { zoneId: 'door', x: [0, 8] as const, y: [0, 8] as const },
    { zoneId: 'wine', x: [8, 16] as const, y: [0, 8] as const },
  ];
  const corners = [1, 7, 9, 15].flatMap((x) => [1, 7].map((y) => ({ x, y })));
  const receivers = corners.map((place, i) => ({ receiverId: `r${String(i + 1)}`, ...place }));
  const map = zoneMapOf({ zones, receivers });

  /** For so many seconds at x = 4 m or 12 m; each receiver says that it stands in the zone `door`. */
  function stand(shop: Presences, x: number, fromMs: number, seconds: number) {
    const events: PresenceEvent[] = [];
    for (let at = fromMs; at < fromMs + seconds * 1_000; at += 250) {
      receivers.forEach((receiver) => {
        const distanceM = Math.hypot(receiver.x - x, receiver.y - 4);
        const rssiDbm = -59 - 30 * Math.log10(distanceM);
        const receiverId = receiver.receiverId as ReceiverId;
        const event = shop.hear({ receiverId, pseudonym: memberA, zoneId: door, at, rssiDbm });
        if (event !== undefined) events.push(event);
      });
      events.push(...shop.sweep(at, TIMING));
    }
    return events.map(({ kind, zoneId }) => `${kind} ${zoneId}`);
  }

  test('all receivers together say where somebody is', () => {
    const shop = new Presences(map);
    expect(stand(shop, 4, 0, 25)).toEqual(['entered door', 'dwelled door']);
    expect(stand(shop, 12, 25_000, 15)).toEqual(['moved wine']);
    expect(shop.near(wine, 40_000, 5_000)).toHaveLength(1);
  });

  test('a radio without strength says that somebody is here, and not where', () => {
    const shop = new Presences(map);
    stand(shop, 12, 0, 20);
    const mute = { receiverId: r1, pseudonym: memberA, zoneId: door, at: 24_000 };
    expect(shop.hear(mute)).toBeUndefined();
    expect(shop.of(memberA)).toMatchObject({ zoneId: wine, lastHeardAt: 24_000 });
  });

  test('nobody heard for long is nowhere certain, wherever they were', () => {
    const shop = new Presences(map);
    stand(shop, 12, 0, 20);
    expect(shop.sweep(40_000, TIMING).map(({ kind }) => kind)).toContain('uncertain');
    expect(shop.near(wine, 40_000, 60_000)).toEqual([]);
  });
});
