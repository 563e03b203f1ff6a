import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { start } from '../../hq/main.ts';
import { createLog } from '../../node/logs.ts';
import { askOperator } from '../../node/operator-client.ts';
import { launchChromium } from '../support/chromium.ts';
import { endLater } from '../support/endings.ts';
import { lacking } from '../support/parts.ts';
import { readQr } from '../support/qr-text.ts';
import { tempDir } from '../support/temp-dir.ts';
import { openWatched } from '../support/watched-page.ts';

const webDir = join(import.meta.dirname, '../../dist/web');

describe.skipIf(lacking('chromium'))('the pages and the real head office', () => {
  test('an offer is written and published, somebody joins by the QR, and the timeline tells it live', async () => {
    expect(existsSync(join(webDir, 'phone/index.html'))).toBe(true);
    const hq = await start({
      dataDir: join(tempDir(), 'hq'),
      port: 0,
      log: createLog('hq', { level: 'error' }),
    });
    endLater(() => hq.stop());
    const browser = await launchChromium();
    const link = await askOperator(hq.operatorSocket, z.object({ url: z.string() }), {
      ...{ method: 'POST', path: '/v1/console-links', body: {} },
    });

    // GET never spends the link, however often.
    for (let times = 0; times < 2; times++) expect((await fetch(link.url)).status).toBe(200);
    const desk = await openWatched(browser, hq.url, {
      ...{ viewport: { width: 1280, height: 860 }, locale: 'en-GB' },
    });
    await desk.page.goto(link.url);
    await desk.page.locator('nav').waitFor();
    await desk.page.locator('.badge', { hasText: 'Live' }).waitFor();

    await desk.page.locator('.form-row input').nth(0).fill('bottega');
    await desk.page.locator('.form-row input').nth(1).fill('Bottega Soglia');
    await desk.page.locator('.form-row button').click();
    await desk.page.locator('tbody th', { hasText: 'Bottega Soglia' }).waitFor();
    await desk.page.getByRole('button', { name: /Enrolment code/ }).click();
    expect(await desk.page.locator('.code').textContent()).toMatch(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
    await desk.page.keyboard.press('Escape');

    await desk.page.goto(`${hq.url}/console/#/offers/+`);
    await desk.page.locator('[name=offerId]').fill('coffee-week');
    await desk.page.locator('[name=titleIt]').fill('Settimana del caffè');
    await desk.page.locator('[name=titleEn]').fill('Coffee week');
    await desk.page.locator('.form-end .button').click();
    await desk.page.waitForURL(/coffee-week/);
    await desk.page.goto(`${hq.url}/console/#/offers`);
    await desk.page.locator('.badge', { hasText: 'Not published' }).waitFor();
    await desk.page.locator('.page-acts .button-primary').click();
    await desk.page.locator('.dialog .button-primary').click();
    await desk.page.locator('.results li', { hasText: 'version 1' }).waitFor();
    await desk.page.keyboard.press('Escape');

    await desk.page.goto(`${hq.url}/console/#/customers`);
    await desk.page.locator('.page-acts .button-primary').click();
    await desk.page.locator('.dialog .button-primary').click();
    const joinUrl = await readQr(desk.page.locator('.invitation .qr'));
    await desk.page.keyboard.press('Escape');

    const hand = await openWatched(browser, hq.url, {
      ...{ viewport: { width: 390, height: 780 }, locale: 'it-IT' },
    });
    await hand.page.goto(joinUrl);
    for (let step = 0; step < 2; step++) await hand.page.locator('.acts .button').click();
    await hand.page.locator('input').fill('Socia');
    await hand.page.locator('.acts .button').click();
    for (let question = 1; question <= 5; question++) {
      await hand.page.locator('.step', { hasText: String(question) }).waitFor();
      await hand.page
        .locator('.acts-pair .button')
        .nth(question === 2 ? 1 : 0)
        .click();
    }
    const card = await readQr(hand.page.locator('.pass .qr'));
    await hand.page.getByText('Ciao Socia').waitFor();

    const row = desk.page.locator('tbody tr', { hasText: card });
    await row.getByText('Socia').waitFor(); // by news alone: nobody loaded the page again
    await row.getByRole('link').click();
    const lines = desk.page.locator('.timeline li');
    await lines.filter({ hasText: 'Said yes: Choose offers by profile' }).waitFor();

    await hand.page.locator('.bar button').nth(2).click();
    const purpose = hand.page.locator('.purpose[data-purpose="personalise"]');
    await purpose.getByRole('button').click();
    await lines.filter({ hasText: 'Took back: Choose offers by profile' }).waitFor();
    expect([...desk.complaints, ...hand.complaints]).toEqual([]);
    expect([...desk.strangers, ...hand.strangers]).toEqual([]);

    // The QR was for one.
    const second = await openWatched(browser, hq.url, { locale: 'it-IT' });
    await second.page.goto(joinUrl);
    for (let step = 0; step < 3; step++) await second.page.locator('.acts .button').click();
    await second.page.getByRole('alert').getByText('Chiedi un nuovo codice QR').waitFor();
  });
});
