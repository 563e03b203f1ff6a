import { beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright';
import { startHqForPages } from '../doubles/hq-for-pages.ts';
import {
  A_CUSTOMER,
  aCustomer,
  anOffer,
  aTimelineEntry,
  fillHeadOffice,
  someResults,
} from '../fixtures/head-office.ts';
import { AlarmViewSchema } from '../../kernel/protocol/console-api.ts';
import { HOSTILE_TEXTS } from '../fixtures/hostile-text.ts';
import { launchChromium } from '../support/chromium.ts';
import { endLater } from '../support/endings.ts';
import { lacking } from '../support/parts.ts';
import { readQr } from '../support/qr-text.ts';
import { until } from '../support/until.ts';
import { barriers, openWatched } from '../support/watched-page.ts';

const DESK = { viewport: { width: 1280, height: 860 }, locale: 'it-IT' };
const TOKEN = 'a'.repeat(43);

describe.skipIf(lacking('chromium'))('the console', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });

  const started = async (options = {}) => {
    const hq = await startHqForPages();
    endLater(() => hq.stop());
    hq.consoleTokens.add(TOKEN);
    const watched = await openWatched(browser, hq.url, { ...DESK, ...options });
    return { ...watched, hq };
  };
  const signedIn = async (options = {}) => {
    const at = await started(options);
    fillHeadOffice(at.hq);
    await at.page.goto(`${at.hq.url}/console/#token=${TOKEN}`);
    await at.page.locator('nav').waitFor();
    return at;
  };
  const field = (page: Page, name: string) => page.locator(`[name="${name}"]`);
  const faultAt = async (page: Page, name: string) => {
    const below = (await field(page, name).getAttribute('aria-describedby')) ?? '';
    const fault = below.split(' ').find((id) => id.endsWith('-fault'));
    return fault === undefined ? undefined : page.locator(`[id="${fault}"]`).textContent();
  };

  test('a link’s token is spent by the page’s POST: fetching the link spends nothing', async () => {
    const { hq, page } = await started();
    for (let times = 0; times < 2; times++) await fetch(`${hq.url}/console/?token=${TOKEN}`);
    expect(hq.consoleTokens.has(TOKEN)).toBe(true);
    await page.goto(`${hq.url}/console/#token=${TOKEN}`);
    await page.locator('nav').waitFor();
    expect(hq.consoleTokens.has(TOKEN)).toBe(false);
    expect(page.url()).not.toContain(TOKEN);
    await page.reload();
    await page.locator('nav').waitFor();
  });

  test('without a link the page says how to get one; a spent one says so', async () => {
    const { hq, page } = await started();
    await page.goto(`${hq.url}/console/`);
    await page.getByText('npx soglia console-link').waitFor();
    await page.goto(`${hq.url}/console/#token=${'b'.repeat(43)}`);
    await page.getByText('già stato usato').waitFor();
  });

  test('an empty head office says what to do first, on every page', async () => {
    const { hq, page } = await started();
    await page.goto(`${hq.url}/console/#token=${TOKEN}`);
    await page.getByText('Ancora nessun negozio').waitFor();
    await page.goto(`${hq.url}/console/#/offers`);
    await page.getByText('Ancora nessuna offerta').waitFor();
    await page.goto(`${hq.url}/console/#/customers`);
    await page.getByText('Ancora nessun cliente').waitFor();
    await page.goto(`${hq.url}/console/#/alarms`);
    await page.getByText('Nessun allarme').waitFor();
  });

  test('a store is added and gets a code to enrol with', async () => {
    const { hq, page } = await signedIn();
    const submit = page.locator('.form-row button');
    await submit.click();
    expect(await page.locator('.field-fault').allTextContents()).toHaveLength(2);
    await page.locator('.form-row input').nth(0).fill('Bad Name');
    await page.locator('.form-row input').nth(1).fill('Soglia Dora');
    await submit.click();
    await page.getByText('Solo a–z').waitFor();
    await page.locator('.form-row input').nth(0).fill('dora');
    await submit.click();
    await page.locator('tbody th', { hasText: 'Soglia Dora' }).waitFor();
    expect(hq.stores.at(-1)).toMatchObject({ storeId: 'dora', name: 'Soglia Dora' });
    await page.getByRole('button', { name: 'Codice di registrazione per Soglia Dora' }).click();
    expect(await page.locator('.code').textContent()).toBe('7K2MX-9QP4D');
    await page.keyboard.press('Escape');
    await page.locator('.dialog').waitFor({ state: 'detached' });
  });

  test('[lease-3] a store beyond its lease says since when personal features are off there', async () => {
    const { page } = await signedIn();
    const row = (store: string) => page.locator('tbody tr', { hasText: store });
    await row('Porta Nuova').getByText('Funzioni personali spente da').waitFor();
    await row('Bottega Soglia').getByText('Funzioni personali fino a').waitFor();
    expect(await row('Lingotto').getByText('Funzioni personali').count()).toBe(0);
  });

  test('an alarm says what, where and whose, until somebody has looked at it', async () => {
    const { hq, page } = await signedIn();
    const alarm = (index: number, given: object) =>
      AlarmViewSchema.parse({
        alarmId: `01936f00-0000-7000-8000-00000000000${String(index)}`,
        ...{ storeId: 'bottega', at: Date.now() - 60_000, ...given },
      });
    hq.alarms.push(
      alarm(1, { kind: 'two-stores', otherStoreId: 'lingotto', customerId: A_CUSTOMER }),
      alarm(2, { kind: 'replay', zoneId: 'entrance' }),
    );
    await page.goto(`${page.url().split('#')[0]!}#/alarms`);
    const rows = page.locator('tbody tr');
    await rows.filter({ hasText: 'e Soglia Lingotto' }).getByText('Il cliente').waitFor();
    const replayed = rows.filter({ hasText: 'entrance' });
    expect(await replayed.getByText('Il cliente').count()).toBe(0);
    await replayed.getByRole('button', { name: 'L’ho guardato' }).click();
    await replayed.getByText('Visto').waitFor();
    expect(await page.getByRole('button', { name: 'L’ho guardato' }).count()).toBe(1);
    expect(await barriers(page)).toEqual([]);
  });

  test('[lift-1, lift-9] what an offer changed is read by store, in sentences, and what may not be said is not', async () => {
    const { hq, page } = await signedIn();
    hq.results.set('coffee-week', someResults());
    const home = page.url().split('#')[0]!;
    await page.goto(`${home}#/offers`);
    await page.getByRole('link', { name: 'Risultati di «Settimana del caffè»' }).click();
    await page
      .getByRole('heading', { name: 'Dove era aperta, l’hanno presa più persone' })
      .waitFor();
    await page.getByText('hanno usato il buono 13; su 100 escluse').waitFor();
    const row = (name: string) => page.locator('tbody tr', { hasText: name });
    await row('Bottega Soglia').getByText('4 in più, tra 1 e 7').waitFor();
    await row('Porta Nuova').getByText('Ancora pochi dati: 120 persone su circa 1900').waitFor();
    await row('Lingotto').getByText('troppo poche persone').waitFor();
    await page.getByText('2 persone sono lasciate fuori').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'More people took it where it was open' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.goto(`${home}#/offers/bread/results`);
    await page.getByText('Not measured: no hold-out').waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  test('[radio-9] a store manager reads which devices work and what to do about the others, live', async () => {
    const { hq, page } = await signedIn();
    const row = page.locator('tbody tr').first();
    expect(await row.locator('.part-troubles li').allTextContents()).toEqual([
      'Ricevitore scaffale: non sente niente',
      'Beacon door-1: batteria scarica',
      'Beacon aisle-2: non si sente',
    ]);
    await row.getByRole('button', { name: /^Apparecchi di/ }).click();
    const dialog = page.locator('.dialog');
    await dialog.getByText('Cambiare presto la batteria.').waitFor();
    await dialog.getByText('2,4 V').waitFor();
    await dialog.getByText('64 %').waitFor();
    expect(await dialog.locator('.part-list li').count()).toBe(6);
    expect(await dialog.locator('.part-list li').first().textContent()).toContain('scaffale');

    const [store] = hq.stores;
    hq.stores[0] = { ...store!, parts: { working: 6, of: 6, care: [] } };
    hq.parts.set(store!.storeId, []);
    hq.tell({ what: 'stores' });
    await dialog.getByText('non ha ancora comunicato').waitFor();
    await page.keyboard.press('Escape');
    await row.getByText('Tutto funziona').waitFor();
    await page.locator('tbody tr').nth(2).getByText('Non ancora comunicati').waitFor();
  });

  test('[radio-9] in English: beacon door-1: battery low', async () => {
    const { page } = await signedIn({ locale: 'en-GB' });
    await page.getByText('Beacon door-1: battery low').waitFor();
    await page.getByText('Receiver scaffale: hears nothing').waitFor();
  });

  test('[hq-1] the real card follows every key, in both languages', async () => {
    const { page } = await signedIn();
    await page.goto(`${page.url().split('#')[0]!}#/offers/+`);
    await field(page, 'titleIt').pressSequentially('Pane');
    await field(page, 'titleEn').pressSequentially('Bread');
    await field(page, 'benefitValue').fill('25');
    const cards = page.locator('.offer-preview .offer-card');
    expect(await cards.locator('.offer-card-title').allTextContents()).toEqual(['Pane', 'Bread']);
    expect(await cards.first().locator('.offer-card-benefit').textContent()).toContain('25');
    await field(page, 'redemption').selectOption('leased');
    expect(await cards.locator('.qr').count()).toBe(2);
  });

  test('what is wrong stands beside its field, whoever found it', async () => {
    const { hq, page } = await signedIn();
    await page.goto(`${hq.url}/console/#/offers/+`);
    await field(page, 'priority').fill('very');
    await page.locator('.form-end .button').click();
    expect(await faultAt(page, 'offerId')).toBe('Compila questo campo.');
    expect(await faultAt(page, 'titleIt')).toBe('Compila questo campo.');
    expect(await faultAt(page, 'priority')).toBe('Scrivi un numero da 0 a 100.');
    expect(await field(page, 'offerId').evaluate((e) => e === document.activeElement)).toBe(true);
    await field(page, 'offerId').fill('coffee-week');
    await field(page, 'titleIt').fill('Caffè');
    await field(page, 'titleEn').fill('Coffee');
    await field(page, 'priority').fill('60');
    await page.locator('.form-end .button').click();
    expect(await faultAt(page, 'offerId')).toBe('Questo nome è già usato.');

    await field(page, 'offerId').fill('coffee-new');
    hq.refusals.set('PUT /v1/offers/', {
      ...{ status: 400, code: 'request/invalid' },
      message: 'text.en.title: too plain; validUntil: in the past',
    });
    await page.locator('.form-end .button').click();
    await page.getByText('Il server dice: too plain').waitFor();
    expect(await faultAt(page, 'titleEn')).toContain('too plain');
    expect(await faultAt(page, 'validUntil')).toContain('in the past');
    hq.refusals.clear();
    await page.locator('.form-end .button').click();
    await until('the offer at HQ', 5_000, () =>
      hq.offers.some((offer) => offer.offerId === 'coffee-new' && offer.priority === 60),
    );
  });

  test('offers are published to the chosen shops, with the outcome of each', async () => {
    const { hq, page } = await signedIn();
    await page.goto(`${hq.url}/console/#/offers`);
    await page.locator('.page-acts .button-primary').click();
    await page.locator('.dialog .choice', { hasText: 'Lingotto' }).click();
    await page.locator('.dialog .button-primary').click();
    await page.locator('.results').waitFor();
    expect(await page.locator('.results li').allTextContents()).toEqual([
      'Bottega Soglia: versione 8',
      'Soglia Porta Nuova: versione 7ora non collegato; la prende al ritorno',
    ]);
    await page.keyboard.press('Escape');
    await page
      .locator('.badge[data-tone="waiting"]', { hasText: 'Non pubblicata' })
      .waitFor({ state: 'detached' });
  });

  test('an invitation is a QR that opens the joining page', async () => {
    const { hq, page } = await signedIn();
    await page.goto(`${hq.url}/console/#/customers`);
    await page.locator('.page-acts .button-primary').click();
    await page.locator('.dialog .button-primary').click();
    const text = await readQr(page.locator('.invitation .qr'));
    const [token] = [...hq.joinTokens];
    expect(text).toBe(`${hq.url}/phone/#join=${token!}`);
  });

  test('somebody’s card is printed from their page', async () => {
    const { hq, page } = await signedIn();
    await page.goto(`${hq.url}/console/#/customers/${A_CUSTOMER}`);
    const print = page.getByRole('link', { name: 'Stampa la carta' });
    expect(await print.getAttribute('href')).toBe(`/v1/customers/${A_CUSTOMER}/card`);
    expect(await print.getAttribute('target')).toBe('_blank');
    expect(await barriers(page)).toEqual([]);
  });

  test('the timeline grows by itself', async () => {
    const { hq, page } = await signedIn();
    await page.goto(`${hq.url}/console/#/customers/${A_CUSTOMER}`);
    const lines = page.locator('.timeline li');
    await lines.nth(3).waitFor();
    expect(await lines.first().textContent()).toContain(
      'Ha usato il buono di «Settimana del caffè»',
    );
    hq.timelines
      .get(A_CUSTOMER)!
      .unshift(aTimelineEntry(5, 'product-scan', { details: { gtin: '08001090310354' } }));
    hq.tell({ what: 'timeline' });
    await lines.nth(4).waitFor();
    expect(await lines.first().textContent()).toContain('08001090310354');
  });

  test('a server that does not answer is said so, and read again once it does', async () => {
    const { hq, page } = await signedIn();
    const away = { status: 503, code: 'hq/unreachable', message: 'restarting' };
    hq.refusals.set('GET /v1/customers', away);
    await page.locator('nav a').nth(2).click();
    await page.getByRole('alert').getByText('non risponde').waitFor();
    hq.refusals.clear();
    await page.locator('tbody tr').first().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('a session that is over leads back to signing in', async () => {
    const { hq, page } = await signedIn();
    hq.refusals.set('GET /v1/', { status: 401, code: 'request/denied', message: 'no session' });
    // By the address, not by a click: any read on the way may have ended the session already, and the menu with it.
    await page.evaluate(() => (location.hash = '#/offers'));
    await page.getByText('npx soglia console-link').waitFor();
  });

  test('[threat-10] hostile texts of offers, names and stores are only text', async () => {
    const { hq, page, complaints, strangers } = await signedIn();
    HOSTILE_TEXTS.forEach((text, index) => {
      hq.offers.push(anOffer(`hostile-${index}`, text.slice(0, 60), text.slice(0, 60)));
      const customerId = `01936f00-0000-7000-8000-${String(index + 100).padStart(12, '0')}`;
      const firstName = text.slice(0, 40);
      hq.customers.push(aCustomer({ customerId, firstName, cards: [text], segments: [text] }));
      hq.timelines
        .get(A_CUSTOMER)!
        .push(aTimelineEntry(index + 50, 'exposure', { offerIds: [`hostile-${index}`] }));
    });
    const row = (text: string) => page.locator('tbody, .timeline').getByText(text).first();
    for (const where of ['offers', 'customers', `customers/${A_CUSTOMER}`, 'offers/hostile-1']) {
      await page.goto(`${hq.url}/console/#/${where}`);
      if (where === 'offers/hostile-1') await page.locator('.offer-preview').waitFor();
      else await row('<img src=x').waitFor();
    }
    expect(await page.locator('main img, main script, main iframe').count()).toBe(0);
    expect(complaints).toEqual([]);
    expect(strangers).toEqual([]);
  });

  test.each(['it-IT', 'en-GB'])(
    '[%s] no serious barrier on any page, nor off screen at 800',
    async (locale) => {
      const { hq, page } = await signedIn({ locale, viewport: { width: 800, height: 900 } });
      const pages = {
        '': 'table',
        offers: 'table',
        'offers/coffee-week': 'form',
        [`customers/${A_CUSTOMER}`]: '.timeline li',
      };
      for (const [where, ready] of Object.entries(pages)) {
        await page.goto(`${hq.url}/console/#/${where}`);
        await page.locator(ready).first().waitFor();
        expect(await barriers(page), where).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, where).toBe(0);
      }
      await page.goto(`${hq.url}/console/#/customers`);
      await page.locator('.page-acts .button-primary').click();
      await page.locator('#invite').waitFor();
      expect(await barriers(page), 'dialog').toEqual([]);
    },
  );

  test('the offer form works by keyboard alone', async () => {
    const { hq, page } = await signedIn();
    await page.goto(`${hq.url}/console/#/offers/coffee-week`);
    await field(page, 'titleIt').focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Caffè a metà prezzo');
    await page.keyboard.press('Enter');
    await page.getByText('Salvata.').waitFor();
    expect(hq.offers[0]!.text['it']!.title).toBe('Caffè a metà prezzo');
  });
});
