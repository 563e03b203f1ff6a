import { expect, test } from 'vitest';
import { BundleManifestSchema } from '../../../kernel/protocol/hq-sync.ts';
import { BundleSchema } from '../../../kernel/domain/offer.ts';
import { noticePage } from '../../../hq/publishing/notice-page.ts';
import { startOffice } from '../../support/head-office.ts';

test('[duty-9] the address behind the QR answers with controller, purposes and retention in numbers', async () => {
  const office = await startOffice();
  await office.makeStore('bottega', 'Bottega & Figli');
  await office.publishDemo();
  const store = await office.enrolStore('bottega');
  const [change] = await store.changes('catalogue', 'bundle');
  const { sha256 } = BundleManifestSchema.parse(JSON.parse(change!.manifest));
  const content: unknown = await (await store.fetch('GET', `/v1/snapshot/${sha256}`)).json();
  const { notice } = BundleSchema.parse(content);
  expect(notice.controller).toBe('Bottega & Figli');
  const response = await fetch(notice.url);
  expect(response.headers.get('content-type')).toContain('text/html');
  const page = await response.text();
  expect(page).toContain('Bottega &#38; Figli');
  for (const fact of [
    '12 mesi',
    '24 mesi',
    '7 giorni',
    '12 months',
    '24 months',
    '7 days',
    '5 anni',
  ])
    expect(page).toContain(fact);
  expect((await fetch(`${office.hq.url}/privacy.css`)).headers.get('content-type')).toContain(
    'css',
  );
});

test('[threat-10] a name of the shop is text on the page, whatever it is made of', () => {
  const page = noticePage('<script>alert(1)</script>');
  expect(page).not.toContain('<script');
  expect(page).toContain('&#60;script&#62;');
});
