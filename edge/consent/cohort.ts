import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { lookUpHash } from '../../kernel/credentials/look-up-hash.ts';
import type { CohortRow, Purpose } from '../../kernel/domain/cohort.ts';
import type { CouponRight } from '../../kernel/domain/coupon.ts';
import type { EpochMs, Pseudonym } from '../../kernel/domain/ids.ts';
import type { StoreReads } from '../reads.ts';
import { recognisedUntil } from '../recognition/page-loading.ts';
import type { RowKey } from '../recognition/token-builder.ts';
import type { Recognisable } from '../recognition/token-table.ts';
import type { LookUp, SealedRow } from '../writes.ts';
import type { DamagedRows } from './damaged-rows.ts';
import { couponHash, openCoupon, sealCoupon } from './held-coupon.ts';
import type { HeldLease } from './lease.ts';
import { openRow, sealRow } from './sealing.ts';
import { Unwritten } from './unwritten.ts';

export interface FoundCoupon {
  readonly pseudonym: Pseudonym;
  readonly coupon: CouponRight;
}
/** Who tokens are resolved to: told of everybody who may be recognised. */
export interface Recognition {
  put(person: Recognisable): void;
  /** Takes in everybody whose row on disk opens with this key. @returns whose row does not */
  load(key: RowKey): Promise<readonly Pseudonym[]>;
  forget(pseudonym: Pseudonym): void;
  clear(): void;
}

/**
 * The people whom the store may know, behind the one door to their rows. Cards, codes and coupons are looked up on disk,
 * by keyed hash; a row is opened when somebody shows a credential, and no longer than that. In memory is only what was
 * taken away and is not on disk yet: that is gone at once.
 */
export class Cohort {
  readonly #crypto: Crypto;
  readonly #reads: Pick<StoreReads, 'cohortRow' | 'heldCoupons' | 'lookUp' | 'meta'>;
  readonly #recognition: Recognition;
  readonly #damaged: DamagedRows;
  readonly #isTimeCoarse: () => boolean;
  readonly #unwritten = new Unwritten();
  #lease: HeldLease | undefined;

  constructor(
    crypto: Crypto,
    reads: Pick<StoreReads, 'cohortRow' | 'heldCoupons' | 'lookUp' | 'meta'>,
    recognition: Recognition,
    damaged: DamagedRows,
    isTimeCoarse: () => boolean = () => false,
  ) {
    this.#crypto = crypto;
    this.#reads = reads;
    this.#recognition = recognition;
    this.#damaged = damaged;
    this.#isTimeCoarse = isTimeCoarse;
  }

  /** Undefined: the store may know nobody. */
  get lease(): HeldLease | undefined {
    return this.#lease;
  }

