import { createHash, generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import { BundleSchema, type Offer } from '../../kernel/domain/offer.ts';
import { newPseudonym } from '../doubles/facts.ts';
import { aMember } from '../doubles/members.ts';
import { aBundle, anOffer, OIL } from '../doubles/shop-goods.ts';
import {
  aSession,
  aStoreWithHistory,
  type StoreWithHistory,
} from '../doubles/store-with-history.ts';
import { CONFIGURATION } from '../support/edge.ts';
import { startSoglia } from '../support/process.ts';
import { tempDir } from '../support/temp-dir.ts';

const SLOW = { timeout: 60_000 };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.now();
const members = (count: number, given: Partial<CohortRow> = {}) =>
  Array.from({ length: count }, () =>
    aMember({
      grants: [
        {
          ...{ purpose: 'personalise', grantedAt: 0, expiresAt: NOW + DAY_MS, textVersion: '1' },
        },
      ],
      ...given,
    }),
  );

/** 30 members of whom 25 like wine, and 21 without a yes, each at the kiosk once. */
function aShop(): StoreWithHistory & { readonly names: readonly string[] } {
  const store = aStoreWithHistory(tempDir(), CONFIGURATION);
  const rows = [
    ...members(25, { segments: ['wine'] }),
    ...members(5),
    ...members(21, { grants: [] }),
  ];
  store.serves(
    BundleSchema.parse({
      ...aBundle(),
      offers: [anOffer('bread'), anOffer('oil', { gtins: [OIL] })],
    }),
  );
  store.knows(rows);
  rows.forEach(({ pseudonym }, i) => {
    store.facts(aSession({ pseudonym, at: NOW - i * HOUR_MS }));
  });
  store.facts(aSession({ pseudonym: rows[0]!.pseudonym, at: NOW - 8 * DAY_MS }));
  store.facts(aSession({ pseudonym: newPseudonym(), at: NOW }));
  return { ...store, names: rows.map(({ pseudonym }) => pseudonym) };
}

const WINE = anOffer('wine', {
  ...{ segments: ['wine'], redemption: 'leased', priority: 90, minStrength: 3 },
  ...{ benefit: { kind: 'amount', amount: { minor: 200, currency: 'EUR' } } },
  validFrom: NOW + HOUR_MS, // it begins tomorrow
});
function fileOf(offers: readonly unknown[]): string {
  const path = join(tempDir(), 'offers.json');
  const draft = offers.map((offer) => ({ ...(offer as Offer), version: undefined }));
  writeFileSync(path, JSON.stringify({ offers: draft }));
  return path;
}
async function backtested(store: StoreWithHistory, file: string, ...args: string[]) {
  const { folder, config } = store;
  const running = startSoglia(['backtest', file, '--data', folder, '--config', config, ...args]);
  const code = await running.ended(50_000);
  return { code, text: running.output().trimEnd() };
}
const bytesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('-shm')) // who reads marks where, in memory that is shared
    .map(
      ({ parentPath, name }) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(parentPath, name)))
          .digest('hex')}`,
    );

describe('soglia backtest', () => {
  test(
    '[backtest-2][backtest-5] says who would see what tomorrow, beside today',
    SLOW,
    async () => {
      const store = aShop();
      const before = bytesOf(store.folder);
      const { code, text } = await backtested(store, fileOf([WINE]), '--json');
      expect([code, text.startsWith('{')]).toEqual([0, true]);
      const report = JSON.parse(text) as { offers: unknown[] };
      expect(report).toMatchObject({
        ...{ inForce: 1, draft: 'offers.json' },
        ...{ days: 7, isComplete: true, currency: 'EUR', moments: 30, people: 30 },
        leftOut: { withoutYes: 21, notKnownToday: 'fewer-than-20', ofNobody: 0, elsewhere: 0 },
      });
      expect(report.offers).toMatchObject([
        { offerId: 'bread', now: { shown: 30, people: 30 }, tomorrow: { shown: 30, people: 30 } },
        { offerId: 'oil', now: { shown: 30 }, tomorrow: { shown: 30 } },
        {
          offerId: 'wine',
          tomorrow: {
            ...{ eligible: 25, shown: 25, people: 25, uses: { most: 25 } },
            cost: { kind: 'money', most: 5_000 },
          },
        },
      ]);
      expect(report.offers[2]).not.toHaveProperty('now');
      expect(bytesOf(store.folder)).toEqual(before); // nothing is written
      expect(store.names.filter((name) => text.includes(name))).toEqual([]); // nobody is named
    },
  );

  test('says it for people, in their language', SLOW, async () => {
    const { code, text } = await backtested(aShop(), fileOf([WINE]), '--language', 'it');
    expect(code).toBe(0);
    expect(text).toMatch(
      /^Gli ultimi 7 giorni \(.+\), 30 momenti di 30 persone, decisi di nuovo\.\n/,
    );
    expect(text).toContain(
      'Oggi: pacchetto 1, firmato dalla sede. Domani: offers.json, una bozza che nessuno ha firmato.\n',
    );
    expect(text).toContain('21 senza il sì alle offerte personali, allora e oggi; meno di 20 di');
    expect(text).toContain(
      `wine (Offer wine)
  oggi: non c’è ancora
  domani: mostrabile 25 · mostrata 25 · persone 25 · usi al massimo 25 · costo al massimo 50,00\u00a0€`,
    );
  });

  test(
    '[backtest-2] a whole bundle takes the others away; fewer days are fewer people',
    SLOW,
    async () => {
      const bundle = join(tempDir(), 'bundle.json');
      const content = BundleSchema.parse({ ...aBundle(2), offers: [WINE] });
      writeFileSync(bundle, JSON.stringify(content));
      const { text } = await backtested(aShop(), bundle, '--whole', '--days', '1');
      expect(text).toContain(
        'wine (Offer wine)\n  now: not there yet\n  tomorrow: could be shown 2',
      );
      expect(text).toContain('bread (Offer bread)\n  now: could be shown 2');
      expect(text).toContain('  tomorrow: gone');
    },
  );

  test('[backtest-6] refuses a store whose bundle head office did not sign', SLOW, async () => {
    const store = aShop();
    store.serves(BundleSchema.parse(aBundle(2)), generateKeyPairSync('ed25519'));
    const { code, text } = await backtested(store, fileOf([WINE]), '--json');
    expect(code).toBe(1);
    expect(text).toContain(`${store.database}, bundle: no pinned key signed it (bundle/refused)`);
    expect(text).not.toContain('{');
  });

  test('refuses a file with an error by its place, and a store without a lease', SLOW, async () => {
    const store = aShop();
    const wrong = fileOf([
      { ...(WINE as object), surfaces: ['wall'] },
      anOffer('oil', { minStrength: 9 }),
    ]);
    const refused = await backtested(store, wrong);
    expect(refused.code).toBe(1);
    expect(refused.text).toContain('offers, row 1 (wine), surfaces.0: ');
    expect(refused.text).toContain('offers, row 2 (oil), minStrength: ');
    writeFileSync(join(store.folder, 'lease.key'), '');
    const { code, text } = await backtested(store, fileOf([]));
    expect([code, text]).toEqual([1, expect.stringMatching(/no lease holds.*\(lease\/over\)$/)]);
  });
});
