import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { tokenOf } from '../../../kernel/credentials/token.ts';
import { fromHex, toHex } from '../../../kernel/hex.ts';
import { PURPOSES } from '../../../kernel/domain/cohort.ts';
import { decodeOwnCode } from '../../../kernel/scans/own-code.ts';
import { CustomersSchema, JoinMadeSchema } from '../../../kernel/protocol/console-api.ts';
import { consentProof } from '../../../kernel/protocol/phone-api.ts';
import { utf8 } from '../../../kernel/credentials/crypto.ts';
import { HqSession } from '../../../phone/sdk/hq-session.ts';
import { lookUpHash } from '../../../kernel/credentials/look-up-hash.ts';
import { fromBase64Url, toBase64Url } from '../../../kernel/base64url.ts';
import { nodeCrypto } from '../../../node/crypto.ts';
import { memoryPhone, startOffice } from '../../support/head-office.ts';
import { join as joinAs } from '../../../phone/sdk/phone.ts';

const HOUR_MS = 3_600_000;

async function openShop() {
  const office = await startOffice();
  await office.makeStore('bottega');
  await office.publishDemo();
  return { office, store: await office.enrolStore('bottega') };
}

describe('joining', () => {
  test('the store gets keys that make the very tokens which the phone sends', async () => {
    const { office, store } = await openShop();
    const phone = await office.joinPhone({ storeIds: ['bottega'] });
    await phone.consent(await office.text('recognise'), true);
    const [change] = await store.changes('cohort', 'row');
    const seconds = Math.floor(office.clock.now / 1_000);
    const source = change!.row.tokenSources[0]!;
    const key = source.temporaryKeys.find(({ period }) => period === seconds >>> 16)!;
    const token = await tokenOf(nodeCrypto, fromHex(key.key)!, 9, seconds);
    expect(toHex(token)).toBe(toHex(await phone.currentToken()));
  });

  test('[cohort-8] keys begin a window before the lease was renewed, and older ones are in no row any more', async () => {
    const { office, store } = await openShop();
    const phone = await office.joinPhone({ storeIds: ['bottega'] });
    await phone.consent(await office.text('recognise'), true);
    const periodsOfRow = async () => {
      const changes = await store.changes('cohort', 'row');
      expect(changes).toHaveLength(1); // the row before is not kept either
      return changes[0]!.row.tokenSources[0]!.temporaryKeys.map(({ period }) => period);
    };
    const periodAt = (ms: number) => Math.floor(ms / 1_000) >>> 16;
    const given = office.clock.now;
    const first = periodAt(given - 512_000);
    expect((await periodsOfRow())[0]).toBe(first);
    office.clock.now += 23 * HOUR_MS;
    expect((await periodsOfRow())[0]).toBe(first);
    office.clock.now += 2 * HOUR_MS;
    const renewed = await periodsOfRow();
    expect(renewed[0]).toBe(periodAt(office.clock.now - 512_000));
    expect(renewed.at(-1)).toBe(periodAt(office.clock.now + 72 * HOUR_MS + 512_000));
    expect(renewed.length).toBeLessThanOrEqual(6);
  });

  test('card and rotating code are found by their keyed hashes', async () => {
    const { office, store } = await openShop();
    const phone = await office.joinPhone({ storeIds: ['bottega'] });
    const [lease] = await store.changes('keys', 'lease');
    const [change] = await store.changes('cohort', 'row');
    const indexKey = fromBase64Url(lease!.indexKey)!;
    const card = await lookUpHash(nodeCrypto, indexKey, 'card', phone.cardNumber);
    expect(change!.row.cardHashes).toEqual([card]);
    const code = decodeOwnCode(await phone.rotatingCode());
    if (code.kind !== 'rotating-code') throw new Error('no rotating code');
    const hash = await lookUpHash(nodeCrypto, indexKey, 'code', toHex(code.codeId));
    expect(change!.row.rotatingCodes.map(({ codeIdHash }) => codeIdHash)).toEqual([hash]);
  });

  test('a link serves once and for an hour', async () => {
    const { office } = await openShop();
    const invite = () => office.ask(JoinMadeSchema, 'POST', '/v1/joins', { storeIds: ['bottega'] });
    const platform = () => memoryPhone(() => office.clock.now);
    const joining = ({ joinToken }: { joinToken: string }) => ({
      hqUrl: office.hq.url,
      joinToken,
      language: 'it',
    });
    const made = await invite();
    expect(new URL(made.url).hash).toBe(`#join=${made.joinToken}`);
    await joinAs(platform(), joining(made));
    await expect(joinAs(platform(), joining(made))).rejects.toMatchObject({
      code: 'enrolment/refused',
    });
    const late = await invite();
    office.clock.now += HOUR_MS;
    await expect(joinAs(platform(), joining(late))).rejects.toMatchObject({
      code: 'enrolment/refused',
    });
  });

  test('keys that are none are refused, and the link still serves', async () => {
    const { office } = await openShop();
    const post = { storeIds: ['bottega'] };
    const { joinToken } = await office.ask(JoinMadeSchema, 'POST', '/v1/joins', post);
    const signing = (await nodeCrypto.createSigningKey()).publicKey;
    const agreement = (await nodeCrypto.createAgreementKey()).publicKey;
    const send = async (signingKey: Uint8Array, agreementKey: Uint8Array) => {
      const response = await fetch(`${office.hq.url}/v1/phone/join`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          joinToken,
          signingKey: toBase64Url(signingKey),
          agreementKey: toBase64Url(agreementKey),
          language: 'it',
        }),
      });
      return { status: response.status, text: await response.text() };
    };
    const offCurve = signing.map((byte, i) => (i === 64 ? byte ^ 1 : byte));
    expect(await send(offCurve, agreement)).toMatchObject({ status: 400 });
    const zeros = await send(signing, new Uint8Array(32)); // a key of small order
    expect(zeros.status).toBe(400);
    expect(zeros.text).toContain('agreementKey:');
    expect((await send(signing, agreement)).status).toBe(200);
  });

  test('a second phone joins the same customer; both are in the row', async () => {
    const { office, store } = await openShop();
    await office.joinPhone({ storeIds: ['bottega'] });
    const { customers } = await office.ask(CustomersSchema, 'GET', '/v1/customers');
    const { customerId } = customers[0]!;
    await office.joinPhone({ storeIds: ['bottega'], customerId });
    const rows = await store.changes('cohort', 'row');
    expect(rows).toHaveLength(1);
    expect(rows[0]!.row.phonePublicKeys).toHaveLength(2);
    expect(rows[0]!.row.cardHashes).toHaveLength(1);
  });

  test('two stores know a person by two names, and the leased coupon sits with one', async () => {
    const office = await startOffice();
    await office.makeStore('bottega');
    await office.makeStore('altra');
    await office.publishDemo();
    const [one, two] = [await office.enrolStore('bottega'), await office.enrolStore('altra')];
    await office.joinPhone({ storeIds: ['bottega', 'altra'] });
    const [first] = await one.changes('cohort', 'row');
    const [second] = await two.changes('cohort', 'row');
    expect(first!.row.pseudonym).not.toBe(second!.row.pseudonym);
    expect(first!.row.cardHashes).not.toEqual(second!.row.cardHashes);
    const codes = [first!, second!].flatMap(({ row }) => row.coupons.map(({ code }) => code));
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.length).toBeGreaterThan(0);
  });
});

