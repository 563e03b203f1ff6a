import { COUPON_REFUSALS } from '../../kernel/domain/coupon.ts';
import type { Browser, Page } from 'playwright';
import { beforeAll, describe, expect, test } from 'vitest';
import type { KioskState } from '../../kernel/protocol/kiosk-events.ts';
import {
  aCard,
  attractState,
  cardsForEverybody,
  noted,
  personalCards,
  productNote,
  promptState,
  sessionState,
} from '../fixtures/kiosk-states.ts';
import { demoPictures } from '../fixtures/pictures.ts';
import { axeOn } from '../support/axe.ts';
import { launchChromium } from '../support/chromium.ts';
import { LYING, openKiosk, shows, UPRIGHT } from '../support/kiosk-page.ts';
import { lacking } from '../support/parts.ts';
import { until } from '../support/until.ts';

type View = Parameters<typeof shows>[1];

const pictures = demoPictures();
const LONG = 60_000; // a note stays for the whole look at it, ms
const attract = () => attractState(cardsForEverybody(pictures));
const session = (more: Parameters<typeof sessionState>[0] = {}) =>
  sessionState({ cards: personalCards(pictures), firstName: 'Annalisa', ...more });

const states: readonly { name: string; view: View; state: () => KioskState }[] = [
  { name: 'attract', view: 'attract', state: attract },
  { name: 'attract in words', view: 'attract', state: () => attractState() },
  { name: 'simulated', view: 'attract', state: () => attractState([], { simulated: true }) },
  { name: 'prompt', view: 'prompt', state: () => promptState(cardsForEverybody(pictures)) },
  { name: 'session by code', view: 'session', state: () => session() },
  { name: 'session by card', view: 'session', state: () => session({ evidence: 'card' }) },
  { name: 'session of plain coupons', view: 'session', state: () => session({ cards: [] }) },
  { name: 'idle warning', view: 'session', state: () => session({ warnInMs: 0 }) },
  { name: 'product', view: 'attract', state: () => noted(attract(), productNote(pictures), LONG) },
  {
    name: 'redeemed',
    view: 'session',
    state: () => noted(session(), { kind: 'redeemed', card: personalCards()[0]! }, LONG),
  },
  ...COUPON_REFUSALS.map((reason) => ({
    name: `not redeemed: ${reason}`,
    view: 'attract' as const,
    state: () => noted(attract(), { kind: 'not-redeemed', reason }, LONG),
  })),
  {
    name: 'unknown code',
    view: 'attract',
    state: () => noted(attract(), { kind: 'unknown-code' }, LONG),
  },
  {
    name: 'somebody else’s coupon',
    view: 'attract',
    state: () =>
      noted(
        attract(),
        {
          kind: 'unknown-code',
          coupon: { family: 'euro', amount: { minor: 150, currency: 'EUR' } },
        },
        LONG,
      ),
  },
  {
    name: 'card not known',
    view: 'attract',
    state: () => noted(attract(), { kind: 'card-not-known' }, LONG),
  },
  {
    name: 'card while personal features are off',
    view: 'attract',
    state: () => noted(attract(), { kind: 'card-not-known', personalOff: true }, LONG),
  },
  {
    name: 'points follow',
    view: 'attract',
    state: () => noted(attract(), { kind: 'points-follow' }, LONG),
  },
];

const plainOnes = ['attract', 'prompt', 'session by code', 'idle warning'];

const textOf = (page: Page) => page.evaluate(() => document.body.innerText);

/** Those to be seen, found and measured in one step: none can be taken away in between. */
const buttonsOf = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('button')]
      .filter((button) => button.checkVisibility({ visibilityProperty: true }))
      .map((button) => {
        const { height, width } = button.getBoundingClientRect();
        return { height, width, isPrimary: button.classList.contains('button-primary') };
      }),
  );

/** Whatever this page keeps between two loads. */
const storageOf = (page: Page) =>
  page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const caches = await window.caches.keys();
    return JSON.stringify([
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      databases,
      caches,
      document.cookie,
    ]);
  });

/** Every string that lives in the page's JavaScript, after a collection. */
async function heapOf(page: Page): Promise<string> {
  const client = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  client.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await client.send('HeapProfiler.collectGarbage');
  await client.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await client.detach();
  return chunks.join('');
}

