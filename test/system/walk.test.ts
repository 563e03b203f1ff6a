import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { toHex } from '../../kernel/hex.ts';
import { parseConfiguration } from '../../node/configuration.ts';
import { readAccuracyReport } from '../../node/accuracy-report.ts';
import { consentTexts, join as joinHq, openPhone, type Phone } from '../../phone/sdk/phone.ts';
import { BridgeLine } from '../../simulator/bridge-line.ts';
import { filePhone } from '../../simulator/file-phone.ts';
import { endLater } from '../support/endings.ts';
import { lacking } from '../support/parts.ts';
import { type RunningProcess, startSoglia } from '../support/process.ts';
import { openShop, type Shop } from '../support/shop.ts';

const zones = { door: { x: [0, 8], y: [0, 8] }, wine: { x: [8, 16], y: [0, 8] } } as const;
const PLACES = [1, 7, 9, 15].flatMap((x) => [1, 7].map((y) => ({ x, y })));
const RECEIVERS = PLACES.map((place, i) => ({ id: `r${String(i + 1)}`, ...place }));
/** What `r3` hears more than its kind, and `r8` less. */
const OFFSETS_DB: Readonly<Record<string, number>> = { r3: 9, r8: -7 };
const SPREAD_DB = [0, 2, -2, 1, -1];

/** Carries a phone to where the walk says, and lets every receiver hear it ten times a second. */
function carry(shop: Shop, phone: Phone, run: RunningProcess): void {
  const line = new BridgeLine(join(shop.folder, 'bridge', 'simulated.sock'), () => undefined);
  let beat = 0;
  const say = async () => {
    const cue = [...run.output().matchAll(/Go to \w+, x ([\d.]+) m, y ([\d.]+) m/g)].at(-1);
    const [x, y] = [Number(cue?.[1] ?? 1), Number(cue?.[2] ?? 1)];
    const payload = toHex(await phone.advert('android'));
    for (const receiver of RECEIVERS) {
      const distanceM = Math.hypot(receiver.x - x, receiver.y - y, 0.8);
      const noiseDb = SPREAD_DB[(beat += 1) % SPREAD_DB.length] ?? 0;
      const gainDb = noiseDb + (OFFSETS_DB[receiver.id] ?? 0);
      const rssiDbm = Math.round(-62 - 28 * Math.log10(distanceM) + gainDb);
      line.say({ kind: 'advert', receiverId: receiver.id as never, payload, rssiDbm });
    }
  };
  const timer = setInterval(() => void say(), 100);
  endLater(() => {
    clearInterval(timer);
    line.close();
  });
}

describe.skipIf(lacking('pseudo-terminal'))('soglia walk, through real processes', () => {
  let shop: Shop;
  const config = () => join(shop.folder, 'soglia.yaml');
  const walk = (...args: string[]) => startSoglia(['walk', ...args, '--config', config()]);

  beforeAll(async () => {
    shop = await openShop(undefined, {
      zones: Object.keys(zones),
      receivers: RECEIVERS.map(({ id }) => ({ id, zone: 'door', kind: 'simulated' })),
      stations: [{ id: 'kiosk-1', kind: 'kiosk', zone: 'door', scanners: ['desk'] }],
      floor: {
        zones,
        receivers: Object.fromEntries(RECEIVERS.map(({ id, x, y }) => [id, { x, y }])),
      },
    });
  }, 120_000);

  test('[walk-1] [walk-2] leads through the shop, finds the offsets and writes them down', async () => {
    const phoneFile = join(shop.folder, 'walk', 'phone.json');
    const operator = join(shop.folder, 'hq', 'operator.sock');
    const made = walk('credential', '--phone', phoneFile, '--hq-operator-socket', operator);
    await made.line(/marked test/);
    await made.line(/UUID FEAA, value 30[0-9a-f]{18} /);
    expect(await made.ended()).toBe(0);

    const run = walk(
      ...['--phone', phoneFile, '--data', join(shop.folder, 'edge')],
      ...['--walk-seconds', '2', '--stand-seconds', '4'],
    );
    const phone = await openPhone(filePhone(phoneFile));
    carry(shop, phone!, run);
    await run.line(/4\/4 {2}Go to wine/, 60_000);
    expect(await run.ended(40_000)).toBe(0);
    expect(run.output()).toMatch(/stood in\s+door\s+wine\s+uncertain/);
    expect(run.output()).toMatch(/Recognised after [\d.]+ s in the median/);
    expect(run.output()).toContain('Written to');

    const { floor } = parseConfiguration(readFileSync(config(), 'utf8'), 'soglia.yaml');
    for (const { receiverId, offsetDb = 0 } of floor?.receivers ?? [])
      expect([receiverId, Math.abs(offsetDb - (OFFSETS_DB[receiverId] ?? 0)) <= 2]).toEqual([
        receiverId,
        true,
      ]);
    const report = await readAccuracyReport(join(shop.folder, 'edge'));
    expect(report).toMatchObject({ written: true, silent: [] });
    expect(report?.accuracy).toBeGreaterThanOrEqual(report?.accuracyBefore ?? 1);
    const StatusSchema = z.object({ zones: z.object({ accuracy: z.number() }) });
    const status = await shop.askEdge(StatusSchema, 'GET', '/v1/status');
    expect(status.zones.accuracy).toBe(report?.accuracy);
  }, 180_000);

  test('[walk-1] is refused with the phone of somebody real', async () => {
    const phoneFile = join(shop.folder, 'member.json');
    const joinToken = /join=([\w-]+)/.exec(await shop.joinLink())?.[1] ?? '';
    const platform = filePhone(phoneFile);
    const member = await joinHq(platform, { hqUrl: shop.hqUrl, joinToken, language: 'it' });
    for (const text of await consentTexts(platform, shop.hqUrl, 'it'))
      if (text.purpose === 'recognise') await member.consent(text, true);
    const run = walk('--phone', phoneFile, '--data', join(shop.folder, 'edge'));
    expect(await run.ended(60_000)).toBe(1);
    expect(run.output()).toContain('not marked as a test');
    expect(run.output()).not.toContain('Go to');
  }, 120_000);
});
