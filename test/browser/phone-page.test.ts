import { beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright';
import { fromBase64Url } from '../../kernel/base64url.ts';
import { matchCodeOf } from '../../kernel/credentials/match-code.ts';
import { judgeRotatingCode } from '../../kernel/credentials/rotating-code.ts';
import { confirmFragment, joinFragment, PhoneViewSchema } from '../../kernel/protocol/phone-api.ts';
import { CONFIRMATION_REFUSALS } from '../../kernel/protocol/relay.ts';
import { decodeOwnCode } from '../../kernel/scans/own-code.ts';
import { nodeCrypto } from '../../node/crypto.ts';
import { startHqForPages, type HqForPages } from '../doubles/hq-for-pages.ts';
import { HOSTILE_TEXTS } from '../fixtures/hostile-text.ts';
import { launchChromium } from '../support/chromium.ts';
import { endLater } from '../support/endings.ts';
import { lacking } from '../support/parts.ts';
import { readQr } from '../support/qr-text.ts';
import { until } from '../support/until.ts';
import { barriers, openWatched, type WatchedPage } from '../support/watched-page.ts';

const HAND = { viewport: { width: 390, height: 780 }, locale: 'it-IT', hasTouch: true };
const TOKEN = 'j'.repeat(43);
const NONCE = 'AAAAAAAAAAAAAAAAAAAAAA';

describe.skipIf(lacking('chromium'))('the phone page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });

  const opened = async (fragment = '', options = {}): Promise<WatchedPage & { hq: HqForPages }> => {
    const hq = await startHqForPages();
    endLater(() => hq.stop());
    hq.joinTokens.add(TOKEN);
    const watched = await openWatched(browser, hq.url, { ...HAND, ...options });
    await watched.page.goto(`${hq.url}/phone/${fragment}`);
    return { ...watched, hq };
  };
  /** From the link to the card, saying yes to the purposes named. */
  const joined = async (yes: readonly string[] = [], name = 'Socia', options = {}) => {
    const at = await opened(`#${joinFragment(TOKEN)}`, options);
    const { page, hq } = at;
    await page.locator('.acts .button').click();
    await page.locator('.acts .button').click();
    await page.locator('input').fill(name);
    await page.locator('.acts .button').click();
    const asked = ['recognise', 'personalise', 'market', 'staff', 'show-name'];
    for (const [index, purpose] of asked.entries()) {
      await page.locator('.step', { hasText: String(index + 1) }).waitFor();
      await page
        .locator('.acts-pair .button')
        .nth(yes.includes(purpose) ? 1 : 0)
        .click();
    }
    await page.locator('.pass').waitFor();
    return { ...at, phone: hq.phones[0]! };
  };

  test('a joining link gives a card, and the link’s token leaves the address at once', async () => {
    const { page, phone, hq, complaints, strangers } = await joined();
    expect(page.url()).toBe(`${hq.url}/phone/`);
    expect(await readQr(page.locator('.pass .qr'))).toBe(phone.joined.cardNumber);
    expect(await page.locator('h1').textContent()).toBe('Ciao Socia');
    expect(complaints).toEqual([]);
    expect(strangers).toEqual([]);
  });

  test('opening the link spends nothing: only the button does', async () => {
    const { page, hq } = await opened(`#${joinFragment(TOKEN)}`);
    await page.locator('h1').waitFor();
    expect(hq.joinTokens.has(TOKEN)).toBe(true);
    expect(hq.requests.filter((line) => line.startsWith('POST'))).toEqual([]);
  });

  test('[duty-1] nothing is agreed to beforehand, and one yes is one yes, over the text that was read', async () => {
    const { phone, page } = await joined(['personalise']);
    expect(phone.acts.map(({ purpose, given }) => ({ purpose, given }))).toEqual([
      { purpose: 'personalise', given: true },
    ]);
    expect(phone.acts[0]!.language).toBe('it');
    await page.locator('.bar button').nth(2).click();
    await page.locator('.purpose').first().waitFor();
    const given = page.locator('.purpose[data-given="true"]');
    expect(await given.count()).toBe(1);
    expect(await given.getAttribute('data-purpose')).toBe('personalise');
  });

  test('[sh-7] yes and not now look alike, and the whole text stands above them', async () => {
    const { page } = await opened(`#${joinFragment(TOKEN)}`);
    for (let step = 0; step < 3; step++) await page.locator('.acts .button').click();
    await page.locator('.consent-text').waitFor();
    const looks = await page.locator('.acts-pair .button').evaluateAll((buttons) =>
      buttons.map((button) => {
        const { width, height } = button.getBoundingClientRect();
        const { backgroundColor, color, fontSize, fontWeight, borderColor } =
          getComputedStyle(button);
        return { width, height, backgroundColor, color, fontSize, fontWeight, borderColor };
      }),
    );
    expect(looks[0]).toEqual(looks[1]);
    expect(await page.locator('.consent-text').textContent()).toContain('con un tocco.');
  });

  test('[duty-5] withdrawing takes one tap, no more than giving, and no reason', async () => {
    const { page, phone } = await joined(['recognise']);
    await page.locator('.bar button').nth(2).click();
    const purpose = page.locator('.purpose[data-purpose="recognise"]');
    await purpose.getByRole('button').click();
    await page.locator('.purpose[data-purpose="recognise"][data-given="false"]').waitFor();
    expect(phone.acts.map(({ given }) => given)).toEqual([true, false]);
    await purpose.getByRole('button').click();
    await page.locator('.purpose[data-purpose="recognise"][data-given="true"]').waitFor();
    expect(phone.acts.map(({ given }) => given)).toEqual([true, false, true]);
  });

  test('the one-minute code is one that a shop accepts, and changes with the minute', async () => {
    const { page, phone } = await joined();
    await page.clock.install({ time: Date.UTC(2026, 10, 22, 9, 30, 20) });
    await page.reload();
    await page.locator('.pass-choice .button').nth(1).click();
    const codeNow = async (not?: string) =>
      until('a code', 10_000, async () => {
        const text = await readQr(page.locator('.pass .qr'));
        return text !== not && text;
      });
    const judge = (text: string, now: number) => {
      const code = decodeOwnCode(text);
      if (code.kind !== 'rotating-code') return Promise.resolve(code.kind);
      expect(Buffer.from(code.codeId).toString('hex')).toBe(phone.joined.codeId);
      return judgeRotatingCode(nodeCrypto, fromBase64Url(phone.joined.codeKey)!, code, now);
    };
    const first = await codeNow();
    expect(await judge(first, Date.UTC(2026, 10, 22, 9, 30))).toBe('good');
    expect(await page.locator('[role=timer]').textContent()).toMatch(/3\d|40/);
    await page.clock.runFor(60_000);
    const second = await codeNow(first);
    expect(await judge(second, Date.UTC(2026, 10, 22, 9, 31))).toBe('good');
    expect(await judge(first, Date.UTC(2026, 10, 22, 9, 33))).toBe('other-minute');
  });

  test('the kiosk’s question is answered by a signature that verifies, after four symbols', async () => {
    const { page, hq } = await joined();
    const matchCode = await matchCodeOf(nodeCrypto, NONCE);
    await page.goto(`${hq.url}/phone/#${confirmFragment('bottega', 'kiosk-1', NONCE, matchCode)}`);
    expect(await page.locator('.symbols').textContent()).toBe(matchCode);
    expect(hq.confirmed).toEqual([]);
    await page.locator('.acts .button-primary').click();
    await page.locator('.threshold[data-opening="open"]').waitFor();
    expect(hq.confirmed).toEqual([{ stationId: 'kiosk-1', nonce: NONCE }]);
    expect(await page.locator('h1').textContent()).toBe('Il totem è tuo');
  });

  test('a link whose symbols are not those of its nonce is not answered', async () => {
    const { page, hq } = await joined();
    await page.goto(`${hq.url}/phone/#${confirmFragment('bottega', 'kiosk-1', NONCE, '0000')}`);
    await page.getByText('Il link non è completo').waitFor();
    expect(await page.locator('.symbols').count()).toBe(0);
  });

  test('a kiosk that refuses leaves the shopper with something to do', async () => {
    const { page, hq } = await joined();
    const matchCode = await matchCodeOf(nodeCrypto, NONCE);
    const advice = {
      'no-such-challenge': 'Inquadra di nuovo il QR',
      'not-known-here': 'Mostrala al lettore',
      'bad-signature': 'avvisa il personale',
      'store-away': 'il codice a tempo',
    } as const;
    for (const reason of CONFIRMATION_REFUSALS) {
      hq.confirmation = { kind: 'refused', reason };
      const fragment = confirmFragment('bottega', 'kiosk-1', NONCE, matchCode);
      await page.goto(`${hq.url}/phone/#${fragment}`);
      await page.locator('.acts .button-primary').click();
      await page.getByText(advice[reason]).waitFor();
    }
  });

  test('a link that was used before says so, and what to do', async () => {
    const { page, hq } = await opened(`#${joinFragment(TOKEN)}`);
    hq.refusals.set('POST /v1/phone/join', {
      status: 403,
      code: 'enrolment/refused',
      message: 'joinToken: unknown, used before, or too old',
    });
    for (let step = 0; step < 3; step++) await page.locator('.acts .button').click();
    await page.getByRole('alert').getByText('Chiedi un nuovo codice QR').waitFor();
  });

  test('without a line the page opens, with card and code', async () => {
    const { page, hq, context, phone } = await joined();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await hq.stop();
    await page.reload();
    await page.getByText('Nessuna connessione').waitFor();
    expect(await readQr(page.locator('.pass .qr'))).toBe(phone.joined.cardNumber);
    await page.locator('.pass-choice .button').nth(1).click();
    await page.locator('.pass [role=timer]').waitFor();
    const code = await until('a code', 5_000, async () => await readQr(page.locator('.pass .qr')));
    expect(decodeOwnCode(code).kind).toBe('rotating-code');
    await context.close();
  });

  test('the signing key cannot be read out of the browser', async () => {
    const { page } = await joined();
    const extractable = await page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('soglia-phone');
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error('not opened'));
      });
      const read = database.transaction('membership').objectStore('membership').get('self');
      const kept = await new Promise<{ pair: CryptoKeyPair }>((resolve) => {
        read.onsuccess = () => resolve(read.result as { pair: CryptoKeyPair });
      });
      return kept.pair.privateKey.extractable;
    });
    expect(extractable).toBe(false);
  });

  test('[threat-10] hostile names and coupon texts are only text', async () => {
    const { page, phone, complaints, strangers } = await joined([], '<img src=x onerror=alert(1)>');
    const until = Date.now() + 86_400_000;
    const coupons = HOSTILE_TEXTS.map((text, index) => ({
      couponId: `01936f00-0000-7000-8000-${String(index).padStart(12, '0')}`,
      offerId: 'hostile',
      code: 'SGK0123456789ABCDEFX',
      text: {
        it: { title: text.slice(0, 60), body: text, terms: text },
        en: { title: text.slice(0, 60), body: text },
      },
      validUntil: until,
    }));
    phone.view.coupons.push(...PhoneViewSchema.shape.coupons.parse(coupons));
    await page.reload();
    await page.locator('.points-now').waitFor();
    await page.locator('.bar button').nth(1).click();
    expect(await page.locator('.coupon').count()).toBe(HOSTILE_TEXTS.length);
    expect(await page.locator('main img, main script, main iframe, main a').count()).toBe(0);
    expect(complaints).toEqual([]);
    expect(strangers).toEqual([]);
  });

  test.each(['it-IT', 'en-GB'])(
    '[%s] no serious barrier on any page, nothing outside a narrow screen',
    async (locale) => {
      const at = await joined(['recognise'], 'Socia', {
        locale,
        viewport: { width: 360, height: 740 },
      });
      const { page, hq } = at;
      const check = async (where: string) => {
        expect(await barriers(page), where).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, where).toBe(0);
      };
      await page.locator('.pass-choice .button').nth(1).click();
      await check('card and code');
      await page.locator('.bar button').nth(1).click();
      await check('coupons');
      await page.locator('.bar button').nth(2).click();
      await page.locator('.purpose').first().waitFor();
      await check('choices');
      const matchCode = await matchCodeOf(nodeCrypto, NONCE);
      await page.goto(
        `${hq.url}/phone/#${confirmFragment('bottega', 'kiosk-1', NONCE, matchCode)}`,
      );
      await page.locator('.symbols').waitFor();
      await check('confirm');
      const fresh = await opened(`#${joinFragment(TOKEN)}`, {
        locale,
        viewport: { width: 360, height: 740 },
      });
      for (let step = 0; step < 2; step++) await fresh.page.locator('.acts .button').click();
      expect(await barriers(fresh.page), 'name').toEqual([]);
      await fresh.page.locator('.acts .button').click();
      await fresh.page.locator('.consent-text').waitFor();
      expect(await barriers(fresh.page), 'question').toEqual([]);
    },
  );
});
