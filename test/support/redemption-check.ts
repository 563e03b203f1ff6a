import { type Connection, openForWriting } from '../../edge/db/open-database.ts';
import { CHAIN_START } from '../../kernel/protocol/hq-sync.ts';
import { contentHashOf, rowHashOf } from '../../node/journal-chain.ts';
import { numberOf } from './numbered-redemption.ts';

/** What is wrong with a store's redemptions, by their numbers (numbered-redemption.ts). */
export interface Findings {
  /** Acknowledged, and not both used and in the journal. */
  readonly lost: readonly number[];
  /** More than once in the journal. */
  readonly doubled: readonly number[];
  /** Used, but not in the journal, or the other way round: one transaction came through in part. */
  readonly torn: readonly number[];
  /** Where the file is damaged, and where the lane has a gap or its chain of hashes does not hold. */
  readonly broken: readonly string[];
}

export const NOTHING_WRONG: Findings = { lost: [], doubled: [], torn: [], broken: [] };

/**
 * Opens the store's database as the store does, so through recovery, and holds it against what was acknowledged.
 * @throws {Error} where it does not open
 */
export function findingsIn(file: string, acknowledged: Iterable<number>): Findings {
  const db = openForWriting(file);
  try {
    const broken: string[] = [];
    const integrity = db.pragma('integrity_check', { simple: true });
    if (integrity !== 'ok') broken.push(String(integrity));
    const rows = db.prepare<[], { coupon_id: string }>('SELECT coupon_id FROM redemption').all();
    const used = new Set(rows.map((row) => numberOf(row.coupon_id)));
    const journalled = new Set<number>();
    const doubled: number[] = [];
    for (const number of journalledIn(db, broken)) {
      if (journalled.has(number)) doubled.push(number);
      journalled.add(number);
    }
    return {
      lost: [...acknowledged].filter((number) => !used.has(number) || !journalled.has(number)),
      doubled,
      torn: [...new Set([...used, ...journalled])].filter(
        (number) => used.has(number) !== journalled.has(number),
      ),
      broken,
    };
  } finally {
    db.close();
  }
}

interface JournalRow {
  readonly seq: number;
  readonly type: string;
  readonly previous_hash: string;
  readonly content_hash: string;
  readonly row_hash: string;
  readonly salt: string | null;
  readonly body: string | null;
}

/** The coupons of the lane in its order; every number, hash and body is checked on the way. */
function* journalledIn(db: Connection, broken: string[]): Generator<number> {
  const lane = 'redeem';
  const rows = db.prepare<[string], JournalRow>(
    `SELECT seq, type, previous_hash, content_hash, row_hash, salt, body
     FROM journal WHERE lane = ? ORDER BY seq`,
  );
  let [last, hash] = [0, CHAIN_START];
  for (const row of rows.iterate(lane)) {
    const { seq, type, content_hash: contentHash, salt, body } = row;
    if (seq !== last + 1) broken.push(`gap after ${String(last)}`);
    if (row.previous_hash !== hash) broken.push(`hash before ${String(seq)}`);
    last = seq;
    hash = row.row_hash;
    if (hash !== rowHashOf(row.previous_hash, { lane, seq, type, contentHash }))
      broken.push(`hash of ${String(seq)}`);
    if (salt === null || body === null || contentHashOf(salt, body) !== contentHash)
      broken.push(`body of ${String(seq)}`);
    else yield numberOf((JSON.parse(body) as { couponId: string }).couponId);
  }
}