describe('consent', () => {
  test('[duty-1] none is given by joining, and each changes itself alone', async () => {
    const { office } = await openShop();
    const phone = await office.joinPhone({ storeIds: ['bottega'] });
    expect(await phone.given()).toEqual([]);
    for (const [i, purpose] of PURPOSES.entries()) {
      await phone.consent(await office.text(purpose), true);
      expect(await phone.given()).toEqual(PURPOSES.slice(0, i + 1));
      office.clock.now += 1_000;
    }
    await phone.consent(await office.text('market'), false);
    expect(await phone.given()).toEqual(PURPOSES.filter((purpose) => purpose !== 'market'));
  });

  test('[duty-2] what was shown is what its hash says, in both languages', async () => {
    const { office } = await openShop();
    const Texts = z.object({
      texts: z.array(
        z.object({
          purpose: z.string(),
          version: z.string(),
          language: z.string(),
          title: z.string(),
          body: z.string(),
          sha256: z.string(),
        }),
      ),
    });
    for (const language of ['it', 'en']) {
      const response = await fetch(`${office.hq.url}/v1/phone/texts?language=${language}`);
      const { texts } = Texts.parse(await response.json());
      expect(texts.map(({ purpose }) => purpose)).toEqual([...PURPOSES]);
      for (const { purpose, version, language: of, title, body, sha256 } of texts) {
        expect(of).toBe(language);
        const text = `${purpose}\n${version}\n${of}\n${title}\n${body}`;
        expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
        expect(body).toContain('Bottega Prova');
        expect(body).toMatch(purpose === 'market' ? /24 (mesi|months)/ : /12 (mesi|months)/);
      }
    }
  });

  test('[duty-2] a signature over something else, another text or a time to come is refused by name', async () => {
    const { office } = await openShop();
    const phone = await office.joinPhone({ storeIds: ['bottega'] });
    const text = await office.text('personalise');
    const other = await office.text('market');
    const wrong = phone.consent({ ...text, sha256: other.sha256 }, true);
    await expect(wrong).rejects.toThrow(/acts\.0\.textSha256/);
    const unknown = phone.consent({ ...text, version: '1999' }, true);
    await expect(unknown).rejects.toThrow(/acts\.0\.textSha256/);
    office.clock.now += HOUR_MS;
    const ahead = phone.consent(text, true);
    office.clock.now -= HOUR_MS;
    await expect(ahead).rejects.toThrow(/acts\.0\.at/);
    expect(await phone.given()).toEqual([]);
  });

  test('[duty-2] an act that another phone signed is refused by name', async () => {
    const { office } = await openShop();
    const post = { storeIds: ['bottega'] };
    const { joinToken } = await office.ask(JoinMadeSchema, 'POST', '/v1/joins', post);
    const platform = memoryPhone(() => office.clock.now);
    const phone = await joinAs(platform, { hqUrl: office.hq.url, joinToken, language: 'it' });
    const { purpose, version, sha256, language } = await office.text('market');
    const act = {
      ...{ purpose, given: true, textVersion: version, textSha256: sha256, language },
      at: office.clock.now,
    };
    const stranger = await nodeCrypto.createSigningKey();
    const signature = toBase64Url(await stranger.sign(utf8(consentProof(act))));
    const session = new HqSession(platform, (await platform.storage.load())!);
    const body = { acts: [{ ...act, signature }] };
    const sent = session.ask(z.unknown(), 'POST', '/v1/phone/consents', body);
    await expect(sent).rejects.toThrow(/acts\.0\.signature/);
    expect(await phone.given()).toEqual([]);
  });

  test('[duty-8] an older yes that arrives after a no changes nothing', async () => {
    const { office, store } = await openShop();
    const phone = await office.joinPhone({ storeIds: ['bottega'], segments: ['wine'] });
    const text = await office.text('personalise');
    const start = office.clock.now;
    office.clock.now = start + 2_000;
    await phone.consent(text, true);
    office.clock.now = start + 4_000;
    await phone.consent(text, false);
    office.clock.now = start + 3_000; // said before the no, sent after it
    await phone.consent(text, true);
    expect(await phone.given()).toEqual([]);
    office.clock.now = start + 5_000;
    await phone.consent(text, true);
    expect(await phone.given()).toEqual(['personalise']);
    expect(await store.changes('erase', 'withdrawn')).toHaveLength(1);
  });

  test('[duty-11] what only serves a purpose is in the row only while that purpose is granted', async () => {
    const { office, store } = await openShop();
    const options = { storeIds: ['bottega'], segments: ['wine'], firstName: 'Filomena' };
    const phone = await office.joinPhone(options);
    const rowNow = async () => (await store.changes('cohort', 'row'))[0]!.row;
    const plain = await rowNow();
    expect(plain).toMatchObject({ segments: [], tokenSources: [], grants: [] });
    expect(plain.firstName).toBeUndefined();
    const plainOffers = plain.coupons.map(({ offerId }) => offerId as string);
    expect(plainOffers.sort()).toEqual(['benvenuto-gianduiotti', 'pasta-punti']);
    for (const purpose of ['personalise', 'recognise', 'show-name'] as const)
      await phone.consent(await office.text(purpose), true);
    const full = await rowNow();
    expect(full.rowVersion).toBeGreaterThan(plain.rowVersion);
    expect(full).toMatchObject({ segments: ['wine'], firstName: 'Filomena' });
    expect(full.tokenSources).toHaveLength(1);
    expect(full.coupons.map(({ offerId }) => offerId as string)).toContain('barbera-per-te');
    office.clock.now += 1_000;
    for (const purpose of ['personalise', 'recognise', 'show-name'] as const)
      await phone.consent(await office.text(purpose), false);
    const after = await rowNow();
    expect({ ...after, rowVersion: 0 }).toEqual({ ...plain, rowVersion: 0 });
  });

  test('[duty-11] a row has no card number, name or key of a person in it', async () => {
    const { office, store } = await openShop();
    const phone = await office.joinPhone({ storeIds: ['bottega'], firstName: 'Filomena' });
    await phone.consent(await office.text('recognise'), true);
    await office.ask(z.unknown(), 'POST', '/v1/customers', {
      language: 'it',
      storeIds: ['bottega'],
      firstName: 'Ermenegilda',
      cardNumber: '2990001234567',
    });
    const response = await store.fetch('GET', '/v1/pull?stream=cohort&rev=0');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.includes('codeIdHash')).toBe(true);
    const { customers } = await office.ask(CustomersSchema, 'GET', '/v1/customers');
    const secrets = [
      phone.cardNumber,
      '2990001234567',
      'Filomena',
      'Ermenegilda',
      ...customers.map(({ customerId }) => customerId),
    ];
    for (const secret of secrets) expect([secret, bytes.includes(secret)]).toEqual([secret, false]);
  });

  test('[duty-2] a record cannot be changed afterwards', async () => {
    const { office } = await openShop();
    const phone = await office.joinPhone({ storeIds: ['bottega'] });
    await phone.consent(await office.text('market'), true);
    const db = new Sqlite(join(office.dataDir, 'hq.sqlite'));
    expect(() => db.exec('UPDATE consent_record SET given = 0')).toThrow(/only ever added/);
    db.close();
    expect(statSync(join(office.dataDir, 'bundle-key.pem')).mode & 0o777).toBe(0o600);
  });
});
