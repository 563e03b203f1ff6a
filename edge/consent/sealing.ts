import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import type { Pseudonym } from '../../kernel/domain/ids.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * A cohort row under AES-256-GCM: nonce (12 bytes) ‖ ciphertext ‖ tag (16). Pseudonym and version are bound to it, so that
 * a row put in another's place, or an older one, does not open.
 * @param key - the lease's sealing key, 32 bytes
 */
export function sealRow(key: Uint8Array, row: CohortRow): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(boundTo(row.pseudonym, row.rowVersion));
  const text = cipher.update(JSON.stringify(row), 'utf8');
  return Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]);
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
  const bytes = sealed.sealed;
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  cipher.setAAD(boundTo(sealed.pseudonym, sealed.rowVersion));
  cipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    const text = Buffer.concat([
      cipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)),
      cipher.final(),
    ]);
    return JSON.parse(text.toString('utf8')) as CohortRow; // parsed before it was sealed, and the tag holds
  } catch {
    return undefined;
  }
}

function boundTo(pseudonym: Pseudonym, rowVersion: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.write(pseudonym, 'hex');
  bytes.writeBigUInt64BE(BigInt(rowVersion), 16);
  return bytes;
}
