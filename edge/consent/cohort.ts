import { lookUpHash } from '../../kernel/credentials/look-up-hash.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import type { CohortRow, HeldCoupon } from '../../kernel/domain/cohort.ts';
import type { EpochMs, Pseudonym } from '../../kernel/domain/ids.ts';
import type { StoreReads } from '../reads.ts';
import type { Recognisable } from '../recognition/token-table.ts';
import type { SealedRow } from '../writes.ts';
import type { HeldLease } from './lease.ts';
import { openRow, sealRow } from './sealing.ts';

export type LookUpKind = 'card' | 'code' | 'coupon';
export interface FoundCoupon {
  readonly pseudonym: Pseudonym;
  readonly coupon: HeldCoupon;
}
/** Who tokens are resolved to: told of everybody who may be recognised. */
export interface Recognition {
  put(person: Recognisable): void;
  /** As `put` for many; they are known once `rebuild` is done. */
  putLater(person: Recognisable): void;
  rebuild(): Promise<void>;
  forget(pseudonym: Pseudonym): void;
  clear(): void;
}
const PAGE = 200;

/**
 * The people whom the store may know, behind the one door to their rows. In memory are keyed hashes and what tokens are
 * made of; a row itself is opened when somebody shows a credential, and no longer than that.
 */
export class Cohort {
  readonly #crypto: Crypto;
  readonly #reads: Pick<StoreReads, 'cohortRow' | 'cohortPage'>;
  readonly #recognition: Recognition;
  readonly #people = new Map<LookUpKind, Map<string, Pseudonym>>();
  readonly #coupons = new Map<string, FoundCoupon>();
  readonly #hashesOf = new Map<Pseudonym, readonly (readonly [LookUpKind, string])[]>();
  #lease: HeldLease | undefined;

  constructor(
    crypto: Crypto,
    reads: Pick<StoreReads, 'cohortRow' | 'cohortPage'>,
    recognition: Recognition,
  ) {
    this.#crypto = crypto;
    this.#reads = reads;
    this.#recognition = recognition;
  }

  /** Undefined: the store may know nobody. */
  get lease(): HeldLease | undefined {
    return this.#lease;
  }

  get size(): number {
    return this.#hashesOf.size;
  }

  /** Takes the lease that the store holds and indexes the rows that open under it. */
  async load(lease: HeldLease): Promise<void> {
    this.clear();
    this.#lease = lease;
    let after = '';
    for (;;) {
      const page = this.#reads.cohortPage(after, PAGE);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.pseudonym;
      for (const stored of page) {
        const row = openRow(lease.sealingKey, stored);
        if (row !== undefined) this.#index(row, (person) => this.#recognition.putLater(person));
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await this.#recognition.rebuild();
  }

  /** The same lease for longer, or another one: then nobody is known until their rows come anew. */
  renew(lease: HeldLease): void {
    if (this.#lease?.leaseId !== lease.leaseId) this.clear();
    this.#lease = lease;
  }

  seal(row: CohortRow): SealedRow {
    const lease = this.#lease;
    if (lease === undefined) throw new Error('a row came before the lease that it is sealed under');
    const { pseudonym, rowVersion } = row;
    const sealed = sealRow(lease.sealingKey, row);
    const lookUps = hashesOf(row).map(([kind, hash]) => ({ kind, hash }));
    return { pseudonym, rowVersion, leaseId: lease.leaseId, sealed, lookUps };
  }

  /** Makes a committed row findable. */
  index(row: CohortRow): void {
    this.#index(row, (person) => this.#recognition.put(person));
  }

  #index(row: CohortRow, put: (person: Recognisable) => void): void {
    const { pseudonym, test } = row;
    this.#forgetHashes(pseudonym);
    const hashes = hashesOf(row);
    for (const [kind, hash] of hashes) this.#hashes(kind).set(hash, pseudonym);
    for (const coupon of row.coupons) this.#coupons.set(coupon.codeHash, { pseudonym, coupon });
    this.#hashesOf.set(pseudonym, hashes);
    const grants = row.grants.filter(({ purpose }) => purpose === 'recognise');
    if (grants.length === 0) {
      this.#recognition.forget(pseudonym);
      return;
    }
    const until = Math.max(...grants.map(({ expiresAt }) => expiresAt));
    put({ pseudonym, sources: row.tokenSources, until, test });
  }

  /** At once: what is under way finds nobody any more. */
  remove(pseudonym: Pseudonym): void {
    this.#recognition.forget(pseudonym);
    this.#forgetHashes(pseudonym);
  }

  /** Tokens of the person resolve no more; card and code still do, as showing them is an act. */
  unrecognise(pseudonym: Pseudonym): void {
    this.#recognition.forget(pseudonym);
  }

  /** Nobody is known. The keys are forgotten too. */
  clear(): void {
    this.#lease = undefined;
    this.#people.clear();
    this.#coupons.clear();
    this.#hashesOf.clear();
    this.#recognition.clear();
  }

  /** Whose card or code this is; undefined without a live lease. @param value - as `lookUpHash` takes it */
  async find(
    kind: 'card' | 'code',
    value: string,
    now: EpochMs,
  ): Promise<{ readonly pseudonym: Pseudonym; readonly hash: string } | undefined> {
    const lease = this.#lease;
    if (lease === undefined || now >= lease.notAfter) return undefined;
    const hash = await lookUpHash(this.#crypto, lease.indexKey, kind, value);
    const pseudonym = this.#hashes(kind).get(hash);
    return pseudonym && { pseudonym, hash };
  }

  /** The coupon of this code, whoever shows it. */
  async findCoupon(code: string): Promise<FoundCoupon | undefined> {
    const lease = this.#lease;
    if (lease === undefined) return undefined;
    return this.#coupons.get(await lookUpHash(this.#crypto, lease.indexKey, 'coupon', code));
  }

  /** A person's row, opened; undefined where it is gone or the lease is over. */
  row(pseudonym: Pseudonym, now: EpochMs): CohortRow | undefined {
    const lease = this.#lease;
    if (lease === undefined || now >= lease.notAfter) return undefined;
    if (!this.#hashesOf.has(pseudonym)) return undefined; // removed, though the disk may not know it yet
    const stored = this.#reads.cohortRow(pseudonym);
    return stored && openRow(lease.sealingKey, stored);
  }

  #hashes(kind: LookUpKind): Map<string, Pseudonym> {
    let hashes = this.#people.get(kind);
    if (hashes === undefined) this.#people.set(kind, (hashes = new Map<string, Pseudonym>()));
    return hashes;
  }

  #forgetHashes(pseudonym: Pseudonym): void {
    for (const [kind, hash] of this.#hashesOf.get(pseudonym) ?? []) {
      this.#hashes(kind).delete(hash);
      this.#coupons.delete(hash);
    }
    this.#hashesOf.delete(pseudonym);
  }
}

function hashesOf(row: CohortRow): readonly (readonly [LookUpKind, string])[] {
  return [
    ...row.cardHashes.map((hash) => ['card', hash] as const),
    ...row.rotatingCodes.map(({ codeIdHash }) => ['code', codeIdHash] as const),
    ...row.coupons.map(({ codeHash }) => ['coupon', codeHash] as const),
  ];
}
