import { liveGrants } from '../../kernel/domain/consent.ts';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import type { EpochMs, StationId } from '../../kernel/domain/ids.ts';
import { mayShow } from '../../kernel/domain/recognition.ts';
import type { HandheldScan, Verdict } from '../../kernel/protocol/handheld-events.ts';
import { cardNumberIn } from '../../kernel/scans/card-number.ts';
import { couponCodeIn } from '../../kernel/scans/coupon-code.ts';
import { meaningOfScan, type ScanMeaning } from '../../kernel/scans/scan.ts';
import { utf8 } from '../../kernel/credentials/crypto.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import type { Clock } from '../clock.ts';
import type { Cohort } from '../consent/cohort.ts';
import type { Catalogue } from '../offers/catalogue.ts';
import type { Decisions } from '../offers/decisions.ts';
import type { ProductLookUp, ProductScan } from '../offers/product-look-up.ts';
import type { Redemption } from '../redemption/redemption.ts';
import { acceptCard, acceptCode } from './credentials.ts';
import { foreignCouponIn } from './foreign-coupon.ts';

export interface VerdictParts {
  readonly crypto: Crypto;
  readonly cohort: Cohort;
  readonly catalogue: Catalogue;
  readonly products: ProductLookUp;
  readonly decisions: Decisions;
  readonly redemption: Redemption;
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
        const accepted = await acceptCode(this.#parts.crypto, this.#parts.cohort, meaning, now);
        return typeof accepted === 'object'
          ? memberVerdict(accepted.row, 'code', now)
          : { kind: 'unknown-code' };
      }
      case 'own-card':
      case 'opaque':
        return (await this.#member(meaning, now)) ?? { kind: 'unknown-code' };
      case 'euro-coupon':
      case 'refund-receipt':
        return unknownCode(meaning);
      case 'gs1':
        if (couponCodeIn(meaning) !== undefined) {
          const verdict = this.#coupon(text, stationId);
          return verdict.kind === 'unknown-code' ? unknownCode(meaning) : verdict;
        }
        return this.#productOrMember(meaning, now);
      case 'iso15434':
      case 'gtin':
        return this.#productOrMember(meaning, now);
    }
  }

  async #productOrMember(meaning: ProductScan, now: EpochMs): Promise<Verdict> {
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
    const member = await this.#member(meaning, now);
    if (member !== undefined) return member;
    return meaning.gtin === undefined || foreignCouponIn(meaning) !== undefined
      ? unknownCode(meaning)
      : { kind: 'unknown-product', gtin: meaning.gtin };
  }

  #coupon(code: string, stationId: StationId): Verdict {
    const view = this.#parts.redemption.look(code, stationId);
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

  async #member(meaning: ScanMeaning, now: EpochMs): Promise<MemberVerdict | undefined> {
    const number = cardNumberIn(meaning);
    if (number === undefined) return undefined;
    const accepted = await acceptCard(this.#parts.cohort, number, now);
    return accepted && memberVerdict(accepted.row, 'card', now);
  }
}

function unknownCode(meaning: ScanMeaning): Verdict {
  const coupon = foreignCouponIn(meaning);
  return { kind: 'unknown-code', ...(coupon !== undefined && { coupon }) };
}

/** Three lines, only with consent `staff`: how to speak to the person, and what they hold. */
function memberVerdict(row: CohortRow, evidence: 'card' | 'code', now: EpochMs): MemberVerdict {
  const { brief } = mayShow(3, evidence, 'handheld', liveGrants(row, now));
  if (!brief) return { kind: 'member', brief: [] };
  const coupons = row.coupons.length;
  const language = (tongue: string) =>
    new Intl.DisplayNames([tongue], { type: 'language' }).of(row.language) ?? row.language;
  return {
    kind: 'member',
    brief: [
      { it: `Parla ${language('it')}`, en: `Speaks ${language('en')}` },
      { it: `Punti: ${row.points}`, en: `Points: ${row.points}` },
      { it: `Buoni: ${coupons}`, en: `Coupons: ${coupons}` },
    ],
  };
}
