import type { Browser, Page } from 'playwright';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RequestId, StationId } from '../../kernel/domain/ids.ts';
import type { RedemptionAnswer, Verdict } from '../../kernel/protocol/handheld-events.ts';
import { EdgeForScreens } from '../doubles/edge-for-screens.ts';
import { aProduct, cardsForEverybody, personalCards } from '../fixtures/kiosk-states.ts';
import { axeOn } from '../support/axe.ts';
import { launchChromium } from '../support/chromium.ts';
import { endLater } from '../support/endings.ts';
import { lacking } from '../support/parts.ts';
import { until } from '../support/until.ts';

const coupon: Verdict = { kind: 'coupon', card: personalCards()[0]!, redemption: 'leased' };
const usedAt = Date.UTC(2026, 2, 14, 16, 32);

const redeemed = {
  kind: 'redeemed',
  couponId: '01890a5d-ac96-774b-bcce-b302099a8057',
  offerId: 'barolo-2019',
  redeemedAt: usedAt,
} as RedemptionAnswer;

const verdicts: readonly { meaning: 'yes' | 'no' | 'ask'; verdict: Verdict; says: RegExp }[] = [
  {
    meaning: 'yes',
    verdict: { kind: 'product', product: aProduct(), offers: cardsForEverybody().slice(0, 1) },
    says: /Pecorino toscano.*6,90/s,
  },
  { meaning: 'yes', verdict: coupon, says: /Buono valido.*Barolo/s },
  {
    meaning: 'no',
    verdict: { ...coupon, refusal: 'already-used', redeemedAt: usedAt },
    says: /Già usato.*14 marzo 2026/s,
  },
  { meaning: 'no', verdict: { ...coupon, refusal: 'over-cap' }, says: /Limite raggiunto/ },
  { meaning: 'no', verdict: { ...coupon, refusal: 'elsewhere' }, says: /In un altro negozio/ },
  {
    meaning: 'yes',
    verdict: { kind: 'member', brief: [{ it: 'Ama i vini rossi', en: 'Likes red wine' }] },
    says: /Ama i vini rossi/,
  },
  {
    meaning: 'ask',
    verdict: { kind: 'unknown-product', gtin: '08001234567893' },
    says: /08001234567893/,
  },
  {
    meaning: 'yes',
    verdict: { kind: 'product', product: { ...aProduct(), weightG: 285 }, offers: [] },
    says: /Pecorino toscano.*6,90\s€ · 0,285\skg/s,
  },
  { meaning: 'ask', verdict: { kind: 'points-follow' }, says: /I punti seguono/ },
  { meaning: 'ask', verdict: { kind: 'unknown-code' }, says: /Codice sconosciuto/ },
  {
    meaning: 'ask',
    verdict: {
      kind: 'unknown-code',
      coupon: { family: 'euro', amount: { minor: 150, currency: 'EUR' } },
    },
    says: /Un buono di altri.*1,50/s,
  },
  {
    meaning: 'no',
    verdict: { kind: 'misread', reason: 'check digit', at: 12 },
    says: /leggi ancora/,
  },
];

async function openHandheld(browser: Browser): Promise<{ edge: EdgeForScreens; page: Page }> {
  const edge = await EdgeForScreens.start();
  edge.showHandheld({
    storeName: 'Bottega Soglia',
    simulated: true,
    hqReachable: true,
    waiting: 0,
  });
  const context = await browser.newContext({
    viewport: { width: 360, height: 720 },
    locale: 'it-IT',
    timezoneId: 'Europe/Rome',
    hasTouch: true,
  });
  endLater(() => context.close());
  const page = await context.newPage();
  await page.goto(`${edge.url}/handheld/#enrol=${edge.code()}`);
  await page.getByText('Sede collegata').waitFor();
  return { edge, page };
}

/** As a wedge scanner does it: every character at once, then Enter. */
async function scan(page: Page, text: string) {
  await page.evaluate((code) => {
    (document.activeElement as HTMLElement | null)?.blur();
    for (const key of [...Array.from(code), 'Enter']) {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    }
  }, text);
}
const answer = (outcome: object) => () => ({ ok: true, outcome });
const textOf = (page: Page) => page.evaluate(() => document.body.innerText);
const shows = (page: Page, meaning: string) =>
  page.locator(`.result[data-meaning="${meaning}"]`).waitFor({ timeout: 8_000 });

