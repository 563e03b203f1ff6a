import { createPrivateKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { fromHex, toHex } from '../kernel/hex.ts';
import { DeviceIdSchema, hexOf, LanguageSchema, type EpochMs } from '../kernel/domain/ids.ts';
import type { SigningKey } from '../kernel/credentials/crypto.ts';
import { newSigningKey, nodeCrypto, signingKeyOf } from '../node/crypto.ts';
import type {
  PhoneIdentity,
  PhonePlatform,
  PhoneRequest,
  PhoneResponse,
} from '../phone/sdk/platform.ts';

const StoredPhoneSchema = z.object({
  hqUrl: z.string(),
  phoneId: DeviceIdSchema,
  language: LanguageSchema,
  /** PKCS #8 PEM: a simulated person's key may lie in a file, a real one's stays in the phone's keeping. */
  signingKey: z.string(),
  identityKey: hexOf(16),
  rotationExponent: z.int(),
  cardNumber: z.string(),
  codeId: hexOf(8),
  codeKey: hexOf(32),
});

/** A phone on Node: its identity in a 0600 file, its line to HQ by fetch. */
export function filePhone(path: string, now: () => EpochMs = Date.now): PhonePlatform {
  const made = new WeakMap<SigningKey, KeyObject>();
  const keyFrom = (privateKey: KeyObject): SigningKey => {
    const signingKey = signingKeyOf(privateKey);
    made.set(signingKey, privateKey);
    return signingKey;
  };
  return {
    crypto: {
      ...nodeCrypto,
      createSigningKey: () => Promise.resolve(keyFrom(newSigningKey())),
    },
    now,
    send,
    storage: {
      load() {
        if (!existsSync(path)) return Promise.resolve(undefined);
        const stored = StoredPhoneSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
        const identity: PhoneIdentity = {
          ...stored,
          signingKey: keyFrom(createPrivateKey(stored.signingKey)),
          identityKey: bytes(stored.identityKey),
          codeId: bytes(stored.codeId),
          codeKey: bytes(stored.codeKey),
        };
        return Promise.resolve(identity);
      },
      save(identity) {
        const privateKey = made.get(identity.signingKey);
        if (privateKey === undefined) throw new Error('a signing key of another platform');
        const stored: z.infer<typeof StoredPhoneSchema> = {
          ...identity,
          signingKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
          identityKey: toHex(identity.identityKey),
          codeId: toHex(identity.codeId),
          codeKey: toHex(identity.codeKey),
        };
        writeFileSync(path, JSON.stringify(stored), { mode: 0o600 });
        return Promise.resolve();
      },
    },
  };
}

async function send({
  method,
  url,
  headers,
  body,
  deadlineMs,
}: PhoneRequest): Promise<PhoneResponse> {
  const response = await fetch(url, {
    method,
    headers,
    signal: AbortSignal.timeout(deadlineMs),
    ...(body !== undefined && { body }),
  });
  return { status: response.status, text: await response.text() };
}

function bytes(hex: string): Uint8Array<ArrayBuffer> {
  return fromHex(hex) ?? new Uint8Array();
}
