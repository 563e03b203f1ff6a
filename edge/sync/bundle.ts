import { createHash } from 'node:crypto';
import { type Crypto, utf8 } from '../../kernel/credentials/crypto.ts';
import { fromBase64Url } from '../../kernel/base64url.ts';
import type { EpochMs, StoreId } from '../../kernel/domain/ids.ts';
import { type Bundle, BundleSchema } from '../../kernel/domain/offer.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { parse } from '../../kernel/parse.ts';
import {
  type BundleManifest,
  BundleManifestSchema,
  type Change,
} from '../../kernel/protocol/hq-sync.ts';

export type BundleChange = Extract<Change, { kind: 'bundle' }>;
export interface SignatureRules {
  readonly crypto: Crypto;
  readonly storeId: StoreId;
  /** Ed25519 public keys that may sign, 32 bytes each, base64url. */
  readonly keys: readonly string[];
}
export interface BundleRules extends SignatureRules {
  /** The highest version that was ever served here. */
  readonly highWater: number;
  readonly now: EpochMs;
}

/**
 * What a signed manifest promises (wire-31).
 * @throws {SogliaError} 'bundle/refused', with the reason
 */
export async function verifyManifest(
  change: BundleChange,
  rules: BundleRules,
): Promise<BundleManifest> {
  const manifest = await verifySignature(change, rules);
  if (manifest.version <= rules.highWater) throw refused('a later version was served already');
  if (rules.now < manifest.notBefore) throw refused('it is not of yet');
  if (rules.now >= manifest.expires) throw refused('it has expired');
  return manifest;
}

/**
 * What it promises, whenever that was: signed by a pinned key, for this store.
 * @throws {SogliaError} 'bundle/refused', with the reason
 */
export async function verifySignature(
  change: Pick<BundleChange, 'manifest' | 'signature' | 'keyId'>,
  rules: SignatureRules,
): Promise<BundleManifest> {
  const key = rules.keys
    .map(fromBase64Url)
    .find((bytes) => bytes && keyIdOf(bytes) === change.keyId);
  if (key === undefined) throw refused('no pinned key signed it');
  const signature = fromBase64Url(change.signature) ?? new Uint8Array();
  if (!(await rules.crypto.verifyEd25519(key, signature, utf8(change.manifest))))
    throw refused('the signature is not of the manifest');
  const manifest = readAs(
    () => parse(BundleManifestSchema, JSON.parse(change.manifest)),
    'manifest',
  );
  if (manifest.storeId !== rules.storeId) throw refused('it is another store’s');
  return manifest;
}

/** @throws {SogliaError} 'bundle/refused' unless the bytes are what the manifest promises */
export function readBundle(content: Uint8Array, manifest: BundleManifest): Bundle {
  if (content.length !== manifest.bytes) throw refused('the content has another length');
  if (createHash('sha256').update(content).digest('hex') !== manifest.sha256)
    throw refused('the content has another hash');
  const bundle = readAs(
    () => parse(BundleSchema, JSON.parse(new TextDecoder().decode(content))),
    'content',
  );
  if (bundle.storeId !== manifest.storeId || bundle.version !== manifest.version)
    throw refused('the content is another version or store');
  return bundle;
}

function keyIdOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
}

function refused(reason: string, cause?: unknown): SogliaError {
  return new SogliaError('bundle/refused', `bundle: ${reason}`, { cause });
}

function readAs<T>(read: () => T, what: string): T {
  try {
    return read();
  } catch (cause) {
    throw refused(`the ${what} cannot be read`, cause);
  }
}
