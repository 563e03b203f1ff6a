import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { beforeAll, describe, expect, test } from 'vitest';
import { serveKiosk } from '../../kiosk/main/serve.ts';
import { aMember } from '../doubles/enrolled-member.ts';
import { HqForEdge } from '../doubles/hq-for-edge.ts';
import { aBundle } from '../doubles/shop-goods.ts';
import { launchChromium } from '../support/chromium.ts';
import { cuttableLine } from '../support/cuttable-line.ts';
import { anEdge } from '../support/edge.ts';
import { endLater } from '../support/endings.ts';
import { shows, UPRIGHT } from '../support/kiosk-page.ts';
import { lacking } from '../support/parts.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/until.ts';

/** From the act, or from head office's word, until nothing personal is on the screen (duty-6). */
const BLANK_WITHIN_MS = 1_000;

let browser: Browser;

describe.skipIf(lacking('chromium'))('a consent that is taken back', () => {
  beforeAll(async () => {
    browser = await launchChromium();
    return () => browser.close();
  });

  test('[duty-6] at the kiosk, with head office away: the screen is blank, and head office hears of it later', async () => {
    const { hq, page, bridge, member } = await aSession();
    const { port } = new URL(hq.url);
    await hq.close();
    await page.getByRole('button', { name: 'Dimenticami qui' }).click();
    const blank = await watchBlank(page);
    await page.getByRole('button', { name: 'Sì, dimenticami' }).click();
    expect(await blank()).toBeLessThan(BLANK_WITHIN_MS);
    await shows(page, 'attract');

    // Card in hand: what is theirs, and nothing that was concluded about them.
    expect(await bridge.hear(await member.token(Date.now()))).toMatchObject({
      outcome: { resolved: 0 },
    });
    await until('the card to be known still', 5_000, async () => {
      return (await bridge.scan(member.card)) === 'good';
    });
    expect(await page.locator('.kiosk').innerText()).not.toContain('Socia');

    const again = await hq.open(Number(port));
    await until('the withdrawals at head office', 20_000, () => {
      return again.bodies('consent-withdrawn').length === 3;
    });
    const purposes = again.bodies('consent-withdrawn').map(({ purpose }) => purpose);
    expect(purposes.sort()).toEqual(['personalise', 'recognise', 'show-name']);
  });

  test('[duty-6] at head office: the screen is blank as soon as the shop hears of it', async () => {
    const { hq, page, member } = await aSession();
    const blank = await watchBlank(page);
    const { pseudonym } = member.row;
    hq.say('erase', { kind: 'withdrawn', pseudonym, purpose: 'personalise', at: Date.now() });
    expect(await blank()).toBeLessThan(BLANK_WITHIN_MS);
  });

  test('[cred-1] what came of it is said: written, or not yet, with another try once the store answers again', async () => {
    const { hq, page, line } = await aSession();
    const said = page.locator('.sheet');
    await page.getByRole('button', { name: 'Dimenticami qui' }).click();
    line.cut();
    await page.getByRole('button', { name: 'Sì, dimenticami' }).click();
    await shows(page, 'attract');
    await said.getByText('Non è stato ancora possibile scriverlo').waitFor({ timeout: 10_000 });
    expect(await page.locator('.kiosk').innerText()).not.toMatch(/Socia|120/);
    expect(await said.innerText()).toMatch(/chiedi a un collega.*app sul telefono/);

    await page.getByRole('button', { name: 'Riprova' }).click(); // still away
    await said.getByText('Non è stato ancora possibile scriverlo').waitFor({ timeout: 10_000 });
    expect(hq.bodies('consent-withdrawn')).toEqual([]);

    line.mend();
    await page.getByRole('button', { name: 'Riprova' }).click();
    await said.getByText('È stato scritto').waitFor({ timeout: 10_000 });
    expect(await page.locator('.kiosk').innerText()).not.toMatch(/Socia|120/);
    await until('the withdrawals at head office', 10_000, () => {
      return hq.bodies('consent-withdrawn').length === 3;
    });
  });

  test('asked and thought better of: nothing is taken back', async () => {
    const { hq, page } = await aSession();
    await page.getByRole('button', { name: 'Dimenticami qui' }).click();
    await page.getByRole('button', { name: 'No, torna indietro' }).click();
    await shows(page, 'session');
    expect(hq.bodies('consent-withdrawn')).toEqual([]);
  });
});

/** Begins to watch; then ms from now until no session is drawn any more, by the page's own observer and clock. */
async function watchBlank(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const blank = new Promise<number>((resolve) => {
      const watcher = new MutationObserver(() => {
        if (document.querySelector('[data-view="session"]') === null) resolve(performance.now());
      });
      watcher.observe(document.body, { subtree: true, childList: true, attributes: true });
    });
    Object.assign(window, { begun: performance.now(), blank });
  });
  return () =>
    page.evaluate(async () => {
      const { begun, blank } = window as unknown as { begun: number; blank: Promise<number> };
      return (await blank) - begun;
    });
}

/** Somebody has shown their code at a real edge's kiosk, drawn in Chromium. */
async function aSession() {
  const hq = await new HqForEdge().open();
  endLater(() => hq.close());
  hq.lease();
  hq.publish(aBundle());
  const member = await aMember(hq.indexKey, {
    segments: ['wine'],
    firstName: 'Socia',
    consents: ['recognise', 'personalise', 'show-name'],
  });
  hq.say('cohort', { kind: 'row', row: member.row });
  const port = await freePort();
  const edge = await anEdge({
    hqUrl: hq.url,
    enrolmentCode: hq.enrolmentCode('bottega'),
    pollMs: 500,
    more: { kiosk: { port } },
  });
  await until('the member', 10_000, async () => {
    const text = await (await fetch(`${edge.url}/metrics`)).text();
    return text.includes('soglia_cohort_members 1\n') && /bundle_version [1-9]/.test(text);
  });
  const line = await cuttableLine(edge.url);
  const kiosk = await serveKiosk({
    folder: join(import.meta.dirname, '../../dist/web/kiosk'),
    edgeUrl: line.url,
    stationId: 'kiosk-1',
    operatorSocket: edge.running.operatorSocket,
    port,
    report: (error) => console.error(error),
  });
  endLater(() => kiosk.stop());
  const context = await browser.newContext({ viewport: UPRIGHT, reducedMotion: 'reduce' });
  endLater(() => context.close());
  const page = await context.newPage();
  await page.goto(kiosk.url);
  await shows(page, 'attract');
  const bridge = await edge.bridge();
  await until('a session', 10_000, async () => {
    return (await bridge.scan(await member.code(Date.now()))) === 'good';
  });
  await shows(page, 'session');
  await page.getByText('Socia').first().waitFor({ timeout: 5_000 });
  return { hq, page, bridge, member, line };
}
