import type { EpochMs } from '../../kernel/domain/ids.ts';
import type { PersonalFeatures } from '../../kernel/protocol/personal-features.ts';
import type { StoreReads } from '../reads.ts';
import type { TrustedClock } from '../trusted-clock.ts';
import type { Writer } from '../writes.ts';
import type { Cohort } from './cohort.ts';
import type { HeldLease, LeaseFile } from './lease.ts';

/** Starts of the machine without HQ that a lease outlives: where nobody knows how long it was off (duty-20). */
export const MOST_OFFLINE_BOOTS = 50;

export interface LeaseGuardParts {
  readonly cohort: Pick<Cohort, 'lease' | 'load' | 'renew' | 'clear'>;
  readonly leaseFile: LeaseFile;
  readonly reads: Pick<StoreReads, 'meta'>;
  readonly writer: Writer;
  readonly clock: Pick<TrustedClock, 'now' | 'counted' | 'offlineBoots'>;
  /** Nobody is known any more: sessions of people end. With `over` the keys are gone too. */
  readonly off: (why: 'over' | 'clock') => void;
  readonly on: () => void;
  readonly report: (error: unknown) => void;
}

/**
 * Ends what the store may know when its lease is over (duty-20): key file, memory, screens, rows. By counted time alone is
 * anything destroyed; where only the machine's clock says that the lease is over, which may be wrong, nobody is
 * known, and everything is there again once the clock is right (time-4).
 */
export class LeaseGuard {
  readonly #parts: LeaseGuardParts;
  /** The lease lies in its file, and nobody is known under it: the clock says that it is over. */
  #doubtedSince: EpochMs | undefined;

  constructor(parts: LeaseGuardParts) {
    this.#parts = parts;
  }

  /** Whether people may be known, and if not why. */
  get state(): PersonalFeatures {
    const { cohort, clock, reads } = this.#parts;
    const { lease } = cohort;
    if (lease !== undefined && clock.now() < lease.notAfter)
      return { kind: 'on', leaseNotAfter: lease.notAfter };
    if (this.#doubtedSince !== undefined)
      return { kind: 'off', why: 'clock', since: this.#doubtedSince };
    const since = reads.meta('lease_over_at');
    return since === undefined
      ? { kind: 'off', why: 'no-lease' }
      : { kind: 'off', why: 'not-renewed', since: Number(since) };
  }

  /** At the start: people come back only under a lease that holds. */
  async load(): Promise<void> {
    const lease = this.#parts.leaseFile.read();
    if (lease !== undefined) await this.#judge(lease);
    // Its file went with the power, or is damaged: no key opens these rows.
    else if (Number(this.#parts.reads.meta('cohort_rows') ?? '0') > 0) this.#drop();
  }

  /**
   * Time was set back. Keys of what it had called over are gone from memory (token-keys.ts), the present one's perhaps: all
   * come anew from the disk.
   */
  timeSetBack(): void {
    const { cohort, leaseFile, report } = this.#parts;
    const lease = cohort.lease === undefined ? undefined : leaseFile.read();
    if (lease !== undefined) this.#judge(lease).catch(report);
  }

  /** Call it several times a second. */
  check(): void {
    const { cohort, leaseFile, report } = this.#parts;
    if (this.#doubtedSince !== undefined) {
      const lease = leaseFile.read();
      if (lease !== undefined) this.#judge(lease).catch(report);
      return;
    }
    if (cohort.lease !== undefined && !this.#holds(cohort.lease))
      this.#judge(cohort.lease).catch(report);
  }

  #holds({ notAfter }: HeldLease): boolean {
    const { clock } = this.#parts;
    return clock.now() < notAfter && clock.offlineBoots <= MOST_OFFLINE_BOOTS;
  }

  async #judge(lease: HeldLease): Promise<void> {
    const { cohort, clock, reads, off, on } = this.#parts;
    if (clock.counted() >= lease.notAfter || clock.offlineBoots > MOST_OFFLINE_BOOTS) {
      this.#end();
      return;
    }
    if (!this.#holds(lease)) {
      if (this.#doubtedSince !== undefined) return;
      this.#doubtedSince = clock.now();
      cohort.clear();
      off('clock');
      return;
    }
    if (this.#doubtedSince !== undefined) on();
    this.#doubtedSince = undefined;
    // A crash between key file and rows: these rows are of another key, and come anew.
    if (lease.leaseId === reads.meta('lease_id')) await cohort.load(lease);
    else cohort.renew(lease);
  }

  #end(): void {
    const { leaseFile, cohort, off } = this.#parts;
    this.#doubtedSince = undefined;
    leaseFile.remove();
    cohort.clear();
    off('over');
    this.#drop();
  }

  #drop(): void {
    const { writer, clock, report } = this.#parts;
    writer.write('drop-cohort', { at: clock.counted() }).catch(report);
  }
}
