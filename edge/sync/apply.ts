import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { fromBase64Url } from '../../kernel/base64url.ts';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import type { Pseudonym, StoreId } from '../../kernel/domain/ids.ts';
import type { Bundle } from '../../kernel/domain/offer.ts';
import { SogliaError } from '../../kernel/errors.ts';
import type { Change } from '../../kernel/protocol/hq-sync.ts';
import type { Clock } from '../clock.ts';
import type { Cohort } from '../consent/cohort.ts';
import type { HeldLease, LeaseFile } from '../consent/lease.ts';
import { takeBack, withoutWithdrawn } from '../consent/withdrawing.ts';
import type { Engagement } from '../engagement/engagement.ts';
import { nextTurn } from '../next-turn.ts';
import type { Catalogue } from '../offers/catalogue.ts';
import type { StoreLedger } from '../offers/store-ledger.ts';
import type { Visits } from '../presence/visits.ts';
import type { StoreReads } from '../reads.ts';
import type { CohortOperation } from '../writes.ts';
import { type BundleChange, readBundle, verifyManifest } from './bundle.ts';
import type { HqApi } from './hq-api.ts';

export interface ApplyParts {
  readonly storeId: StoreId;
  readonly crypto: Crypto;
  readonly cohort: Cohort;
  readonly leaseFile: LeaseFile;
  readonly catalogue: Catalogue;
  readonly engagement: Pick<Engagement, 'forget' | 'refresh'>;
  readonly visits: Pick<Visits, 'forget'>;
  readonly ledger: Pick<StoreLedger, 'allChanged'>;
  readonly reads: Pick<StoreReads, 'meta' | 'withdrawals'>;
  readonly hq: Pick<HqApi, 'snapshot'>;
  readonly clock: Clock;
  /** Pinned at enrolment. */
  readonly bundleKeys: () => readonly string[];
  /** A bundle that does not stand: the one before goes on. */
  readonly refused: (error: SogliaError) => void;
}
/** What a batch comes to: writes of one transaction, and what memory does once they are on disk. */
export interface Plan {
  readonly operations: CohortOperation[];
  readonly afterwards: (() => void | Promise<void>)[];
}

/** Rows that are sealed before the loop gets its turn. */
const ROWS_AT_ONCE = 25;

/** Turns HQ's changes into writes. What takes something away from a screen is done at once, before any disk. */
export class Applying {
  readonly #parts: ApplyParts;

  constructor(parts: ApplyParts) {
    this.#parts = parts;
  }

  /**
   * @throws {SogliaError} 'request/invalid' for a batch that says two things of one person, before anything is done with
   *   it; 'hq/unreachable' where a bundle's bytes cannot be fetched: the batch is then tried again
   */
  async plan(changes: readonly Change[]): Promise<Plan> {
    checkRows(changes);
    const plan: Plan = { operations: [], afterwards: [] };
    const { clock, ledger } = this.#parts;
    const bundles: BundleChange[] = [];
    let isLedgerChanged = false;
    for (const [index, change] of changes.entries()) {
      if (index > 0 && index % ROWS_AT_ONCE === 0) await nextTurn();
      switch (change.kind) {
        case 'erased':
          this.#forget(change.pseudonym, 'erased', plan);
          plan.operations.push({ kind: 'erase', pseudonym: change.pseudonym });
          break;
        case 'row-removed':
          this.#forget(change.pseudonym, 'withdrawn', plan);
          plan.operations.push({ kind: 'remove', pseudonym: change.pseudonym });
          break;
        case 'withdrawn':
          this.#withdraw(change, plan);
          break;
        case 'row':
          this.#row(change.row, plan);
          break;
        case 'lease':
          this.#lease(change, plan);
          break;
        case 'bundle':
          bundles.push(change);
          break;
        case 'slice': {
          const { offerId, unit = 'use', granted, returned, spent, givenBack, keep } = change;
          const word = { granted, returned, spent, givenBack, keep };
          plan.operations.push({ kind: 'slice', offerId, unit, word, at: clock.now() });
          isLedgerChanged = true;
          break;
        }
      }
    }
    if (isLedgerChanged)
      plan.afterwards.push(() => {
        ledger.allChanged();
      });
    await this.#newest(bundles, plan);
    return plan;
  }

