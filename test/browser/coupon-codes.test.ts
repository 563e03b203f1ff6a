import type { Browser, Page } from 'playwright';
import { beforeAll, describe, expect, test } from 'vitest';
import { joinFragment, PhoneViewSchema } from '../../kernel/protocol/phone-api.ts';
import { couponCodeIn } from '../../kernel/scans/coupon-code.ts';
import { meaningOfScan } from '../../kernel/scans/scan.ts';
import { startHqForPages } from '../doubles/hq-for-pages.ts';
import { personalCards, sessionState } from '../fixtures/kiosk-states.ts';
import { launchChromium } from '../support/chromium.ts';
import { endLater } from '../support/endings.ts';
import { openKiosk, shows } from '../support/kiosk-page.ts';
import { lacking } from '../support/parts.ts';
import { seenCode } from '../support/screen-code.ts';
import { barriers, openWatched } from '../support/watched-page.ts';

const OWN = 'SGK041061050R3GG28AY';
const GCN = '9501101530010' + '000000123456';
const TOKEN = 'j'.repeat(43);
/** GS1 asks 0.25 mm at least of what is printed; twice that for a screen, in pixels of 1/96 inch. */
const LEAST_MODULE_PX = 2;

/** Which coupon a till finds that scans what stands there. */
async function scanned(page: Page, name: RegExp): Promise<string | undefined> {
  const seen = await seenCode(page.getByRole('img', { name }));
  expect(seen.modulePx).toBeGreaterThanOrEqual(LEAST_MODULE_PX);
  expect(seen.quiet).toBeGreaterThanOrEqual(seen.text.startsWith(']d2') ? 1 : 4);
  expect(seen.contrast).toBeGreaterThan(15);
  return couponCodeIn(meaningOfScan(new TextEncoder().encode(seen.text)));
}

describe.skipIf(lacking('chromium'))('coupons on a screen', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });

  test.each(['it', 'en'])(
    '[%s] [code-1] a kiosk shows them so that a till reads them',
    async (language) => {
      const { edge, page, complaints } = await openKiosk(browser);
      const [wine, coffee] = personalCards();
      const cards = [
        { ...wine!, couponCode: OWN },
        { ...coffee!, couponCode: `(255)${GCN}` },
      ];
      edge.show(sessionState({ cards, language }));
      await shows(page, 'session');
      const [wineLabel, coffeeLabel] =
        language === 'it'
          ? [/^Codice .*Barolo/, /^Codice .*Miscela/]
          : [/^Code .*Barolo/, /^Code .*House/];
      expect(await scanned(page, wineLabel)).toBe(OWN);
      expect(await scanned(page, coffeeLabel)).toBe(GCN);
      expect(await page.locator('.coupon-typed').allInnerTexts()).toEqual([
        'SGK 0410 6105 0R3G G28A Y',
        '(255) 9501 1015 3001 0 0000 0012 3456',
      ]);
      expect(complaints).toEqual([]);
    },
  );

  test.each([
    ['it-IT', { colorScheme: 'dark' }],
    ['en-GB', { forcedColors: 'active', colorScheme: 'dark' }],
  ] as const)(
    '[%s] [code-1] a phone shows them black on white, with what to do',
    async (locale, colours) => {
      const hq = await startHqForPages();
      endLater(() => hq.stop());
      hq.joinTokens.add(TOKEN);
      const hand = { viewport: { width: 360, height: 740 }, locale, hasTouch: true, ...colours };
      const { page, complaints } = await openWatched(browser, hq.url, hand);
      await page.goto(`${hq.url}/phone/#${joinFragment(TOKEN)}`);
      for (let step = 0; step < 2; step++) await page.locator('.acts .button').click();
      await page.locator('input').fill('Socia');
      await page.locator('.acts .button').click();
      for (let step = 1; step <= 5; step++) {
        await page.locator('.step', { hasText: String(step) }).waitFor();
        await page.locator('.acts-pair .button').first().click();
      }
      await page.locator('.pass').waitFor();
      const coupons = [OWN, `(255)${GCN}`].map((code, i) => ({
        couponId: `01936f00-0000-7000-8000-00000000000${String(i)}`,
        ...{ offerId: `offer-${String(i)}`, code, validUntil: Date.now() + 86_400_000 },
        text: {
          it: { title: `Vino ${String(i)}`, body: '' },
          en: { title: `Wine ${String(i)}`, body: '' },
        },
      }));
      hq.phones[0]!.view.coupons.push(...PhoneViewSchema.shape.coupons.parse(coupons));
      await page.reload();
      await page.locator('.points-now').waitFor();
      await page.locator('.bar button').nth(1).click();
      await page.locator('.coupon .button').first().click();
      expect(await scanned(page, /(Vino|Wine) 0/)).toBe(OWN);
      await page.locator('.coupon .button').nth(1).click();
      expect(await scanned(page, /(Vino|Wine) 1/)).toBe(GCN);
      await page
        .getByText(locale === 'it-IT' ? 'aumenta la luminosità' : 'make the screen brighter')
        .waitFor();
      // What axe reckons with is the page's own colours.
      if (!('forcedColors' in colours)) expect(await barriers(page)).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBe(0);
      expect(complaints).toEqual([]);
    },
  );
});
