import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { Page } from 'playwright';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { encodeEddystoneEid } from '../../kernel/adverts/eddystone-eid.ts';
import { OfferIdSchema } from '../../kernel/domain/ids.ts';
import type { TimelineEntry } from '../../kernel/protocol/console-api.ts';
import { toHex } from '../../kernel/hex.ts';
import { consentTexts, join, type Phone } from '../../phone/sdk/phone.ts';
import { filePhone } from '../../simulator/file-phone.ts';
import { startBluezVm, type BluezVm } from '../support/bluez-vm.ts';
import { launchChromium } from '../support/chromium.ts';
import { lacking } from '../support/parts.ts';
import { openShop, SHOP_STORE, type Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';

/*
 * Nothing is simulated here but the people: a real BlueZ hears a real advert, a real serial port a real scanner's bytes,
 * a real Chromium draws, and HQ, edge, bridge and kiosk are the processes that a shop runs.
 */

const SOON_MS = 15_000;
const OFFER = 'pecorino-for-members';

interface Scene {
  readonly shop: Shop;
  readonly phone: Phone;
  readonly page: Page;
  /** The shopper's own coupon for OFFER. */
  readonly couponCode: string;
}
let vm: BluezVm;
let scene: Scene;

describe.skipIf(lacking('bluez-vm', 'pseudo-terminal', 'chromium'))('a shop of real parts', () => {
  beforeAll(async () => {
    vm = await startBluezVm();
  });
  beforeEach(async () => {
    scene = await openScene();
  }, 120_000);

  test('[inv-2] with head office there: visit, exposure and redemption are in the timeline, once each', async () => {
    await comeIn();
    await showCard();
    await useCoupon();
    await expectTimelineOnce();
  });

  test('with head office away in the middle: the shop does not notice, and the timeline is whole afterwards', async () => {
    await comeIn();
    await scene.shop.hq.stop();
    await showCard();
    await useCoupon();
    await scene.shop.hq.start();
    await expectTimelineOnce();
  });

  test('[inv-1] with the edge killed right after its acknowledgement: nothing is lost, nothing is doubled', async () => {
    await comeIn();
    await showCard();
    const tones = () =>
      scene.shop.bridge.output().match(/"state":"good","msg":"tone"/g)?.length ?? 0;
    const before = tones();
    await scene.shop.scanner.scan(`${scene.couponCode}\r\n`);
    await until('the good tone', SOON_MS, () => Promise.resolve(tones() > before));
    await scene.shop.edge.kill();
    await scene.shop.edge.start();
    await expectTimelineOnce();
    // The visit goes on, the session is over: whoever stands there now has to act again.
    const open = '[data-view="prompt"], [data-view="attract"]';
    await scene.page.locator(open).waitFor({ timeout: SOON_MS });
  });

  test('[threat-26] an advert of somebody who never enrolled leaves no trace, in files or in the log', async () => {
    const stranger = new Uint8Array(randomBytes(8));
    await vm.advertise(toHex(encodeEddystoneEid({ txPowerDbm: -18, eid: stranger })));
    await comeIn(); // somebody known comes after: by then the stranger's advert has been through
    await expectTimelineHas('visit');
    await scene.shop.edge.stop();
    await scene.shop.hq.stop();
    const hex = toHex(stranger);
    const needles = [
      Buffer.from(stranger),
      Buffer.from(hex),
      Buffer.from(hex.toUpperCase()),
      Buffer.from(Buffer.from(stranger).toString('base64')),
      Buffer.from(Buffer.from(stranger).toString('base64url')),
    ];
    const logs = [scene.shop.edge.output(), scene.shop.hq.output(), scene.shop.bridge.output()];
    for (const [name, bytes] of [
      ...filesUnder(scene.shop.folder),
      ...logs.map((text, i) => [`log ${String(i)}`, Buffer.from(text)] as const),
    ]) {
      for (const needle of needles) expect(bytes.includes(needle), name).toBe(false);
    }
    // The search finds what is there: the member's card number lies at head office, and nowhere in the store (duty-11).
    const holders = filesUnder(scene.shop.folder)
      .filter(([, bytes]) => bytes.includes(Buffer.from(scene.phone.cardNumber)))
      .map(([name]) => name.slice(scene.shop.folder.length + 1).split('/')[0]);
    expect(holders).toContain('hq');
    expect(holders).not.toContain('edge');
  });

  test('[fault-19] [fault-21] bluetoothd dies, the scanner is pulled out: both are heard again within 5 s of being back', async () => {
    await vm.killBluetoothd();
    await vm.startBluetoothd();
    const heardAfterMs = await timed(() =>
      until('the prompt', SOON_MS, async () => {
        await vm.advertise(toHex(await scene.phone.advert('android')));
        return appears('[data-view="prompt"]', 500);
      }),
    );
    expect(heardAfterMs).toBeLessThan(5_000);

    await scene.shop.scanner.unplug();
    await until('the bridge to miss it', SOON_MS, () =>
      Promise.resolve(/"state":"missing".*"msg":"scanner"/.test(scene.shop.bridge.output())),
    );
    await scene.shop.scanner.plug();
    // What waits in a terminal when it is opened is thrown away, so the hand tries again, as a hand does.
    const readAfterMs = await timed(() =>
      until('a session', SOON_MS, async () => {
        await scene.shop.scanner.scan(`${scene.phone.cardNumber}\r\n`);
        return appears('[data-view="session"]', 500);
      }),
    );
    expect(readAfterMs).toBeLessThan(5_000);
  });
});

async function timed(wait: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await wait();
  return performance.now() - startedAt;
}

async function appears(selector: string, withinMs: number): Promise<boolean> {
  const shown = scene.page.locator(selector).waitFor({ timeout: withinMs });
  return shown.then(
    () => true,
    () => false,
  );
}

async function openScene(): Promise<Scene> {
  const shop = await openShop(vm);
  await publishOffers(shop);
  const link = new URL(await shop.joinLink(['cheese']));
  const joinToken = new URLSearchParams(link.hash.slice(1)).get('join') ?? '';
  const platform = filePhone(joinPath(shop.folder, 'phone.json'));
  const phone = await join(platform, { hqUrl: shop.hqUrl, joinToken, language: 'it' });
  for (const text of await consentTexts(platform, shop.hqUrl, 'it')) {
    if (text.purpose === 'recognise' || text.purpose === 'personalise') {
      await phone.consent(text, true);
    }
  }
  const coupon = await until('a coupon for the member', SOON_MS, async () => {
    const { coupons } = await phone.me();
    return coupons.find(({ offerId }) => offerId === OFFER);
  });
  await until('the edge to know the member', SOON_MS, async () => {
    const status = z.object({ members: z.int() });
    return (await shop.askEdge(status, 'GET', '/v1/status')).members === 1;
  });
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1080, height: 1920 } });
  await page.goto(shop.kioskUrl);
  await page.locator('[data-view="attract"]').waitFor({ timeout: SOON_MS });
  return { shop, phone, page, couponCode: coupon.code };
}

