import { hash } from 'node:crypto';

/** SHA-256(salt ‖ body), hex. Erasure deletes salt and body; this stays, and tells nothing without them. @param salt - hex */
export function contentHashOf(salt: string, body: string): string {
  return hash(
    'sha256',
    Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(body, 'utf8')]),
    'hex',
  );
}

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
  const seq = Buffer.allocUnsafe(8);
  seq.writeBigUInt64BE(BigInt(link.seq));
  const row = Buffer.concat([
    Buffer.from(previous, 'hex'),
    Buffer.from(`${link.lane}\0`, 'utf8'),
    seq,
    Buffer.from(`${link.type}\0`, 'utf8'),
    Buffer.from(link.contentHash, 'hex'),
  ]);
  // In one call: a Hash object apiece is a burden to the garbage collector, just when many tills wait.
  return hash('sha256', row, 'hex');
}
