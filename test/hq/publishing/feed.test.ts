import { createHash, createPublicKey, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { BundleSchema } from '../../../kernel/domain/offer.ts';
import { BundleManifestSchema } from '../../../kernel/protocol/hq-sync.ts';
import { startOffice } from '../../support/head-office.ts';

const HOUR_MS = 3_600_000;

async function openShop() {
  const office = await startOffice();
  await office.makeStore('bottega');
  await office.publishDemo();
  return { office, store: await office.enrolStore('bottega') };
}

describe('what HQ publishes', () => {
  test('[threat-11, wire-31] a bundle is verified with nothing but the pinned key', async () => {
    const { office, store } = await openShop();
    const [change] = await store.changes('catalogue', 'bundle');
    const x = store.client.enrolled!.store!.bundleKeys[0]!;
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const signature = Buffer.from(change!.signature, 'base64url');
    expect(verify(null, Buffer.from(change!.manifest), key, signature)).toBe(true);
    const digest = createHash('sha256').update(Buffer.from(x, 'base64url')).digest('hex');
    expect(change!.keyId).toBe(digest.slice(0, 16));
    const manifest = BundleManifestSchema.parse(JSON.parse(change!.manifest));
    expect(manifest).toMatchObject({ storeId: 'bottega', version: 1 });
    expect(manifest.expires - office.clock.now).toBeLessThanOrEqual(14 * 24 * HOUR_MS);
    const response = await store.fetch('GET', `/v1/snapshot/${manifest.sha256}`);
    const content = Buffer.from(await response.arrayBuffer());
    expect(content).toHaveLength(manifest.bytes);
    expect(createHash('sha256').update(content).digest('hex')).toBe(manifest.sha256);
    const bundle = BundleSchema.parse(JSON.parse(content.toString('utf8')));
    expect(bundle).toMatchObject({ storeId: 'bottega', version: 1 });
    expect(bundle.notice.controller).toBe('Bottega Prova');
    const altered = change!.manifest.replace('"version":1', '"version":2');
    expect(verify(null, Buffer.from(altered), key, signature)).toBe(false);
  });

  test('[inv-7] versions only grow, and the content of the one before is still there', async () => {
    const { office, store } = await openShop();
    const hashOf = async () => {
      const [change] = await store.changes('catalogue', 'bundle');
      return BundleManifestSchema.parse(JSON.parse(change!.manifest));
    };
    const first = await hashOf();
    office.clock.now += 1_000;
    await office.ask(z.unknown(), 'POST', '/v1/publications', { storeIds: ['bottega'] });
    const second = await hashOf();
    expect(second.version).toBe(2);
    expect((await store.fetch('GET', `/v1/snapshot/${first.sha256}`)).status).toBe(200);
  });

  test('what a store serves is signed anew before it is too old to be believed', async () => {
    const { office, store } = await openShop();
    office.clock.now += 8 * 24 * HOUR_MS;
    const [change] = await store.changes('catalogue', 'bundle');
    const manifest = BundleManifestSchema.parse(JSON.parse(change!.manifest));
    expect(manifest.version).toBe(2);
    expect(manifest.expires).toBeGreaterThan(office.clock.now + 13 * 24 * HOUR_MS);
  });

  test('an offer that changes is published only once somebody says so', async () => {
    const { office, store } = await openShop();
    const Offers = z.object({
      offers: z.array(
        z.looseObject({ offerId: z.string(), version: z.int(), published: z.boolean() }),
      ),
    });
    const offersNow = async () => (await office.ask(Offers, 'GET', '/v1/offers')).offers;
    const [offer] = await offersNow();
    expect(offer).toMatchObject({ version: 1, published: true });
    const { offerId, ...draft } = offer!;
    await office.ask(z.unknown(), 'PUT', `/v1/offers/${offerId}`, draft);
    expect((await offersNow())[0]).toMatchObject({ version: 1, published: true }); // the same words
    await office.ask(z.unknown(), 'PUT', `/v1/offers/${offerId}`, { ...draft, priority: 1 });
    expect((await offersNow())[0]).toMatchObject({ version: 2, published: false });
    expect(await store.changes('catalogue', 'bundle')).toHaveLength(1);
    await office.ask(z.unknown(), 'POST', '/v1/publications', {});
    expect((await offersNow())[0]).toMatchObject({ version: 2, published: true });
  });
});

describe('what a store pulls', () => {
  test('[wire-29] changes come in order, from where the store stands, a few at a time', async () => {
    const { office, store } = await openShop();
    for (let i = 0; i < 5; i += 1) await office.joinPhone({ storeIds: ['bottega'] });
    const all = await store.pull('cohort');
    expect(all.changes).toHaveLength(5);
    const seen: number[] = [];
    const { hqEpoch } = all;
    let rev = 0;
    for (let more = true; more;) {
      const answer = await store.pull('cohort', rev, { hqEpoch, limit: '2' });
      seen.push(...answer.changes.map((change) => change.rev));
      rev = seen.at(-1)!;
      more = answer.more;
    }
    expect(seen).toEqual(all.changes.map((change) => change.rev));
    expect((await store.pull('cohort', rev, { hqEpoch })).changes).toEqual([]);
  });

  test('[wire-30] an epoch that HQ does not know begins at 0', async () => {
    const { store } = await openShop();
    const { hqEpoch } = await store.pull('keys');
    expect(hqEpoch).toBe(store.client.enrolled!.store!.hqEpoch);
    const known = await store.pull('keys', 1, { hqEpoch });
    expect(known).toMatchObject({ reset: false, changes: [] });
    const other = await store.pull('keys', 1, { hqEpoch: 'ab'.repeat(16) });
    expect(other.reset).toBe(true);
    expect(other.changes).toHaveLength(1);
    expect((await store.pull('keys', 1)).reset).toBe(true); // a number of nobody knows which epoch
  });

  test('[duty-20] a pull renews the lease once less than 48 h are left, and the rows with it', async () => {
    const { office, store } = await openShop();
    const phone = await office.joinPhone({ storeIds: ['bottega'] });
    const text = await office.text('recognise');
    await phone.consent(text, true);
    const [first] = await store.changes('keys', 'lease');
    const [before] = await store.changes('cohort', 'row');
    office.clock.now += 20 * HOUR_MS;
    expect((await store.changes('keys', 'lease'))[0]!.notAfter).toBe(first!.notAfter);
    office.clock.now += 5 * HOUR_MS;
    const [renewed] = await store.changes('keys', 'lease');
    expect(renewed).toMatchObject({ leaseId: first!.leaseId, sealingKey: first!.sealingKey });
    expect(renewed!.notAfter).toBe(office.clock.now + 72 * HOUR_MS);
    const [after] = await store.changes('cohort', 'row');
    expect(after!.row.rowVersion).toBe(before!.row.rowVersion + 1);
    const last = after!.row.tokenSources[0]!.temporaryKeys.at(-1)!;
    expect((last.period + 1) * 65_536 * 1_000).toBeGreaterThan(renewed!.notAfter);
  });

  test('[duty-20] a lease that is over is not revived: new keys, and every row anew', async () => {
    const { office, store } = await openShop();
    await office.joinPhone({ storeIds: ['bottega'] });
    const [first] = await store.changes('keys', 'lease');
    const [before] = await store.changes('cohort', 'row');
    office.clock.now += 73 * HOUR_MS;
    const [second] = await store.changes('keys', 'lease');
    expect(second!.leaseId).not.toBe(first!.leaseId);
    expect(second!.sealingKey).not.toBe(first!.sealingKey);
    const [after] = await store.changes('cohort', 'row');
    expect(after!.row.cardHashes).not.toEqual(before!.row.cardHashes);
    expect(after!.row.pseudonym).toBe(before!.row.pseudonym);
  });
});