  /** How many people the store may know. */
  get size(): number {
    if (this.#lease === undefined || this.#reads.meta('lease_id') !== this.#lease.leaseId) return 0;
    return Math.max(0, Number(this.#reads.meta('cohort_rows') ?? '0') - this.#unwritten.gone);
  }

  /**
   * Takes the lease that the store holds. Cards, codes and coupons are known at once, tokens when this is done.
   * @throws {SogliaError} where the rows cannot be read
   */
  async load(lease: HeldLease): Promise<void> {
    this.clear();
    this.#lease = lease;
    this.#damaged.note(...(await this.#recognition.load(lease)));
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
    return {
      pseudonym,
      rowVersion,
      leaseId: lease.leaseId,
      sealed,
      lookUps: lookUpsOf(row),
      coupons: row.coupons.map((coupon) => sealCoupon(pseudonym, coupon)),
    };
  }

  /** Takes a committed row in: its tokens resolve from now on, unless the person has gone or withdrawn meanwhile. */
  index(row: CohortRow): void {
    if (this.#lease === undefined) return; // over while the disk wrote
    const held = this.#unwritten.apply(row);
    const { pseudonym, test, tokenSources: sources } = held;
    this.#damaged.mended(pseudonym);
    const until = recognisedUntil(held);
    if (until === undefined || this.#unwritten.isGone(pseudonym))
      this.#recognition.forget(pseudonym);
    else this.#recognition.put({ pseudonym, sources, until, test });
  }

  /** At once: what is under way finds nobody any more. Call `removed` when it is on disk. */
  remove(pseudonym: Pseudonym): void {
    this.#recognition.forget(pseudonym);
    this.#unwritten.remove(pseudonym);
  }

  /** The disk has nobody of that pseudonym any more. */
  removed(pseudonym: Pseudonym): void {
    this.#damaged.mended(pseudonym);
    this.#unwritten.removed(pseudonym);
  }

  /** Tokens of the person resolve no more; card and code still do, as showing them is an act. */
  unrecognise(pseudonym: Pseudonym): void {
    this.#recognition.forget(pseudonym);
  }

  /** From now on the person's row has none of these grants. @returns to be called when that is on disk */
  withdraw(pseudonym: Pseudonym, purposes: readonly Purpose[], at: EpochMs): () => void {
    if (purposes.includes('recognise')) this.unrecognise(pseudonym);
    return this.#unwritten.withdraw(pseudonym, purposes, at);
  }

  /** A row that is on its way to the disk, without what was withdrawn and is not there yet. */
  withoutWithdrawn(row: CohortRow): CohortRow {
    return this.#unwritten.apply(row);
  }

  /** Nobody is known. The keys are forgotten too. */
  clear(): void {
    this.#lease?.sealingKey.fill(0);
    this.#lease?.indexKey.fill(0);
    this.#lease = undefined;
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
    const pseudonym = this.#lookUp(kind, hash);
    return pseudonym && { pseudonym, hash };
  }

  /** The coupon of this code, whoever shows it, in a lease or without one. */
  findCoupon(code: string): FoundCoupon | undefined {
    const codeHash = couponHash(code);
    const found = this.#reads
      .heldCoupons(codeHash)
      .filter(({ pseudonym }) => !this.#unwritten.isGone(pseudonym));
    const [held] = found;
    if (held === undefined || found.length > 1) return undefined; // two people's rows claim it: it is nobody's then
    const { pseudonym } = held;
    const coupon = openCoupon(code, codeHash, held);
    if (coupon === undefined) this.#damaged.note(pseudonym);
    return coupon && { pseudonym, coupon };
  }

  /** Something sealed of this person does not open: their row is asked for anew. */
  noteDamaged(pseudonym: Pseudonym): void {
    this.#damaged.note(pseudonym);
  }

  /** A person's row, opened; undefined where it is gone or the lease is over. */
  row(pseudonym: Pseudonym, now: EpochMs): CohortRow | undefined {
    const row = this.heldRow(pseudonym, now);
    return row && this.#lease && this.#surelyLive(row, this.#lease);
  }

  /** As `row`, with every grant that is held, also one that may be over: for taking it back. */
  heldRow(pseudonym: Pseudonym, now: EpochMs): CohortRow | undefined {
    const lease = this.#lease;
    if (lease === undefined || now >= lease.notAfter) return undefined;
    if (this.#unwritten.isGone(pseudonym)) return undefined;
    const stored = this.#reads.cohortRow(pseudonym);
    if (stored?.leaseId !== lease.leaseId) return undefined;
    const row = openRow(lease.sealingKey, stored);
    if (row === undefined) this.#damaged.note(pseudonym);
    if (row === undefined || now >= (row.leasedUntil ?? Infinity)) return undefined;
    return this.#unwritten.apply(row);
  }

  /** Where nobody can say how late it is, a grant counts that outlives the lease: it is live as long as that is (time-3). */
  #surelyLive(row: CohortRow, { notAfter }: HeldLease): CohortRow {
    if (!this.#isTimeCoarse()) return row;
    return { ...row, grants: row.grants.filter(({ expiresAt }) => expiresAt > notAfter) };
  }

  /** Undefined too where two people's rows claim it: it is nobody's then. */
  #lookUp(kind: LookUp['kind'], hash: string): Pseudonym | undefined {
    if (this.#lease === undefined) return undefined;
    const found = this.#reads
      .lookUp(kind, hash, this.#lease.leaseId)
      .filter((pseudonym) => !this.#unwritten.isGone(pseudonym));
    return found.length === 1 ? found[0] : undefined;
  }
}

function lookUpsOf(row: CohortRow): readonly LookUp[] {
  return [
    ...row.cardHashes.map((hash) => ({ kind: 'card', hash }) as const),
    ...row.rotatingCodes.map(({ codeIdHash }) => ({ kind: 'code', hash: codeIdHash }) as const),
  ];
}
