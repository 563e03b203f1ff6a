import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { lookUpHash } from '../../kernel/credentials/look-up-hash.ts';
import type { CohortRow, HeldCoupon, Purpose } from '../../kernel/domain/cohort.ts';
import type { EpochMs, Pseudonym } from '../../kernel/domain/ids.ts';
import type { FoundLookUp, LookUpKind, StoreReads } from '../reads.ts';
import { recognisedUntil } from '../recognition/page-loading.ts';
import type { RowKey } from '../recognition/token-builder.ts';
import type { Recognisable } from '../recognition/token-table.ts';
import type { SealedLookUp, SealedRow } from '../writes.ts';
import type { DamagedRows } from './damaged-rows.ts';
import type { HeldLease } from './lease.ts';
import { openCoupon, openRow, sealCoupon, sealRow } from './sealing.ts';
import { Unwritten } from './unwritten.ts';

export interface FoundCoupon {
  readonly pseudonym: Pseudonym;
  readonly coupon: HeldCoupon;
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
  readonly #reads: Pick<StoreReads, 'cohortRow' | 'lookUp' | 'meta'>;
  readonly #recognition: Recognition;
  readonly #damaged: DamagedRows;
  readonly #unwritten = new Unwritten();
  #lease: HeldLease | undefined;

  constructor(
    crypto: Crypto,
    reads: Pick<StoreReads, 'cohortRow' | 'lookUp' | 'meta'>,
    recognition: Recognition,
    damaged: DamagedRows,
  ) {
    this.#crypto = crypto;
    this.#reads = reads;
    this.#recognition = recognition;
    this.#damaged = damaged;
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
      lookUps: lookUpsOf(lease, row),
    };
  }

  /** Takes a committed row in: its tokens resolve from now on, unless the person has gone or withdrawn meanwhile. */
  index(row: CohortRow): void {
    if (this.#lease === undefined) return; // over while the disk wrote
    const { pseudonym, test, tokenSources: sources, grants } = this.#unwritten.apply(row);
    this.#damaged.mended(pseudonym);
    const until = recognisedUntil({ grants });
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
    const found = this.#lookUp(kind, hash);
    return found && { pseudonym: found.pseudonym, hash };
  }

  /** The coupon of this code, whoever shows it. */
  async findCoupon(code: string): Promise<FoundCoupon | undefined> {
    if (this.#lease === undefined) return undefined;
    const hash = await lookUpHash(this.#crypto, this.#lease.indexKey, 'coupon', code);
    const found = this.#lookUp('coupon', hash);
    const lease = this.#lease as HeldLease | undefined; // it may have ended while the hash was made
    if (lease === undefined || found?.sealed === undefined) return undefined;
    const { pseudonym, sealed } = found;
    const coupon = openCoupon(lease.sealingKey, pseudonym, hash, sealed);
    if (coupon === undefined) this.#damaged.note(pseudonym);
    return coupon && { pseudonym, coupon };
  }

  /** A person's row, opened; undefined where it is gone or the lease is over. */
  row(pseudonym: Pseudonym, now: EpochMs): CohortRow | undefined {
    const lease = this.#lease;
    if (lease === undefined || now >= lease.notAfter) return undefined;
    if (this.#unwritten.isGone(pseudonym)) return undefined;
    const stored = this.#reads.cohortRow(pseudonym);
    if (stored?.leaseId !== lease.leaseId) return undefined;
    const row = openRow(lease.sealingKey, stored);
    if (row === undefined) this.#damaged.note(pseudonym);
    return row && this.#unwritten.apply(row);
  }

  /** Undefined too where two people's rows claim it: it is nobody's then. */
  #lookUp(kind: LookUpKind, hash: string): FoundLookUp | undefined {
    if (this.#lease === undefined) return undefined;
    const found = this.#reads
      .lookUp(kind, hash, this.#lease.leaseId)
      .filter(({ pseudonym }) => !this.#unwritten.isGone(pseudonym));
    return found.length === 1 ? found[0] : undefined;
  }
}

function lookUpsOf(lease: HeldLease, row: CohortRow): readonly SealedLookUp[] {
  return [
    ...row.cardHashes.map((hash) => ({ kind: 'card', hash }) as const),
    ...row.rotatingCodes.map(({ codeIdHash }) => ({ kind: 'code', hash: codeIdHash }) as const),
    ...row.coupons.map((coupon) => {
      const sealed = sealCoupon(lease.sealingKey, row.pseudonym, coupon);
      return { kind: 'coupon', hash: coupon.codeHash, sealed } as const;
    }),
  ];
}
