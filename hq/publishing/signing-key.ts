import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { SogliaError } from '../../kernel/errors.ts';
import { openKeyFile } from '../../node/key-file.ts';

/** The Ed25519 key that signs bundles. */
export interface BundleSigner {
  /** 32 bytes, base64url: what edges pin. */
  readonly publicKey: string;
  /** First 8 bytes of SHA-256 of the public key, hex. */
  readonly keyId: string;
  /** Over the UTF-8 bytes of `text`, base64url. */
  sign(text: string): string;
}

/**
 * Reads the key, or makes it the first time, in a 0600 file: edges pin it for good.
 * @throws {SogliaError} 'config/invalid' if others may read the file, or it holds no Ed25519 key
 */
export async function openBundleSigner(path: string): Promise<BundleSigner> {
  const key = await openKeyFile(path, () => generateKeyPairSync('ed25519').privateKey);
  if (key.asymmetricKeyType === 'ed25519') return signerOf(key);
  throw new SogliaError('config/invalid', `${path}: holds no Ed25519 key`);
}

function signerOf(privateKey: KeyObject): BundleSigner {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new Error('an Ed25519 key without its public half');
  const digest = createHash('sha256').update(Buffer.from(x, 'base64url')).digest('hex');
  return {
    publicKey: x,
    keyId: digest.slice(0, 16),
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64url'),
  };
}
