import type { EpochMs, StationId } from '../../kernel/domain/ids.ts';
import { recognisedHere } from '../../kernel/domain/recognised.ts';
import type { HandheldScan, Verdict } from '../../kernel/protocol/handheld-events.ts';
import { couponCodeIn } from '../../kernel/scans/coupon-code.ts';
import { meaningOfScan, type ScanMeaning } from '../../kernel/scans/scan.ts';
import { utf8 } from '../../kernel/credentials/crypto.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import type { Clock } from '../clock.ts';
import type { Cohort } from '../consent/cohort.ts';
import type { Visitors } from '../consent/visitors.ts';
import type { Catalogue } from '../offers/catalogue.ts';
import type { Decisions } from '../offers/decisions.ts';
import type { ProductLookUp, ProductScan } from '../offers/product-look-up.ts';
import type { Redemption } from '../redemption/redemption.ts';
import { briefOf } from './brief.ts';
import { type Accepted, acceptAnyCard, acceptAnyCode } from './credentials.ts';
import { foreignCouponIn } from './foreign-coupon.ts';
import type { StaffChecks } from './staff-checks.ts';

export interface VerdictParts {
  readonly crypto: Crypto;
  readonly cohort: Cohort;
  readonly visitors: Visitors;
  readonly catalogue: Catalogue;
  readonly products: ProductLookUp;
  readonly decisions: Decisions;
  readonly redemption: Redemption;
  readonly staffChecks: Pick<StaffChecks, 'offer'>;
  readonly clock: Clock;
}
type MemberVerdict = Extract<Verdict, { kind: 'member' }>;

/** What staff are told of a code they scan. Opens no session, uses nothing up. */
export class Verdicts {
  readonly #parts: VerdictParts;

  constructor(parts: VerdictParts) {
    this.#parts = parts;
  }

  /** @throws {SogliaError} 'request/too-many' while the station backs off from wrong coupon codes */
  async of({ text }: HandheldScan, stationId: StationId): Promise<Verdict> {
    const meaning = meaningOfScan(utf8(text.trim()));
    const now = this.#parts.clock.now();
    switch (meaning.kind) {
      case 'rejected':
        return { kind: 'misread', reason: meaning.reason, at: meaning.at };
      case 'own-coupon':
        return this.#coupon(meaning.code, stationId);
      case 'rotating-code': {
        const { crypto, cohort, visitors, clock } = this.#parts;
        const accepted = await acceptAnyCode(crypto, cohort, visitors, meaning, stationId, clock);
        return accepted === undefined
          ? { kind: 'unknown-code' }
          : this.#memberVerdict(accepted, stationId);
      }
      case 'own-card':
      case 'opaque':
        return (await this.#member(meaning, stationId)) ?? { kind: 'unknown-code' };
      case 'euro-coupon':
      case 'refund-receipt':
        return unknownCode(meaning);
      case 'gs1':
        if (couponCodeIn(meaning) !== undefined) {
          const verdict = await this.#coupon(text, stationId);
          return verdict.kind === 'unknown-code' ? unknownCode(meaning) : verdict;
        }
        return this.#productOrMember(meaning, stationId, now);
      case 'iso15434':
      case 'gtin':
        return this.#productOrMember(meaning, stationId, now);
    }
  }

  async #productOrMember(
    meaning: ProductScan,
    stationId: StationId,
    now: EpochMs,
  ): Promise<Verdict> {
    const { products, decisions } = this.#parts;
    const found = products.find(meaning);
    if (found !== undefined) {
      const { gtin } = found.product;
      const context = { moment: 'scan', surface: 'handheld', strength: 0, gtin } as const;
      return {
        kind: 'product',
        product: found.card,
        offers: [...decisions.preview(context, now)],
      };
    }
    if (products.isStaff(meaning)) return { kind: 'unknown-code' };
    const member = await this.#member(meaning, stationId);
    if (member !== undefined) return member;
    return meaning.gtin === undefined || foreignCouponIn(meaning) !== undefined
      ? unknownCode(meaning)
      : { kind: 'unknown-product', gtin: meaning.gtin };
  }

  async #coupon(code: string, stationId: StationId): Promise<Verdict> {
    const view = await this.#parts.redemption.look(code, stationId);
    const redemption = view?.offer.redemption;
    if (view === undefined || redemption === undefined) return { kind: 'unknown-code' };
    const { offer, judgement } = view;
    return {
      kind: 'coupon',
      card: this.#parts.catalogue.card(offer),
      redemption,
      ...(judgement.kind === 'redeem' ? {} : { refusal: judgement.reason }),
      ...(judgement.kind === 'refuse' && judgement.redeemedAt !== undefined
        ? { redeemedAt: judgement.redeemedAt }
        : {}),
    };
  }

  async #member(
    meaning: ScanMeaning,
    stationId: StationId,
  ): Promise<MemberVerdict | { kind: 'points-follow' } | undefined> {
    const { cohort, visitors, clock } = this.#parts;
    const card = await acceptAnyCard(cohort, visitors, meaning, stationId, clock);
    if (typeof card === 'object') return this.#memberVerdict(card, stationId);
    return card === 'away' ? { kind: 'points-follow' } : undefined;
  }

  #memberVerdict({ row, evidence }: Accepted, stationId: StationId): MemberVerdict {
    const now = this.#parts.clock.now();
    const act = recognisedHere(evidence, row.pseudonym, stationId, now);
    const checkId = this.#parts.staffChecks.offer(row, stationId, now);
    return { kind: 'member', brief: briefOf(row, act), ...(checkId && { checkId }) };
  }
}

function unknownCode(meaning: ScanMeaning): Verdict {
  const coupon = foreignCouponIn(meaning);
  return { kind: 'unknown-code', ...(coupon !== undefined && { coupon }) };
}