describe.skipIf(lacking('chromium'))('the handheld', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });

  test('enrols by the code in its address, and takes it out of the address at once', async () => {
    const { page } = await openHandheld(browser);
    expect(new URL(page.url()).hash).toBe('');
    expect(await textOf(page)).toContain('Dimostrazione');
    await page.reload(); // the key stays, no code is needed again
    await page.getByText('Sede collegata').waitFor();
  });

  test('without a code it asks for one, in words', async () => {
    const edge = await EdgeForScreens.start();
    const page = await browser.newPage({ locale: 'it-IT' });
    endLater(() => page.close());
    await page.goto(`${edge.url}/handheld/`);
    await page.getByLabel('Codice di registrazione').fill(edge.code());
    await page.getByRole('button', { name: 'Registra' }).click();
    await page.getByText('Sede collegata').waitFor();
  });

  test('[st-1 st-2 st-4 st-5] each verdict has its colour, mark and words, at 360 px, in reach of a thumb', async () => {
    const { edge, page } = await openHandheld(browser);
    for (const { meaning, verdict, says } of verdicts) {
      edge.handheldAnswers.set('scan', answer(verdict));
      await scan(page, '8001234567893');
      await until(verdict.kind, 5_000, async () => says.test(await textOf(page)));
      await shows(page, meaning);
      const { violations } = await axeOn(page).analyze();
      expect(
        violations.filter(({ impact }) => impact === 'serious' || impact === 'critical'),
      ).toEqual([]);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(over).toBeLessThanOrEqual(0);
      for (const button of await page.locator('button:visible').all()) {
        const box = await button.boundingBox();
        expect(Math.min(box!.height, box!.width)).toBeGreaterThanOrEqual(48);
      }
    }
    expect(edge.handheldCommands.every(({ event }) => event === 'scan')).toBe(true);
  });

  test('a coupon is redeemed with the scanned code, and says so', async () => {
    const { edge, page } = await openHandheld(browser);
    edge.handheldAnswers.set('scan', answer(coupon));
    edge.handheldAnswers.set('redeem', answer(redeemed));
    await scan(page, 'SGK7H2K9QRM4TB6WXE3Z');
    await page.getByRole('button', { name: 'Usa il buono' }).click();
    await page.getByRole('heading', { name: 'Buono usato' }).waitFor();
    expect(edge.handheldCommands.at(-1)?.payload).toMatchObject({ code: 'SGK7H2K9QRM4TB6WXE3Z' });
    edge.handheldAnswers.set('redeem', answer({ kind: 'refused', reason: 'online-only' }));
    await scan(page, 'SGK7H2K9QRM4TB6WXE3Z');
    await page.getByRole('button', { name: 'Usa il buono' }).click();
    await page.getByRole('heading', { name: 'Serve la sede' }).waitFor();
  });

  test('[cred-4] a checked member: brief and coupons at 360 px, one is used, a kiosk is opened, one hand', async () => {
    const { edge, page } = await openHandheld(browser);
    edge.showHandheld({
      ...{ storeName: 'Bottega', simulated: false, hqReachable: true, waiting: 0 },
      kiosks: ['kiosk-1', 'kiosk-2'] as StationId[],
    });
    const checkId = '01890a5d-ac96-774b-bcce-b302099a8057' as RequestId;
    const brief = [{ it: 'Ama i vini rossi', en: 'Likes red wine' }];
    edge.handheldAnswers.set('scan', answer({ kind: 'member', brief }));
    await scan(page, 'SGC4MAKCQHAVMXJX');
    await shows(page, 'yes');
    expect(await page.getByRole('button', { name: 'Verificato' }).count()).toBe(0); // no consent for it

    edge.handheldAnswers.set('scan', answer({ kind: 'member', brief, checkId }));
    edge.handheldAnswers.set('check', (payload) => {
      const { openAt } = payload as { openAt?: string };
      const opened = openAt === undefined ? {} : { openedAt: openAt };
      const coupons = personalCards().filter(({ couponCode }) => couponCode !== undefined);
      return answer({ kind: 'checked', brief, coupons, ...opened })();
    });
    await scan(page, 'SGC4MAKCQHAVMXJX');
    await page.getByRole('button', { name: 'Verificato' }).click();
    await page.getByRole('heading', { name: 'Verificato' }).waitFor();
    expect(await textOf(page)).toMatch(/Ama i vini rossi.*Barolo/s);
    const { violations } = await axeOn(page).analyze();
    expect(
      violations.filter(({ impact }) => impact === 'serious' || impact === 'critical'),
    ).toEqual([]);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(over).toBeLessThanOrEqual(0);
    for (const button of await page.locator('button:visible').all()) {
      const box = await button.boundingBox();
      expect(Math.min(box!.height, box!.width)).toBeGreaterThanOrEqual(48);
    }

    await page.getByRole('button', { name: 'Apri su kiosk-2' }).click();
    await page.getByText('Aperto su kiosk-2.').waitFor();
    edge.handheldAnswers.set('redeem', answer(redeemed));
    await page.getByRole('button', { name: 'Usa il buono' }).first().click();
    await page.getByRole('heading', { name: 'Buono usato' }).waitFor();
    await page.getByRole('button', { name: 'Torna al socio' }).click();
    await page.getByRole('heading', { name: 'Verificato' }).waitFor();
    const checks = edge.handheldCommands.filter(({ event }) => event === 'check');
    expect(checks.map(({ payload }) => payload)).toMatchObject([
      { checkId },
      { checkId, openAt: 'kiosk-2' },
      { checkId },
    ]);
    edge.handheldAnswers.set('check', answer({ kind: 'refused', reason: 'no-consent' }));
    await page.getByRole('button', { name: 'Apri su kiosk-1' }).click();
    await page.getByText('Non è stato scritto nulla').waitFor();
    await shows(page, 'no');
  });

  test('an answer that does not come is not certain; pressing again asks under the same id', async () => {
    const { edge, page } = await openHandheld(browser);
    edge.handheldAnswers.set('scan', answer(coupon));
    await scan(page, 'SGK7H2K9QRM4TB6WXE3Z');
    await page.getByRole('button', { name: 'Usa il buono' }).click(); // nobody answers
    await page.getByRole('heading', { name: 'Non è certo' }).waitFor({ timeout: 8_000 });
    await page.getByRole('button', { name: 'Usa il buono' }).click();
    const redeems = () => edge.handheldCommands.filter(({ event }) => event === 'redeem');
    await until('another try', 5_000, () => redeems().length >= 4);
    const ids = redeems().map(({ payload }) => (payload as { requestId: string }).requestId);
    expect(new Set(ids).size).toBe(1);
  });

  test('[st-6] away from the edge redemption says not now', async () => {
    const { edge, page } = await openHandheld(browser);
    edge.handheldAnswers.set('scan', answer(coupon));
    await scan(page, 'SGK7H2K9QRM4TB6WXE3Z');
    await page.getByRole('button', { name: 'Usa il buono' }).waitFor();
    await edge.goAway();
    await page.getByText('Negozio non raggiungibile').waitFor();
    expect(await page.getByRole('button', { name: 'Non adesso' }).isDisabled()).toBe(true);
    await scan(page, 'SGK7H2K9QRM4TB6WXE3Z');
    await page.getByRole('heading', { name: 'Non adesso' }).waitFor();
    await edge.comeBack();
    await page.getByText('Sede collegata').waitFor();
  });

  test('says what waits for head office', async () => {
    const { edge, page } = await openHandheld(browser);
    edge.showHandheld({ storeName: 'B', simulated: false, hqReachable: false, waiting: 12 });
    await page.getByText('Sede non collegata · 12 fatti in attesa per la sede').waitFor();
    const personalFeatures = { kind: 'off', why: 'not-renewed', since: Date.now() } as const;
    edge.showHandheld({
      ...{ storeName: 'B', simulated: false, hqReachable: false, waiting: 0, personalFeatures },
    });
    await page
      .getByText('Sede non collegata · funzioni personali spente, i buoni valgono')
      .waitFor();
  });
});
