import { hash } from 'node:crypto';

/** SHA-256(salt ‖ body), hex. Erasure deletes salt and body; this stays, and tells nothing without them. @param salt - hex */
export function contentHashOf(salt: string, body: string): string {
  const saltBytes = salt.length / 2;
  const content = Buffer.allocUnsafe(saltBytes + Buffer.byteLength(body));
  content.write(salt, 'hex');
  content.write(body, saltBytes);
  return hash('sha256', content, 'hex');
}

const SEQ_BYTES = 8;

/** What the hash of a journal row is made of. */
export interface ChainLink {
  readonly lane: string;
  readonly seq: number;
  readonly type: string;
  /** Hex. */
  readonly contentHash: string;
}

/**
 * SHA-256(previous ‖ lane ‖ 0x00 ‖ seq u64 BE ‖ type ‖ 0x00 ‖ contentHash), hex: each row vouches for all before it
 * in its lane (kernel/protocol/hq-sync.ts). Synchronous, since the edge takes it inside a transaction.
 * @param previous - rowHash of the row before, hex; CHAIN_START for the first of an epoch
 */
export function rowHashOf(previous: string, link: ChainLink): string {
  const { lane, seq, type, contentHash } = link;
  const names = Buffer.byteLength(lane) + Buffer.byteLength(type) + 2;
  // One buffer, and one call: a Hash object apiece is a burden to the garbage collector, just when many tills wait.
  const row = Buffer.allocUnsafe((previous.length + contentHash.length) / 2 + names + SEQ_BYTES);
  let at = row.write(previous, 'hex');
  at += row.write(`${lane}\0`, at);
  at = row.writeBigUInt64BE(BigInt(seq), at);
  at += row.write(`${type}\0`, at);
  row.write(contentHash, at, 'hex');
  return hash('sha256', row, 'hex');
}
