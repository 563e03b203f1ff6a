import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import type { Pseudonym } from '../../kernel/domain/ids.ts';
import { RandomPool } from '../../node/random-pool.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const random = new RandomPool();

/**
 * A cohort row under AES-256-GCM: nonce (12 bytes) ‖ ciphertext ‖ tag (16). Pseudonym and version are bound to it, so that
 * a row put in another's place, or an older one, does not open.
 * @param key - the lease's sealing key, 32 bytes
 */
export function sealRow(key: Uint8Array, row: CohortRow): Uint8Array {
  return seal(key, JSON.stringify(row), rowBounds(row.pseudonym, row.rowVersion));
}

/** The row; undefined where the key, the pseudonym or the version is another one, or a bit is. */
export function openRow(
  key: Uint8Array,
  sealed: {
    readonly pseudonym: Pseudonym;
    readonly rowVersion: number;
    readonly sealed: Uint8Array;
  },
): CohortRow | undefined {
  // Parsed before it was sealed, and the tag holds.
  return open(key, sealed.sealed, rowBounds(sealed.pseudonym, sealed.rowVersion)) as
    CohortRow | undefined;
}

/** nonce ‖ ciphertext ‖ tag. @param boundTo - without which it does not open */
export function seal(key: Uint8Array, text: string, boundTo: Uint8Array): Uint8Array {
  const nonce = Buffer.alloc(NONCE_BYTES);
  random.fill(nonce);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(boundTo);
  const encrypted = cipher.update(text, 'utf8');
  return Buffer.concat([nonce, encrypted, cipher.final(), cipher.getAuthTag()]);
}

/** The value of the JSON text, whose bytes are zeroed; undefined where it does not open. */
export function open(key: Uint8Array, sealed: Uint8Array, boundTo: Uint8Array): unknown {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const cipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  cipher.setAAD(boundTo);
  cipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const text = cipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES));
  try {
    cipher.final(); // of GCM it has no bytes of its own, only the verdict on the tag
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  } finally {
    text.fill(0);
  }
}

function rowBounds(pseudonym: Pseudonym, rowVersion: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.write(pseudonym, 'hex');
  bytes.writeBigUInt64BE(BigInt(rowVersion), 16);
  return bytes;
}
