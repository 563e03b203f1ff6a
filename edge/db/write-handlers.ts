import type { Database } from 'better-sqlite3';
import type { Pseudonym } from '../../kernel/domain/ids.ts';
import { LANES, type Lane } from '../../kernel/protocol/journal-events.ts';
import { CohortRepository } from './cohort-repository.ts';
import { DecisionRepository } from './decision-repository.ts';
import { HeldCouponRepository } from './held-coupon-repository.ts';
import { factOf } from '../writes.ts';
import { LedgerRepository } from './ledger-repository.ts';
import { JournalRepository, type Stamp } from './journal-repository.ts';
import { OfferTermsRepository } from './offer-terms-repository.ts';
import { PRICE_DAYS, PriceRepository } from './price-repository.ts';
import { type GivenBack, PurchaseRepository } from './purchase-repository.ts';
import { Redeemer } from './redeemer.ts';
import { RedemptionRepository } from './redemption-repository.ts';
import { ReleasedCouponRepository } from './released-coupon-repository.ts';
import { VisitRepository } from './visit-repository.ts';
import type { CohortOperation, WriteKind, WriteRequest, WriteResult, Writes } from '../writes.ts';

const DAY_MS = 86_400_000;
/** How long a row stays after HQ has it, so that an HQ restored from a backup can be refilled. */
export const KEPT_DAYS = {
  privacy: 35,
  redeem: 35,
  interact: 7,
  health: 7,
} as const satisfies Record<Lane, number>;
export const DECISION_DAYS = 7;
/** How long a purchase can be given back. */
export const PURCHASE_DAYS = 90;
/** How long coupons outlive the rows that went with the lease (duty-20). */
export const HELD_COUPON_DAYS = 30;
/** Whose coupon it was; that it was used stays, as it must not be used again. */
export const COUPON_NAME_MONTHS = 24;
const MONTH_MS = (365 / 12) * DAY_MS;
const CODE_USE_MS = 10 * 60_000;

type Handlers = {
  readonly [K in WriteKind]: (request: Writes[K]['request']) => WriteResult<K>;
};
export interface WriteHandlers {
  readonly handlers: Handlers;
  /** After a rollback. */
  forget(): void;
}

