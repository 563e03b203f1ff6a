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
  test('[cred-3] a phone’s report places somebody where its beacon stands, and is waited for longer', () => {
    const shop = new Presences();
    const heard = { pseudonym: memberA, zoneId: door, evidence: 'report' } as const;
    expect(shop.hear({ ...heard, at: 0 })).toMatchObject({ kind: 'enter', evidence: 'report' });
    expect(shop.sweep(59_999, { leaveAfterMs: 60_000, dwellAfterMs: 90_000 })).toEqual([]);
    expect(shop.hear({ ...heard, zoneId: wine, at: 59_999 })).toMatchObject({ kind: 'zone' });
  });

  test('the first hearing enters, the next ones change nothing', () => {
    const shop = new Presences();
    expect(shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: 5 })).toEqual({
      kind: 'enter',
      evidence: 'token',
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
      { kind: 'leave', pseudonym: memberA, zoneId: door, lastHeardAt: 1_000 },
    ]);
    expect(shop.sweep(1_000 + LEAVE, TIMING)).toEqual([]);
    const again = { receiverId: r1, pseudonym: memberA, zoneId: door, at: 500_000 };
    expect(shop.hear(again)?.kind).toBe('enter');
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
    expect(kinds).toEqual(['dwell']);
    expect(shop.sweep(at + LEAVE, TIMING).map(({ kind }) => kind)).toEqual(['uncertain']);
  });

  test('standing in a zone is told once, and anew in the next zone', () => {
    const shop = new Presences();
    const kindsAt = (at: number, zoneId: ZoneId) => {
      const moved = shop.hear({ receiverId: r1, pseudonym: memberA, zoneId, at });
      return [moved, ...shop.sweep(at, TIMING)].flatMap((event) => event?.kind ?? []);
    };
    expect(kindsAt(0, door)).toEqual(['enter']);
    const told = [];
    for (let at = 5_000; at < 60_000; at += 5_000) told.push(...kindsAt(at, door));
    expect(told).toEqual(['dwell']);
    expect(kindsAt(60_000, wine)).toEqual(['zone']);
    for (let at = 65_000; at < 100_000; at += 5_000) told.push(...kindsAt(at, wine));
    expect(told).toEqual(['dwell', 'dwell']);
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
    expect(moved).toEqual({ kind: 'zone', pseudonym: memberA, from: door, zoneId: wine, at: 100 });
    expect(
      shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: 3_099 }),
    ).toBeUndefined();
    expect(shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at: 3_100 })?.kind).toBe(
      'zone',
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

describe('with a zone before the door', () => {
  const pavement = 'pavement' as ZoneId;
  const outside = [pavement];
  const heard = (shop: Presences, zoneId: ZoneId, at: number, rssiDbm = -70) =>
    shop.hear({ receiverId: r1, pseudonym: memberA, zoneId, at, rssiDbm })?.kind;

  test('[presence-1] whoever was heard only there is near, and enters by being heard inside', () => {
    const shop = new Presences(undefined, { outside });
    expect(heard(shop, pavement, 0)).toBe('near');
    expect(heard(shop, pavement, 1_000)).toBeUndefined();
    expect(shop.of(memberA)).toMatchObject({ zoneId: pavement, enteredAt: undefined });
    expect(shop.sweep(2_000, { ...TIMING, dwellAfterMs: 1_000 })).toEqual([]);
    expect(shop.near(pavement, 2_000, 5_000)).toHaveLength(1);
    expect(heard(shop, door, 2_500, -60)).toBe('enter');
    expect(shop.of(memberA)).toMatchObject({ zoneId: door, enteredAt: 2_500, since: 0 });
    expect(heard(shop, wine, 6_000)).toBe('zone');
  });

  test('passing by is no visit: near, then gone', () => {
    const shop = new Presences(undefined, { outside });
    heard(shop, pavement, 5);
    const kinds = shop.sweep(5 + LEAVE, TIMING).map(({ kind }) => kind);
    expect(kinds).toEqual(['leave']);
    expect(shop.of(memberA)).toBeUndefined();
  });

  test('[presence-2] a step out is a zone; out for as long as silence would take is left, at the time of going', () => {
    const shop = new Presences(undefined, { outside });
    heard(shop, door, 0);
    expect(heard(shop, pavement, 10_000)).toBe('zone');
    for (let at = 11_000; at < 10_000 + LEAVE; at += 1_000) heard(shop, pavement, at);
    const kindsBy = (at: number) => shop.sweep(at, TIMING).map(({ kind }) => kind);
    expect(kindsBy(9_999 + LEAVE)).toEqual(['dwell']);
    expect(shop.sweep(10_000 + LEAVE, TIMING)).toEqual([
      { kind: 'leave', pseudonym: memberA, zoneId: pavement, lastHeardAt: 10_000 },
    ]);
    expect(kindsBy(10_500 + LEAVE)).toEqual([]);
    expect(heard(shop, pavement, 11_000 + LEAVE)).toBeUndefined();
    expect(heard(shop, door, 15_000 + LEAVE)).toBe('enter');
  });

  test('heard too weakly is near, in no zone yet, and enters by being heard well', () => {
    const shop = new Presences(undefined, { outside: [], enterAtDbm: -80 });
    expect(heard(shop, door, 0, -88)).toBe('near');
    expect(heard(shop, wine, 500, -85)).toBeUndefined();
    expect(shop.near(door, 600, 5_000)).toEqual([]);
    expect(heard(shop, door, 1_000, -80)).toBe('enter');
    expect(shop.near(door, 1_000, 5_000)).toHaveLength(1);
    expect(heard(shop, wine, 1_500, -95)).toBeUndefined(); // in they are, however weakly
    const mute = { receiverId: r1, pseudonym: memberB, zoneId: door, at: 0 };
    expect(shop.hear(mute)?.kind).toBe('enter'); // unknown strength counts as heard
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
  function stand(shop: Presences, x: number, fromMs: number, seconds: number, dead = '') {
    const events: PresenceEvent[] = [];
    for (let at = fromMs; at < fromMs + seconds * 1_000; at += 250) {
      receivers.forEach((receiver) => {
        if (receiver.receiverId === dead) return;
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
    expect(stand(shop, 4, 0, 25)).toEqual(['near door', 'enter door', 'dwell door']);
    expect(stand(shop, 12, 25_000, 15)).toEqual(['zone wine']);
    expect(shop.near(wine, 40_000, 5_000)).toHaveLength(1);
  });

  test('a radio without strength says that somebody is here, and not where', () => {
    const shop = new Presences(map);
    stand(shop, 12, 0, 20);
    const mute = { receiverId: r1, pseudonym: memberA, zoneId: door, at: 24_000 };
    expect(shop.hear(mute)).toBeUndefined();
    expect(shop.of(memberA)).toMatchObject({ zoneId: wine, lastHeardAt: 24_000 });
  });

  test('[presence-2] somebody heard and not placed yet is near, and near no screen', () => {
    const shop = new Presences(map);
    const first = { receiverId: r1, pseudonym: memberA, zoneId: door, at: 0, rssiDbm: -80 };
    expect(shop.hear(first)?.kind).toBe('near');
    expect(shop.near(door, 0, 5_000)).toEqual([]);
    expect(stand(shop, 4, 500, 2)).toEqual(['enter door']);
    expect(shop.near(door, 2_500, 5_000)).toHaveLength(1);
  });

  test('placed before the door only, nobody has come in', () => {
    const shop = new Presences(map, { outside: [door] });
    expect(stand(shop, 4, 0, 25)).toEqual(['near door']);
    expect(stand(shop, 12, 25_000, 15)).toEqual(['enter wine']);
  });

  test.each(receivers.map(({ receiverId }) => receiverId))(
    '[presence-3] with %s dead nobody goes astray or stays uncertain',
    (dead) => {
      const shop = new Presences(map);
      stand(shop, 12, 0, 20);
      expect(stand(shop, 12, 20_000, 60, dead)).toEqual(['dwell wine']);
      expect(stand(shop, 4, 80_000, 15, dead)).toEqual(['zone door']);
      expect(shop.of(memberA)).toMatchObject({ zoneId: door, isUncertain: false });
    },
  );

  test('nobody heard for long is nowhere certain, wherever they were', () => {
    const shop = new Presences(map);
    stand(shop, 12, 0, 20);
    expect(shop.sweep(40_000, TIMING).map(({ kind }) => kind)).toContain('uncertain');
    expect(shop.near(wine, 40_000, 60_000)).toEqual([]);
  });
});
