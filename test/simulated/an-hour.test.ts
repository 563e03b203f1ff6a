import { randomBytes } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CustomersSchema } from '../../kernel/protocol/console-api.ts';
import type { Phone } from '../../phone/sdk/phone.ts';
import { filesUnder } from '../support/canaries.ts';
import { startOffice } from '../support/head-office.ts';
import { startListeningShop, type ToldAdvert } from '../support/listening-shop.ts';
import { runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

/** An hour with 1,000 strangers in the full proof; a part of it, with as many of them a minute, otherwise. */
const MINUTES = Math.min(60, runs(6));
const HOUR_MS = MINUTES * 60_000;
/** An hour in 48 s. */
const SPEED = 75;
const STRANGERS = Math.round((1_000 * MINUTES) / 60);
const MEMBERS = 100;
const WITHOUT_CONSENT = 20;
const STAY_MS = { stranger: 4 * 60_000, member: 8 * 60_000 };
/** How often a radio is heard, simulated. */
const EVERY_MS = { stranger: 4_000, member: 6_000 };
const TURN_MS = 40;

/** Every stranger's address and payload begins with bytes of which nobody else has any. */
const ADDRESS = 'c55a0f';
const PAYLOAD = '5eafca57e5';
const MARKS = [
  ADDRESS,
  'C5:5A:0F',
  'c5:5a:0f',
  'C5_5A_0F',
  PAYLOAD,
  Buffer.from(PAYLOAD, 'hex').toString('base64').slice(0, 6),
  Buffer.from(PAYLOAD, 'hex').toString('base64url').slice(0, 6),
];

interface Walker {
  readonly from: number;
  readonly until: number;
  readonly everyMs: number;
  next: number;
  advert(): Promise<ToldAdvert>;
}

test(
  '[threat-26] [duty-10] after an hour among a thousand strangers every member who agreed was recognised, and nothing is left of the others',
  { timeout: 240_000 },
  async () => {
    const random = xoroshiro128plus(seed);
    const int = (from: number, to: number) => uniformInt(random, from, to);
    const wallAt = Date.now();
    const startAt = wallAt;
    const now = () => Math.floor(startAt + (Date.now() - wallAt) * SPEED);
    const office = await startOffice({ clock: now });
    Object.defineProperty(office.clock, 'now', { get: now }); // phones live by it too
    await office.makeStore('bottega');
    const text = await office.text('recognise');
    const phones: { readonly phone: Phone; readonly agreed: boolean }[] = [];
    for (let i = 0; i < MEMBERS + WITHOUT_CONSENT; i += 1) {
      const phone = await office.joinPhone({ storeIds: ['bottega'] });
      const agreed = i < MEMBERS;
      if (agreed) await phone.consent(text, true);
      phones.push({ phone, agreed });
    }
    const folder = tempDir();
    const shop = await startListeningShop({
      folder,
      configuration: {
        store: { id: 'bottega', timeZone: 'Europe/Rome' },
        hq: { url: office.hq.url },
        edge: {},
        kiosk: {},
        zones: ['aisle'],
        receivers: [{ id: 'hci0', zone: 'aisle', kind: 'bluez', adapter: 'hci0' }],
        stations: [{ id: 'kiosk-1', kind: 'kiosk', zone: 'aisle' }],
      },
      hqOperatorSocket: office.hq.operatorSocket,
      ...{ startAt, wallAt, speed: SPEED },
    });
    // The search can find: a text that is held, and bytes that are.
    expect(await shop.remembers(MARKS, `held ${ADDRESS}`)).toEqual([
      expect.stringContaining('snapshot') as string,
    ]);
    expect(await shop.remembers(MARKS)).toEqual([]);
    await pause(1_500); // the cohort comes

    const begun = now();
    const walkers: Walker[] = [
      ...Array.from({ length: STRANGERS }, (_, i) => stranger(i, begun, int)),
      ...phones.map(({ phone }, i) => member(phone, i, begun, int)),
    ];
    let heard = 0;
    while (now() < begun + HOUR_MS) {
      const at = now();
      const due = walkers.filter(
        ({ from, until: end, next }) => at >= from && at < end && at >= next,
      );
      for (const walker of due) walker.next = at + walker.everyMs;
      shop.hear(await Promise.all(due.map((walker) => walker.advert())));
      heard += due.length;
      await pause(TURN_MS);
    }
    expect(heard).toBeGreaterThan(STRANGERS * 20);
    // What came last lies in buffers until something else comes: what is kept is there at each look.
    let left: readonly string[] = MARKS;
    for (let looks = 0; looks < 3 && left.length > 0; looks += 1) {
      for (let i = 0; i < 200; i += 1)
        shop.hear([another(randomBytes(6)), another(randomBytes(6))]);
      await pause(1_000);
      left = await shop.remembers(MARKS);
    }
    expect(left).toEqual([]);
    const { customers } = await office.ask(CustomersSchema, 'GET', '/v1/customers');
    const customerOf = new Map(
      customers.flatMap(({ cards, customerId }) =>
        cards.map((card) => [card, customerId] as const),
      ),
    );
    const isRecognised = async ({ phone }: { readonly phone: Phone }) =>
      (await office.timeline(customerOf.get(phone.cardNumber)!)).some(
        ({ kind }) => kind === 'visit',
      );
    const agreed = phones.filter((each) => each.agreed);
    await until('a visit of everybody who agreed', 20_000, async () => {
      const seen = await Promise.all(agreed.map(isRecognised));
      return seen.every(Boolean);
    });
    for (const other of phones.filter((each) => !each.agreed))
      expect(await isRecognised(other)).toBe(false);

    await shop.stop();
    const needles = MARKS.flatMap((mark) => [Buffer.from(mark), Buffer.from(mark.toUpperCase())]);
    const bytes = [Buffer.from(ADDRESS, 'hex'), Buffer.from(PAYLOAD, 'hex')];
    const files = [...filesUnder(folder), ...filesUnder(office.dataDir)];
    expect(files.some(([name]) => name.endsWith('shop.log'))).toBe(true);
    for (const [name, content] of files)
      for (const needle of [...needles, ...bytes])
        expect([name, content.includes(needle)]).toEqual([name, false]);
  },
);

type Int = (from: number, to: number) => number;

function stranger(i: number, begun: number, int: Int): Walker {
  const from = begun + int(0, HOUR_MS - STAY_MS.stranger);
  const tail = (bytes: number) => randomBytes(bytes).toString('hex');
  const address = addressOf(`${ADDRESS}${tail(3)}`);
  const told = (more: Omit<ToldAdvert, 'address' | 'rssi'>): ToldAdvert => ({
    address,
    rssi: -70,
    ...more,
  });
  const kinds: (() => ToldAdvert)[] = [
    () => told({ manufacturer: [0x004c, `1005${PAYLOAD}${tail(4)}`] }),
    () => told({ eddystone: `30ee${PAYLOAD}${tail(3)}` }),
    () => told({ uuids: [uuidOf(`534f474c${PAYLOAD}${tail(3)}00000000`)] }),
    () => told({ manufacturer: [0x004c, `0215${PAYLOAD}${tail(11)}00010002c5`] }),
    () => told({ name: `${PAYLOAD} earphones`, eddystone: `00ee${PAYLOAD}${tail(11)}` }),
  ];
  const say = kinds[i % kinds.length]!;
  const advert = () => Promise.resolve(say());
  return { from, until: from + STAY_MS.stranger, everyMs: EVERY_MS.stranger, next: from, advert };
}

function member(phone: Phone, i: number, begun: number, int: Int): Walker {
  const from = begun + int(0, HOUR_MS - STAY_MS.member);
  return {
    ...{ from, until: from + STAY_MS.member, everyMs: EVERY_MS.member, next: from },
    async advert() {
      const token = Buffer.from(await phone.currentToken()).toString('hex');
      const carrier =
        i % 2 === 0
          ? { eddystone: `30ee${token}` }
          : { uuids: [uuidOf(`534f474c${token}00000000`)] };
      // Its address changes with the token.
      return { address: addressOf(token.slice(0, 12)), rssi: -60, ...carrier };
    },
  };
}

/** Somebody whose bytes are nobody's mark. */
const another = (address: Buffer): ToldAdvert => ({
  address: addressOf(address.toString('hex')),
  rssi: -70,
  eddystone: `30ee${randomBytes(8).toString('hex')}`,
});
const addressOf = (hex: string) => (hex.toUpperCase().match(/../g) ?? []).join(':');
const uuidOf = (hex: string) =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  );