/** What each write does, a fact always with its journal row. Runs inside the writer worker, each in its own savepoint. */
export function createWriteHandlers(db: Database, stamp: () => Stamp): WriteHandlers {
  const journal = new JournalRepository(db, stamp);
  const redemptions = new RedemptionRepository(db);
  const purchases = new PurchaseRepository(db);
  const decisions = new DecisionRepository(db);
  const ledger = new LedgerRepository(db);
  const prices = new PriceRepository(db);
  const visits = new VisitRepository(db);
  const cohort = new CohortRepository(db);
  const coupons = new HeldCouponRepository(db);
  const offers = new OfferTermsRepository(db);
  const released = new ReleasedCouponRepository(db);
  const redeemer = new Redeemer({ coupons, offers, redemptions, released, ledger, journal });
  const useCode = db.prepare<[string, number, number]>(
    'INSERT INTO code_use (code_hash, minute, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const sweepCoupons = db.prepare<[number]>(
    'UPDATE redemption SET pseudonym = NULL WHERE redeemed_at < ? AND pseudonym IS NOT NULL',
  );
  const sweepWithdrawals = db.prepare<[number]>(
    `DELETE FROM withdrawal WHERE at < ? AND pseudonym NOT IN (SELECT pseudonym FROM cohort)`,
  );
  const forgetCodes = db.prepare<[Pseudonym]>(
    `DELETE FROM code_use WHERE code_hash IN (SELECT hash FROM look_up WHERE kind = 'code' AND pseudonym = ?)`,
  );
  const sweepCodes = db.prepare<[number]>('DELETE FROM code_use WHERE at < ?');
  const putMeta = db.prepare<[string, string]>(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const raiseHighWater = db.prepare<[number]>(
    `INSERT INTO meta (key, value) VALUES ('high_water_time', CAST(? AS TEXT)) ON CONFLICT (key)
     DO UPDATE SET value = CAST(max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER)) AS TEXT)`,
  );
  const setCursor = db.prepare<[string, string, number]>(
    `INSERT INTO cursor (stream, hq_epoch, rev) VALUES (?, ?, ?)
     ON CONFLICT (stream) DO UPDATE SET hq_epoch = excluded.hq_epoch, rev = excluded.rev`,
  );
  const resetCursor = db.prepare<[string]>('DELETE FROM cursor WHERE stream = ?');
  const putWithdrawal = db.prepare<[Pseudonym, string, number]>(
    `INSERT INTO withdrawal (pseudonym, purpose, at) VALUES (?, ?, ?)
     ON CONFLICT (pseudonym, purpose) DO UPDATE SET at = max(at, excluded.at)`,
  );
  const forgetWithdrawals = db.prepare<[Pseudonym]>('DELETE FROM withdrawal WHERE pseudonym = ?');
  const putBundle = db.prepare<[Omit<Extract<CohortOperation, { kind: 'bundle' }>, 'kind'>]>(
    `INSERT INTO bundle (version, manifest, signature, key_id, content)
     VALUES (@version, @manifest, @signature, @keyId, @content)`,
  );
  const dropOlderBundles = db.prepare<[number]>('DELETE FROM bundle WHERE version < ?');
  const putDevice = db.prepare<[Record<string, unknown>]>(
    `INSERT INTO device (device_id, kind, name, public_key, enrolled_at)
     VALUES (@deviceId, @deviceKind, @name, @publicKey, @enrolledAt)`,
  );
  const revoke = db.prepare<[number, string]>(
    'UPDATE device SET revoked_at = ? WHERE device_id = ? AND revoked_at IS NULL',
  );
  const replaceKey = db.prepare<[{ deviceId: string; publicKey: string }]>(
    'UPDATE device SET public_key = @publicKey WHERE device_id = @deviceId AND revoked_at IS NULL',
  );

  const erase = (pseudonyms: readonly Pseudonym[]) => {
    if (pseudonyms.length === 0) return;
    for (const pseudonym of pseudonyms) {
      forgetCodes.run(pseudonym);
      cohort.remove(pseudonym);
      coupons.remove(pseudonym);
      decisions.erase(pseudonym);
      ledger.erase(pseudonym);
      visits.end(pseudonym);
      forgetWithdrawals.run(pseudonym);
    }
    journal.erase(pseudonyms);
    redemptions.erase(pseudonyms);
    purchases.erase(pseudonyms);
  };
  const giveBack = ({ uses, plainUses, budgets, fact }: GivenBack) => {
    for (const use of uses) ledger.giveBack(use);
    for (const use of plainUses) ledger.uncount(use);
    ledger.unspend(budgets);
    if (fact !== undefined) journal.append(fact);
  };
  const apply = (operation: CohortOperation) => {
    switch (operation.kind) {
      case 'put':
        cohort.put(operation.row);
        coupons.put(operation.row);
        break;
      case 'remove':
        cohort.remove(operation.pseudonym);
        coupons.remove(operation.pseudonym);
        break;
      case 'give-coupon':
        coupons.give(operation.pseudonym, operation.coupon);
        break;
      case 'erase':
        break; // all of a write together, below
      case 'clear':
        cohort.clear();
        coupons.orphan(operation.at);
        resetCursor.run('cohort');
        break;
      case 'ask-anew':
        resetCursor.run('cohort');
        break;
      case 'withdraw':
        putWithdrawal.run(operation.pseudonym, operation.purpose, operation.at);
        break;
      case 'slice': {
        const { offerId, unit, word, at } = operation;
        const units = ledger.hear(offerId, unit, word);
        const what = { offerId, ...(unit !== 'use' && { unit }), units };
        if (units > 0) journal.append(factOf({ type: 'slice-returned', ...what, at }));
        break;
      }
      case 'set-meta':
        putMeta.run(operation.key, operation.value);
        break;
      case 'bundle':
        putBundle.run(operation);
        offers.replace(operation.content);
        dropOlderBundles.run(operation.version);
        break;
    }
  };

  const handlers: Handlers = {
    record: ({ facts }) => {
      for (const fact of facts) journal.append(fact);
      return null;
    },
    'change-cohort': ({ operations, facts }) => {
      for (const operation of operations) apply(operation);
      erase(erasedBy(operations));
      for (const fact of facts) journal.append(fact);
      return null;
    },
    redeem: (request) => redeemer.redeem(request),
    'release-coupon': (request) => redeemer.release(request),
    purchase: (purchase) => {
      const before = purchases.before(purchase);
      if (before !== undefined) return before;
      if (purchase.coupons.some((coupon) => redeemer.isReleased(coupon)))
        return { kind: 'released' };
      // Each of another offer, so that what one counts does not stand against the next.
      if (purchase.coupons.some(({ terms, pseudonym }) => ledger.against(terms, pseudonym)))
        return { kind: 'over-cap' };
      if (!ledger.mayOwe(purchase.coupons.map(({ terms }) => terms))) return { kind: 'over-cap' };
      if (!ledger.affords(purchase.budgets)) return { kind: 'over-cap' };
      if (purchase.uses.some(({ terms, pseudonym }) => ledger.against(terms, pseudonym)))
        return { kind: 'over-cap' };
      for (const coupon of purchase.coupons) redeemer.use(coupon);
      for (const use of purchase.uses) ledger.count(use, purchase.at);
      ledger.spend(purchase.budgets);
      purchases.add(purchase);
      journal.append(purchase.fact);
      return { kind: 'recorded' };
    },
    'void-purchase': (request) => {
      const voided = purchases.void(request);
      if (voided === undefined) return { kind: 'unknown-purchase' };
      giveBack(voided);
      return { kind: 'voided', answer: voided.answer };
    },
    'return-lines': (request) => {
      const returned = purchases.return(request);
      if (returned.kind !== 'returned') return returned;
      giveBack(returned);
      return { kind: 'returned', answer: returned.answer };
    },
    'keep-prices': (request) => ({ changed: prices.keep(request) }),
    'keep-cuts': (request) => ({ changed: prices.keepCuts(request) }),
    'bridge-cuts': (request) => {
      prices.bridge(request);
      return null;
    },
    decide: (decision) => {
      decisions.add(decision);
      journal.append(decision.fact);
      return null;
    },
    expose: (exposure) => {
      const fact = decisions.expose(exposure);
      if (fact === 'unknown-decision') return { kind: 'unknown-decision' };
      if (fact === 'nothing-new') return { kind: 'recorded', offerIds: [] };
      const { offerIds, pseudonym } = fact;
      ledger.expose(offerIds, pseudonym ?? null, exposure.storeDay);
      journal.append(factOf(fact));
      return { kind: 'recorded', offerIds, ...(pseudonym !== undefined && { pseudonym }) };
    },
    'start-visit': (visit) => {
      if (visits.start(visit)) journal.append(visit.fact);
      return null;
    },
    'keep-visits': ({ heard }) => {
      visits.keep(heard);
      return null;
    },
    'end-visit': ({ pseudonym, fact }) => {
      if (visits.end(pseudonym)) journal.append(fact);
      return null;
    },
    'open-session': ({ fact, code }) => {
      if (code !== undefined && useCode.run(code.hash, code.minute, code.at).changes === 0)
        return 'code-used';
      if (fact !== undefined) journal.append(fact);
      return 'opened';
    },
    'apply-pull': ({ stream, hqEpoch, rev, operations, facts, serverTime }) => {
      for (const operation of operations) apply(operation);
      erase(erasedBy(operations));
      for (const fact of facts) journal.append(fact);
      setCursor.run(stream, hqEpoch, rev);
      raiseHighWater.run(serverTime);
      return null;
    },
    acked: ({ lane, epoch, seq, hqEpoch, serverTime, at }) => {
      journal.setAcked(lane, epoch, seq, hqEpoch, at);
      if (lane === 'redeem') ledger.acked(seq);
      raiseHighWater.run(serverTime);
      return null;
    },
    'keep-time': ({ time, bootId, upMs, isExact, offlineBoots }) => {
      putMeta.run('time', JSON.stringify({ time, bootId, upMs, isExact, offlineBoots }));
      return null;
    },
    'drop-cohort': ({ at }) => {
      cohort.clear();
      coupons.orphan(at);
      putMeta.run('lease_over_at', String(at));
      resetCursor.run('cohort');
      // HQ may hold the lease for one that goes on: it sends it again.
      resetCursor.run('keys');
      return null;
    },
    sweep: ({ now }) => {
      const swept = {
        decisions: decisions.sweep(now - DECISION_DAYS * DAY_MS),
        codes: sweepCodes.run(now - CODE_USE_MS).changes,
        heldCoupons: coupons.sweep(now - HELD_COUPON_DAYS * DAY_MS),
        coupons: sweepCoupons.run(now - COUPON_NAME_MONTHS * MONTH_MS).changes,
        ledger: ledger.sweep(now),
        withdrawals: sweepWithdrawals.run(now - KEPT_DAYS.privacy * DAY_MS).changes,
        purchases: purchases.sweep(now - PURCHASE_DAYS * DAY_MS),
        prices: prices.sweep(now - PRICE_DAYS * DAY_MS),
        journal: 0,
      };
      for (const lane of LANES)
        swept.journal += journal.sweep(lane, now - KEPT_DAYS[lane] * DAY_MS);
      return swept;
    },
    'put-device': ({ deviceId, deviceKind, name, publicKey, enrolledAt }) => {
      putDevice.run({ deviceId, deviceKind, name: name ?? null, publicKey, enrolledAt });
      return null;
    },
    'revoke-device': ({ deviceId, at }) => {
      revoke.run(at, deviceId);
      return null;
    },
    'replace-device-key': ({ deviceId, publicKey }) =>
      replaceKey.run({ deviceId, publicKey }).changes === 1 ? 'replaced' : 'unknown',
  };
  const forget = () => {
    journal.forgetHeads();
    offers.forget();
  };
  return { handlers, forget };
}

/** Whether bytes of a person may still lie in the write-ahead log after this write: it is then emptied at once. */
export function isErasing(request: WriteRequest): boolean {
  if (request.kind === 'drop-cohort' || request.kind === 'sweep') return true;
  return (
    request.kind === 'apply-pull' &&
    request.operations.some(({ kind }) => kind === 'erase' || kind === 'remove' || kind === 'clear')
  );
}

/** Whom these operations erase. */
export function erasedBy(operations: readonly CohortOperation[]): readonly Pseudonym[] {
  return operations.flatMap((each) => (each.kind === 'erase' ? [each.pseudonym] : []));
}
