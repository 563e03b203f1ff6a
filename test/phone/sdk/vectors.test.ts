import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { encodeCarrier, carrierUuid } from '../../../kernel/adverts/carrier.ts';
import { encodeEddystoneEid } from '../../../kernel/adverts/eddystone-eid.ts';
import { fromBase64Url, toBase64Url } from '../../../kernel/base64url.ts';
import { utf8 } from '../../../kernel/credentials/crypto.ts';
import { matchCodeOf } from '../../../kernel/credentials/match-code.ts';
import { macOf, minuteOf } from '../../../kernel/credentials/rotating-code.ts';
import {
  identityKeyOf,
  periodOf,
  temporaryKeyOf,
  tokenOf,
  windowStart,
} from '../../../kernel/credentials/token.ts';
import { fromHex, toHex } from '../../../kernel/hex.ts';
import { consentProof, reportProof } from '../../../kernel/protocol/phone-api.ts';
import { confirmationProof } from '../../../kernel/protocol/relay.ts';
import { encodeRotatingCode } from '../../../kernel/scans/own-code.ts';
import {
  agreementKeyFromRaw,
  newSigningKey,
  nodeCrypto,
  signingKeyOf,
} from '../../../node/crypto.ts';

const FILE = fileURLToPath(new URL('../../../phone/sdk/vectors.json', import.meta.url));
const bytes = (hex: string) => fromHex(hex)!;
const CARRIER_FLAGS = new Uint8Array(4);
const BEACON = {
  ibeacon: { uuid: 'f7826da6-4fa2-4e98-8024-bc5b71e0893e', major: 17, minor: 4 },
};

/** Agreement and identity key are those of RadiusNetworks/ephemeral_calc; the rest follows from them. */
async function computed() {
  const resolver = agreementKeyFromRaw(
    bytes('61136adab1bf302f1c49e860196aeefd8fbaa41518b4c226372d6cc469c47278'),
  );
  const phonePrivateKey = '6ea13b5ef3cc642fd6102c1d85c096b510f56efc488114a4562a987bf4525628';
  const phone = agreementKeyFromRaw(bytes(phonePrivateKey));
  const secret = await phone.agree(resolver.publicKey);
  const identityKey = await identityKeyOf(nodeCrypto, secret, resolver.publicKey, phone.publicKey);
  const rotationExponent = 9;
  const tokens = [];
  for (const unixSeconds of [0, 511, 512, 65_535, 65_536, 1_800_000_000, 4_294_967_295]) {
    const temporaryKey = await temporaryKeyOf(nodeCrypto, identityKey, unixSeconds);
    const token = await tokenOf(nodeCrypto, temporaryKey, rotationExponent, unixSeconds);
    tokens.push({
      unixSeconds,
      period: periodOf(unixSeconds),
      temporaryKey: toHex(temporaryKey),
      windowStart: windowStart(rotationExponent, unixSeconds),
      token: toHex(token),
      androidAdvert: toHex(encodeEddystoneEid({ txPowerDbm: -18, eid: token })),
      iosServiceUuid: carrierUuid({ token, flags: CARRIER_FLAGS }),
      iosAdvert: toHex(encodeCarrier({ token, flags: CARRIER_FLAGS })),
    });
  }
  const codeId = '0011223344556677';
  const codeKey = 'a0'.repeat(32);
  const codes = [];
  for (const unixMs of [1_800_000_000_000, 1_800_000_059_999, 1_800_000_060_000]) {
    const minute = minuteOf(unixMs);
    const mac = await macOf(nodeCrypto, bytes(codeKey), bytes(codeId), minute);
    const text = encodeRotatingCode({ codeId: bytes(codeId), minute, mac });
    codes.push({ unixMs, minute, mac: toHex(mac), text });
  }
  const nonce = 'AAECAwQFBgcICQoLDA0ODw';
  return {
    agreement: {
      resolverPublicKey: toHex(resolver.publicKey),
      phonePrivateKey,
      phonePublicKey: toHex(phone.publicKey),
      sharedSecret: toHex(secret),
      identityKey: toHex(identityKey),
    },
    rotationExponent,
    tokens,
    rotatingCode: { codeId, codeKey, codes },
    matchCode: { nonce, matchCode: await matchCodeOf(nodeCrypto, nonce) },
    messages: {
      confirmation: confirmationProof('bottega', 'kiosk-1', nonce),
      report: reportProof('bottega', BEACON, 1_800_000_000_000),
      consent: consentProof({
        purpose: 'recognise',
        given: true,
        textVersion: '1',
        textSha256: '00'.repeat(32),
        language: 'it',
        at: 1_800_000_000_000,
      }),
    },
  };
}

interface Signature {
  /** 65 bytes, base64url. */
  readonly publicKey: string;
  readonly message: string;
  /** 64 bytes r ‖ s, base64url. */
  readonly signature: string;
}
type Vectors = Awaited<ReturnType<typeof computed>> & { readonly signature: Signature };
const read = () => JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;

/** A signature is another one each time, so the one that stands is kept. */
async function printed(): Promise<Vectors> {
  const vectors = await computed();
  if (existsSync(FILE)) return { ...vectors, signature: read().signature };
  const key = signingKeyOf(newSigningKey());
  const message = vectors.messages.confirmation;
  const signature = toBase64Url(await key.sign(utf8(message)));
  return { ...vectors, signature: { publicKey: toBase64Url(key.publicKey), message, signature } };
}

test('the vectors for other languages are what this code computes (SOGLIA_DOCS=1 prints them anew)', async () => {
  if (process.env['SOGLIA_DOCS'] === '1')
    writeFileSync(FILE, `${JSON.stringify(await printed(), null, 2)}\n`);
  expect(read()).toEqual(await printed());
});

test('the identity key is the one that others compute', () => {
  expect(read().agreement.identityKey).toBe('f40d6f18e5882260e847e99ca33ac44f');
});

test('the signature stands for its message and for no other', async () => {
  const { publicKey, message, signature } = read().signature;
  const holds = (text: string) =>
    nodeCrypto.verify(fromBase64Url(publicKey)!, fromBase64Url(signature)!, utf8(text));
  expect(await holds(message)).toBe(true);
  expect(await holds(`${message} `)).toBe(false);
});
