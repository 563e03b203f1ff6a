import { join as joinPath } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { start } from '../../hq/main.ts';
import { decodeAdvert } from '../../kernel/adverts/advert.ts';
import type { EpochMs, StationId, StoreId } from '../../kernel/domain/ids.ts';
import { judgeRotatingCode } from '../../kernel/credentials/rotating-code.ts';
import { toHex } from '../../kernel/hex.ts';
import { JoinMadeSchema } from '../../kernel/protocol/console-api.ts';
import { decodeOwnCode } from '../../kernel/scans/own-code.ts';
import { nodeCrypto } from '../../node/crypto.ts';
import { createLog } from '../../node/logs.ts';
import { askOperator } from '../../node/operator-client.ts';
import { consentTexts, join, openPhone, type Phone } from '../../phone/sdk/phone.ts';
import type { PhoneIdentity, PhonePlatform } from '../../phone/sdk/platform.ts';
import { webCrypto } from '../../ui/crypto.ts';
import { endLater } from '../support/endings.ts';
import { tempDir } from '../support/temp-dir.ts';

const log = createLog('hq', { level: 'silent' });
const store = 'bottega' as StoreId;
let dataDir: string;
let hqUrl: string;
let operatorSocket: string;

async function startHq(port = 0): Promise<() => Promise<void>> {
  const hq = await start({ dataDir, port, log });
  hqUrl = hq.url;
  operatorSocket = hq.operatorSocket;
  return () => hq.stop();
}
let stopHq: () => Promise<void>;

beforeAll(async () => {
  dataDir = joinPath(tempDir(), 'hq');
  stopHq = await startHq();
  endLater(() => stopHq());
  const body = { name: 'Bottega Soglia' };
  await askOperator(operatorSocket, z.unknown(), {
    method: 'PUT',
    path: `/v1/stores/${store}`,
    body,
  });
});

/** A phone of this process: it remembers as long as the test lasts. */
function phonePlatform(crypto: PhonePlatform['crypto'], now: () => EpochMs): PhonePlatform {
  let held: PhoneIdentity | undefined;
  return {
    crypto,
    now,
    send: async ({ method, url, headers, body, deadlineMs }) => {
      const signal = AbortSignal.timeout(deadlineMs);
      const sent = body === undefined ? {} : { body };
      const response = await fetch(url, { method, headers, signal, ...sent });
      return { status: response.status, text: await response.text() };
    },
    storage: {
      load: () => Promise.resolve(held),
      save: (identity) => {
        held = identity;
        return Promise.resolve();
      },
    },
  };
}

async function newJoinToken(): Promise<string> {
  const body = { storeIds: [store], test: true };
  const ask = { method: 'POST', path: '/v1/joins', body } as const;
  return (await askOperator(operatorSocket, JoinMadeSchema, ask)).joinToken;
}

describe.each([
  { name: 'on Node', crypto: nodeCrypto },
  { name: 'in a browser', crypto: webCrypto },
])('a phone $name', ({ crypto }) => {
  let phone: Phone;
  let platform: PhonePlatform;
  beforeEach(async () => {
    platform = phonePlatform(crypto, () => Date.now());
    phone = await join(platform, { hqUrl, joinToken: await newJoinToken(), language: 'it' });
  });

  test('joins with no consent given, and its card is one of ours', async () => {
    const { consents, cardNumber } = await phone.me();
    expect(consents.filter(({ given }) => given)).toEqual([]);
    expect(cardNumber).toBe(phone.cardNumber);
    expect(decodeOwnCode(cardNumber)).toMatchObject({ kind: 'own-card' });
  });

  test('[duty-5] says yes and no in one step each, signed, and HQ holds what it said', async () => {
    const texts = await consentTexts(platform, hqUrl, 'it');
    const text = texts.find(({ purpose }) => purpose === 'recognise')!;
    await phone.consent(text, true);
    expect(await phone.given()).toEqual(['recognise']);
    await phone.consent(text, false);
    expect(await phone.given()).toEqual([]);
  });

  test('is the same phone when the app is opened again', async () => {
    const opened = await openPhone(platform);
    expect(opened?.cardNumber).toBe(phone.cardNumber);
    expect(await opened?.currentToken()).toEqual(await phone.currentToken());
    expect((await opened?.me())?.cardNumber).toBe(phone.cardNumber);
  });

  test('is told that a shop is away when nobody there can take its confirmation', async () => {
    const challenge = { storeId: store, stationId: 'banco' as StationId, nonce: 'A'.repeat(22) };
    expect(await phone.confirm(challenge)).toEqual({ kind: 'refused', reason: 'store-away' });
    const elsewhere = { ...challenge, storeId: 'altrove' as StoreId };
    expect(await phone.confirm(elsewhere)).toEqual({ kind: 'refused', reason: 'not-known-here' });
  });

  test('shows a code that holds for its minute, and sends its token by both carriers', async () => {
    const code = decodeOwnCode(await phone.rotatingCode());
    if (code.kind !== 'rotating-code') throw new Error(code.kind);
    const { codeKey } = (await platform.storage.load())!;
    expect(await judgeRotatingCode(nodeCrypto, codeKey, code, Date.now())).toBe('good');
    const token = toHex(await phone.currentToken());
    const android = decodeAdvert(await phone.advert('android'));
    const ios = decodeAdvert(await phone.advert('ios'));
    expect(android.kind === 'eddystone-eid' && toHex(android.eid)).toBe(token);
    expect(ios.kind === 'carrier' && toHex(ios.token)).toBe(token);
  });

  test('a joining link lets one phone in', async () => {
    const joinToken = await newJoinToken();
    const joining = { hqUrl, joinToken, language: 'en' };
    await join(
      phonePlatform(crypto, () => Date.now()),
      joining,
    );
    const again = join(
      phonePlatform(crypto, () => Date.now()),
      joining,
    );
    await expect(again).rejects.toMatchObject({ name: 'SogliaError' });
  });
});

test('a phone goes on after HQ was away, without joining anew', async () => {
  const platform = phonePlatform(nodeCrypto, () => Date.now());
  const phone = await join(platform, { hqUrl, joinToken: await newJoinToken(), language: 'it' });
  await phone.me();
  const port = Number(new URL(hqUrl).port);
  await stopHq();
  await expect(phone.me()).rejects.toMatchObject({ code: 'hq/unreachable' });
  expect(await phone.rotatingCode()).toMatch(/^SGR/);
  stopHq = await startHq(port);
  expect((await phone.me()).cardNumber).toBe(phone.cardNumber);
});