async function publishOffers(shop: Shop): Promise<void> {
  const day = 24 * 3_600_000;
  const offer = {
    text: {
      it: { title: 'Pecorino, 20 % in meno', body: 'Per chi ama i formaggi.' },
      en: { title: 'Pecorino, 20 % off', body: 'For those who love cheese.' },
    },
    benefit: { kind: 'percent', percent: 20 },
    gtins: [],
    categories: [],
    segments: ['cheese'],
    moments: ['session', 'scan'],
    surfaces: ['kiosk', 'phone', 'handheld'],
    minStrength: 3,
    validFrom: Date.now() - day,
    validUntil: Date.now() + 30 * day,
    priority: 50,
    redemption: 'leased',
    sensitive: false,
  };
  await shop.askHq(z.unknown(), 'PUT', `/v1/offers/${OFFER}`, offer);
  await shop.askHq(z.unknown(), 'POST', '/v1/publications', { storeIds: [SHOP_STORE] });
}

async function comeIn(): Promise<void> {
  await vm.advertise(toHex(await scene.phone.advert('android')));
  await scene.page.locator('[data-view="prompt"]').waitFor({ timeout: SOON_MS });
}

async function showCard(): Promise<void> {
  await scene.shop.scanner.scan(`${scene.phone.cardNumber}\r\n`);
  await scene.page.locator('[data-view="session"]').waitFor({ timeout: SOON_MS });
  await scene.page.getByText('Pecorino').first().waitFor({ timeout: SOON_MS });
  await until('the offers to be reported as seen', SOON_MS, async () =>
    (await exposures()).length > 0 ? true : undefined,
  );
}

async function useCoupon(): Promise<void> {
  await scene.shop.scanner.scan(`${scene.couponCode}\r\n`);
  await scene.page.locator('.sheet-redeemed').waitFor({ timeout: SOON_MS });
}

/** What the edge has written down as seen, read from its database beside it. */
function exposures(): Promise<readonly unknown[]> {
  const database = new Database(joinPath(scene.shop.folder, 'edge', 'store.db'), {
    readonly: true,
  });
  try {
    const rows = database.prepare(`SELECT seq FROM journal WHERE type = 'exposed'`).all();
    return Promise.resolve(rows);
  } finally {
    database.close();
  }
}

async function timeline(): Promise<readonly TimelineEntry[]> {
  const customerId = await scene.shop.customerByCard(scene.phone.cardNumber);
  if (customerId === undefined) throw new Error('HQ does not know the card');
  return scene.shop.timeline(customerId);
}

async function expectTimelineHas(kind: TimelineEntry['kind']): Promise<void> {
  await until(`${kind} in the timeline`, SOON_MS, async () =>
    (await timeline()).some((entry) => entry.kind === kind),
  );
}

/** Once each: also a while later, when whatever might come twice has had its time. */
async function expectTimelineOnce(): Promise<void> {
  for (const kind of ['visit', 'exposure', 'redemption'] as const) await expectTimelineHas(kind);
  await pause(3_000);
  const entries = await timeline();
  const ofOffer = (kind: TimelineEntry['kind']) =>
    entries.filter(
      (entry) => entry.kind === kind && entry.offerIds?.includes(OfferIdSchema.parse(OFFER)),
    );
  expect(entries.filter(({ kind }) => kind === 'visit')).toHaveLength(1);
  expect(ofOffer('exposure')).toHaveLength(1);
  expect(ofOffer('redemption')).toHaveLength(1);
}

function filesUnder(folder: string): (readonly [string, Buffer])[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => joinPath(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .map((path) => [path, readFileSync(path)] as const);
}