  #forget(pseudonym: Pseudonym, why: 'withdrawn' | 'erased', plan: Plan): void {
    this.#parts.cohort.remove(pseudonym);
    this.#parts.visits.forget(pseudonym, why);
    this.#parts.engagement.forget(pseudonym);
    plan.afterwards.push(() => {
      this.#parts.cohort.removed(pseudonym);
    });
  }

  #withdraw({ pseudonym, purpose, at }: Extract<Change, { kind: 'withdrawn' }>, plan: Plan): void {
    const { engagement, clock } = this.#parts;
    const { operations, afterwards } = takeBack(this.#parts, pseudonym, [purpose], at, clock.now());
    engagement.forget(pseudonym);
    plan.operations.push(...operations);
    plan.afterwards.push(afterwards);
  }

  #row(given: CohortRow, plan: Plan): void {
    const { cohort, reads, visits } = this.#parts;
    if (cohort.lease === undefined)
      throw new SogliaError('lease/over', 'rows came without a lease');
    const row = withoutWithdrawn(reads, cohort.withoutWithdrawn(given));
    plan.operations.push({ kind: 'put', row: cohort.seal(row) });
    plan.afterwards.push(() => {
      cohort.index(row);
      if (!row.grants.some(({ purpose }) => purpose === 'recognise'))
        visits.forget(row.pseudonym, 'withdrawn');
    });
  }

  /** The key file comes first: a transaction whose rows no key opens would be lost. */
  #lease(change: Extract<Change, { kind: 'lease' }>, plan: Plan): void {
    const { cohort, leaseFile, reads, clock } = this.#parts;
    const sealingKey = fromBase64Url(change.sealingKey);
    const indexKey = fromBase64Url(change.indexKey);
    if (sealingKey === undefined || indexKey === undefined || change.notAfter <= clock.now())
      return;
    const { leaseId } = change;
    const held = cohort.lease;
    const notAfter =
      held?.leaseId === leaseId ? Math.max(change.notAfter, held.notAfter) : change.notAfter;
    const lease: HeldLease = { leaseId, sealingKey, indexKey, notAfter };
    leaseFile.write(lease);
    cohort.renew(lease);
    // By what the database says: a crash may have come between the key file and the rows.
    if (reads.meta('lease_id') === leaseId) return;
    plan.operations.push(
      { kind: 'clear', at: clock.counted() },
      { kind: 'set-meta', key: 'lease_id', value: leaseId },
    );
  }

  /** The newest that stands is served; a refused one is passed over, so that it does not block what follows. */
  async #newest(bundles: readonly BundleChange[], plan: Plan): Promise<void> {
    const { crypto, storeId, reads, clock, hq, bundleKeys, refused } = this.#parts;
    const highWater = Number(reads.meta('bundle_version') ?? '0');
    for (const change of [...bundles].reverse()) {
      try {
        const rules = { crypto, storeId, keys: bundleKeys(), highWater, now: clock.now() };
        const manifest = await verifyManifest(change, rules);
        const content = await hq.snapshot(manifest.sha256);
        this.#serve(readBundle(content, manifest), change, content, plan);
        return;
      } catch (error) {
        if (!(error instanceof SogliaError) || error.code !== 'bundle/refused') throw error;
        refused(error);
      }
    }
  }

  #serve(bundle: Bundle, change: BundleChange, content: Uint8Array, plan: Plan): void {
    const { version } = bundle;
    const { manifest, signature, keyId } = change;
    plan.operations.push(
      { kind: 'bundle', version, manifest, signature, keyId, content },
      { kind: 'set-meta', key: 'bundle_version', value: String(version) },
    );
    plan.afterwards.push(() => {
      this.#parts.catalogue.serve(bundle);
      this.#parts.engagement.refresh();
    });
  }
}

/** HQ keeps one word on a person (the newest): two in one batch mean that it is not HQ's, or damaged. */
function checkRows(changes: readonly Change[]): void {
  const seen = new Set<Pseudonym>();
  for (const [index, change] of changes.entries()) {
    if (change.kind !== 'row' && change.kind !== 'row-removed') continue;
    const pseudonym = change.kind === 'row' ? change.row.pseudonym : change.pseudonym;
    if (seen.has(pseudonym))
      throw new SogliaError('request/invalid', `changes.${index}: the same pseudonym again`);
    seen.add(pseudonym);
  }
}