describe.skipIf(lacking('chromium'))('the kiosk', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });

  test(
    '[sh-1 sh-4 sh-15] every state is accessible in both languages, its targets large',
    { timeout: 150_000 },
    async () => {
      const { edge, page } = await openKiosk(browser);
      for (const { name, view, state } of states) {
        edge.show(attract());
        await shows(page, 'attract');
        await page.locator('.sheet').waitFor({ state: 'detached' }); // else the last state's may be taken for this one's
        edge.show(state());
        await shows(page, view);
        if (name === 'idle warning') await page.locator('.sheet-idle').waitFor();
        else if (state().note !== undefined) await page.locator('.sheet').waitFor();
        for (const language of ['English', 'Italiano']) {
          await page.getByRole('button', { name: language, exact: true }).dispatchEvent('click'); // no touch: it would wake the attract screen
          const isVariant = name.startsWith('not redeemed: ') && !name.endsWith('expired'); // other words, same screen
          const { violations } = isVariant ? { violations: [] } : await axeOn(page).analyze();
          const bad = violations.filter(
            ({ impact }) => impact === 'serious' || impact === 'critical',
          );
          expect(bad.map(({ id, nodes }) => [name, language, id, nodes[0]?.html])).toEqual([]);
          for (const { height, width, isPrimary } of await buttonsOf(page)) {
            expect(Math.min(height, width), `${name}: target`).toBeGreaterThanOrEqual(48);
            if (isPrimary) expect(height, `${name}: primary`).toBeGreaterThanOrEqual(64);
          }
          expect(await textOf(page)).not.toMatch(/\{\{|(?:^|\s)[a-z]+\.[a-z-]+(?:\s|$)/);
        }
      }
    },
  );

  test('[sh-5] at 200 % text, more contrast and low reach nothing is cut off sideways', async () => {
    for (const viewport of [UPRIGHT, LYING]) {
      const { edge, page } = await openKiosk(browser, viewport);
      for (const { view, state } of states.filter(({ name }) => plainOnes.includes(name))) {
        edge.show(state());
        await shows(page, view);
        for (const name of ['Testo grande', 'Contrasto', 'Più in basso']) {
          const toggle = page.getByRole('button', { name });
          if ((await toggle.getAttribute('aria-pressed')) === 'false')
            await toggle.dispatchEvent('click');
        }
        const over = await page.evaluate(
          () => document.documentElement.scrollWidth - window.innerWidth,
        );
        expect(over, view).toBeLessThanOrEqual(0);
        if (viewport === LYING) continue; // the colours are the same
        const { violations } = await axeOn(page).withRules(['color-contrast']).analyze();
        expect(violations).toEqual([]);
      }
    }
  });

  test('[sh-2] the attract screen rotates, says who answers for the data, and wakes at a touch', async () => {
    const { edge, page } = await openKiosk(browser);
    edge.show(attract());
    await shows(page, 'attract');
    const first = await page.locator('[data-offer]').getAttribute('data-offer');
    expect(await textOf(page)).toContain('Riconosciamo solo chi lo ha scelto');
    await page.getByRole('img', { name: 'Codice QR dell’informativa completa' }).waitFor();
    await until('another offer', 12_000, async () => {
      return (await page.locator('[data-offer]').getAttribute('data-offer')) !== first;
    });
    await page.touchscreen.tap(500, 500);
    await shows(page, 'browse');
    expect(await page.locator('[data-offer]').count()).toBe(3);
    await until('the touch at the edge', 3_000, () =>
      edge.acts.some(({ kind }) => kind === 'touch'),
    );
    await page.getByRole('button', { name: 'Fine' }).click();
    await shows(page, 'attract');
  });

  test('[sh-8] the prompt names nobody; a card session shows no name and no points', async () => {
    const { edge, page } = await openKiosk(browser);
    edge.show(promptState());
    await shows(page, 'prompt');
    const asked = await textOf(page);
    expect(asked).toContain('Vuoi vedere le tue offerte?');
    expect(asked).not.toContain('Annalisa');
    edge.show(session({ evidence: 'card' }));
    await shows(page, 'session');
    const shown = await textOf(page);
    expect(shown).toContain('Barolo 2019');
    expect(shown).not.toMatch(/Annalisa|punti/);
  });

  test('a session speaks the language of its person, and the next person finds the usual one', async () => {
    const { edge, page, complaints } = await openKiosk(browser);
    edge.show(session({ language: 'en' }));
    await shows(page, 'session');
    await page.getByRole('heading', { name: 'Your offers' }).waitFor();
    edge.show(session({ language: 'en', cards: [] })); // somebody else, at once
    await page.getByText('no offers just for you').waitFor();
    await page.evaluate(() => new Promise((painted) => requestAnimationFrame(painted)));
    await page.getByRole('heading', { name: 'Your offers' }).waitFor({ timeout: 1_000 });
    edge.show(session({ language: 'it', cards: [] }));
    await page.getByRole('heading', { name: 'Le tue offerte' }).waitFor();
    edge.show(attract());
    await page.getByRole('heading', { name: 'Oggi per tutti' }).waitFor();
    expect(complaints).toEqual([]); // neither an error nor anything that the Content-Security-Policy refused
  });

  test(
    '[cred-1] what came of *forget me here* is said in both languages, accessibly, and of nobody',
    { timeout: 120_000 },
    async () => {
      const { edge, page } = await openKiosk(browser);
      const refusing = (code: string) => () => ({ ok: false, code, message: 'so' });
      const cases = [
        [() => ({ ok: true, outcome: null }), 'It is written down', 'È stato scritto'],
        [() => undefined, 'Nothing could be written down yet', 'Non è stato ancora possibile'],
        [refusing('storage/failed'), 'Nothing could be written down yet', 'Non è stato ancora'],
        [refusing('request/not-found'), 'It was not written down', 'Non è stato scritto'],
      ] as const;
      for (const [answer, english, italian] of cases) {
        edge.answerToActs = answer;
        edge.show(session({ language: 'en' }));
        await shows(page, 'session');
        await page.getByRole('button', { name: 'Forget me here' }).click();
        await page.getByRole('button', { name: 'Yes, forget me' }).click();
        await shows(page, 'attract');
        await page.getByRole('heading', { name: english }).waitFor({ timeout: 8_000 });
        const asked = edge.acts.filter(({ kind }) => kind === 'withdraw');
        const again = page.getByRole('button', { name: 'Try again' });
        expect(await again.isVisible()).toBe(english.startsWith('Nothing'));
        if (answer() !== undefined && (await again.isVisible())) {
          await again.click();
          await page.getByRole('heading', { name: english }).waitFor({ timeout: 8_000 });
          const more = edge.acts.filter(({ kind }) => kind === 'withdraw').slice(asked.length);
          expect(new Set(more.map(({ requestId }) => requestId))).toEqual(
            new Set([asked.at(-1)!.requestId]),
          );
        }
        await page.getByRole('button', { name: 'Italiano', exact: true }).click();
        await page.getByRole('heading', { name: italian }).waitFor();
        expect(await textOf(page)).not.toMatch(/Annalisa|Barolo|320/);
        const { violations } = await axeOn(page).analyze();
        const bad = violations.filter(
          ({ impact }) => impact === 'serious' || impact === 'critical',
        );
        expect(bad.map(({ id, nodes }) => [english, id, nodes[0]?.html])).toEqual([]);
        for (const { height, width } of await buttonsOf(page))
          expect(Math.min(height, width)).toBeGreaterThanOrEqual(48);
      }
      edge.show(session()); // the next person does not read what the last one was told
      await page.locator('.sheet').waitFor({ state: 'detached' });
      await shows(page, 'session');
    },
  );

  test('[threat-16] after a session nothing of it is left: page, storage, memory', async () => {
    const { edge, page } = await openKiosk(browser);
    edge.show(attract());
    await shows(page, 'attract');
    edge.show(session());
    await shows(page, 'session');
    expect(await heapOf(page)).toContain('Annalisa'); // the oracle sees what is there
    const loadedAt = await page.evaluate(() => performance.timeOrigin);
    await page.getByRole('button', { name: 'Ho finito' }).click();
    await shows(page, 'attract'); // at once, before the edge has answered
    expect(await textOf(page)).not.toMatch(/Annalisa|Barolo/);
    await until('the act', 3_000, () => edge.acts.some(({ kind }) => kind === 'leave'));
    edge.show(attract());
    await until('a page loaded anew', 6_000, async () => {
      return (await page.evaluate(() => performance.timeOrigin)) !== loadedAt;
    });
    await shows(page, 'attract');
    expect(await storageOf(page)).not.toMatch(/Annalisa|Barolo|SGK|320/);
    expect(await heapOf(page)).not.toMatch(/Annalisa|Barolo 2019|SGK7H2K9/);
  });

  test('[sh-13 fault-22] an edge that goes away leaves generic content within 2 s, never a blank', async () => {
    const { edge, page, url, context } = await openKiosk(browser);
    edge.show(attract());
    await shows(page, 'attract');
    edge.show(session());
    await shows(page, 'session');
    const gone = performance.now();
    await edge.goAway();
    await page.locator('.kiosk[data-view="attract"]').waitFor({ timeout: 2_000 });
    expect(performance.now() - gone).toBeLessThan(2_500);
    const text = await textOf(page);
    expect(text).toContain('Olio nuovo del Garda');
    expect(text).not.toMatch(/Annalisa|Barolo/);
    const cold = await context.newPage(); // the machine starts while the edge is still away
    await cold.goto(url);
    await shows(cold, 'attract');
    expect(await textOf(cold)).toContain('Olio nuovo del Garda');
    await cold.close();
    await edge.comeBack();
    edge.show(session());
    await shows(page, 'session');
  });

  test('[fault-22] a line cut without a word is noticed by its silence', async () => {
    const { edge, page } = await openKiosk(browser);
    edge.show(attract());
    edge.show(session());
    await shows(page, 'session');
    edge.fallSilent();
    await page.locator('.kiosk[data-view="attract"]').waitFor({ timeout: 2_500 });
  });

  test('newest wins: a late or a broken state changes nothing, another start begins anew', async () => {
    const { edge, page } = await openKiosk(browser);
    edge.show(attract());
    await shows(page, 'attract');
    edge.show(promptState());
    await shows(page, 'prompt');
    edge.show(session(), { version: edge.version - 1 });
    edge.sendRaw({ boot: 'x', version: 1, state: { storeName: 7 } });
    edge.sendRaw('nonsense');
    edge.sendRaw(null);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await shows(page, 'prompt');
    edge.show(session(), { boot: 'another-start', version: 0 });
    await shows(page, 'session');
  });

  test('[sh-3] the idle warning is seen and heard, and put off by one touch', async () => {
    const { edge, page } = await openKiosk(browser);
    await page.evaluate(`{
      const { start } = OscillatorNode.prototype;
      OscillatorNode.prototype.start = function (...args) {
        document.title += '♪';
        start.apply(this, args);
      };
    }`);
    const sessionId = '01890a5d-ac96-774b-bcce-b302099a8057';
    edge.show(session({ sessionId, warnInMs: 500, wipeInMs: 20_000 }));
    await shows(page, 'session');
    await page.getByRole('alertdialog', { name: 'Ci sei ancora?' }).waitFor();
    expect(await textOf(page)).toMatch(/Tra (20|19) secondi/);
    await until('the sound', 3_000, async () => (await page.title()).includes('♪'));
    await page.getByRole('button', { name: 'Ancora tempo' }).click();
    await until('the act', 3_000, () => edge.acts.some(({ kind }) => kind === 'stay'));
    edge.show(session({ sessionId }));
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    expect(await textOf(page)).toContain('Barolo');
  });

  test('a session that the edge forgets to end is wiped by the screen itself', async () => {
    const { edge, page } = await openKiosk(browser);
    edge.show(attract());
    edge.show(session({ warnInMs: 100, wipeInMs: 400 }));
    await shows(page, 'session');
    await page.locator('.kiosk[data-view="attract"]').waitFor({ timeout: 4_000 });
    expect(await textOf(page)).not.toContain('Annalisa');
  });

  test('an exposure is reported once, for cards really on screen, and repeated until it is answered', async () => {
    const { edge, page } = await openKiosk(browser);
    edge.show(attract());
    await shows(page, 'attract');
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(edge.exposures).toEqual([]); // nobody is near
    edge.answersExposures = false;
    const state = session();
    edge.show(state);
    await until('a repeated report', 15_000, () => edge.exposures.length >= 2);
    edge.answersExposures = true;
    const [first] = edge.exposures;
    expect(new Set(edge.exposures.map(({ requestId }) => requestId))).toEqual(
      new Set([first!.requestId]),
    );
    expect(first!.decisionId).toBe(
      state.screen.kind === 'session' && state.screen.offers.decisionId,
    );
    expect([...first!.offerIds].sort()).toEqual(
      personalCards()
        .map(({ offerId }) => offerId)
        .sort(),
    );
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const count = edge.exposures.length;
    edge.show({ ...state }); // the same decision again
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(edge.exposures.length).toBe(count);
  });

  test('[expose-1] a card counts after a whole second in sight, one below the edge of the screen once it is scrolled there', async () => {
    const { edge, page } = await openKiosk(browser, { width: 1080, height: 1200 });
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    edge.show(session());
    await shows(page, 'session');
    await pause(600);
    edge.show(attract());
    await shows(page, 'attract');
    await pause(1_200);
    expect(edge.exposures).toEqual([]); // gone before a second was over
    const shownAt = performance.now();
    edge.show(session());
    await until('a report', 5_000, () => edge.exposures.length > 0);
    expect(performance.now() - shownAt).toBeGreaterThan(1_000);
    await pause(1_200);
    const seen = () => edge.exposures.flatMap(({ offerIds }) => offerIds as string[]);
    const [first, , , last] = personalCards().map(({ offerId }) => offerId);
    expect(seen()).toContain(first);
    expect(seen()).not.toContain(last);
    const lastCard = page.locator(`[data-offer="${last!}"]`);
    await lastCard.evaluate((card) => card.scrollIntoView({ block: 'center' }));
    await until('the last card', 5_000, () => seen().includes(last!));
    expect(new Set(seen()).size).toBe(seen().length);
  });

  test('[expose-1] what a sheet or a bar lies over is not seen', async () => {
    const { edge, page } = await openKiosk(browser);
    await page.evaluate(() => {
      const sheet = document.createElement('div');
      sheet.id = 'sheet';
      sheet.style.cssText = 'position: fixed; inset: 0; background: white; z-index: 99';
      document.body.append(sheet);
    });
    edge.show(session());
    await page.locator('.kiosk[data-view="session"]').waitFor({ state: 'attached' });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(edge.exposures).toEqual([]);
    await page.evaluate(() => document.getElementById('sheet')!.remove());
    await until('a report', 5_000, () => edge.exposures.length > 0);
  });

  test('[threat-10] nothing in an offer runs or leaves the page', async () => {
    const { edge, page, url } = await openKiosk(browser);
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      const { host, protocol } = new URL(request.url());
      const isOurs = host === new URL(url).host || host === new URL(edge.url).host;
      if (!isOurs && protocol !== 'data:') elsewhere.push(request.url());
    });
    page.on('dialog', (dialog) => {
      elsewhere.push('a dialog');
      void dialog.dismiss();
    });
    for (const payload of hostile) {
      const words = [payload.slice(0, 60), payload] as const;
      const card = { ...aCard({ id: 'x', it: words, en: words, benefit: { kind: 'gift' } }) };
      card.text['it']!.terms = payload;
      card.picture = payload;
      card.reason = { it: payload };
      card.couponCode = payload.slice(0, 64);
      const state = sessionState({ cards: [card], firstName: payload.slice(0, 40) });
      edge.show({ ...state, storeName: payload.slice(0, 80) });
      await page.getByText(words[0]).first().waitFor();
    }
    expect(elsewhere).toEqual([]);
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    expect(
      await page.locator('.kiosk script, .kiosk iframe, .kiosk a, .kiosk object').count(),
    ).toBe(0);
  });

  test('a device that the edge has forgotten enrols again by itself', async () => {
    const { edge, page } = await openKiosk(browser);
    edge.show(attract());
    await shows(page, 'attract');
    edge.forgetDevices();
    await page.reload();
    await until(
      'a new enrolment',
      10_000,
      () => edge.tokensGiven >= 2 && edge.kiosksConnected === 1,
    );
  });

  test('[lease-3] who shows a card or code while personal features are off is told so, and that coupons work', async () => {
    const { page, edge } = await openKiosk(browser);
    edge.show(noted(attract(), { kind: 'card-not-known', personalOff: true }, LONG));
    await page.getByText('Ora non riconosciamo tessere e codici').waitFor();
    await page.getByText('I buoni valgono lo stesso').waitFor();
    edge.show(noted(attract(), { kind: 'unknown-code', personalOff: true }, LONG));
    await page.getByText('Questo codice non ci dice nulla').waitFor();
    await page.getByText('I buoni valgono lo stesso').waitFor();
  });
});

const hostile = [
  '<script>window.pwned=1</script>',
  '<img src=x onerror="window.pwned=1">',
  '<svg/onload=window.pwned=1>',
  '"><script src=https://evil.example/x.js></script>',
  'javascript:window.pwned=1//\'"',
  '<iframe srcdoc="<script>parent.pwned=1</script>">',
  '<a href="javascript:window.pwned=1">qui</a>',
  '<style>@import url(https://evil.example/x.css);</style>',
  '{{constructor.constructor("window.pwned=1")()}}',
  '$t(offer.gift) {{t}} $t(x, {"a": "window.pwned=1"})',
  '<math><mtext><table><mglyph><style><img src onerror=window.pwned=1>',
  'https://evil.example/p.png',
  'data:image/svg+xml,<svg onload="window.pwned=1"/>',
  '\u202Egnp.tpircs <b>rtl</b>',
];
