import type { OfferAtTill, PricedBasket } from '../../kernel/domain/basket.ts';
import { priceBasket } from '../../kernel/domain/basket-best.ts';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import { withConsent } from '../../kernel/domain/consent.ts';
import { ANONYMOUS, type Subject } from '../../kernel/domain/decision-context.ts';
import { whyNotUsed } from '../../kernel/domain/decision-why-not.ts';
import type { EpochMs, OfferId, Pseudonym, RequestId, StationId } from '../../kernel/domain/ids.ts';
import { capAgainst } from '../../kernel/domain/ledger.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import type { StoreTime } from '../../kernel/domain/schedule.ts';
import { soldLinesOf } from '../../kernel/domain/sold-lines.ts';
import { SogliaError } from '../../kernel/errors.ts';
import {
  type BasketPost,
  type CodeOutcome,
  PRICE_STANDS_MS,
  type PricedAnswer,
  type PurchaseAnswer,
  type PurchasePost,
  type ReturnPost,
} from '../../kernel/protocol/pos-api.ts';
import type { Clock } from '../clock.ts';
import type { Cohort } from '../consent/cohort.ts';
import type { Ids } from '../ids.ts';
import type { Catalogue } from '../offers/catalogue.ts';
import type { StoreLedger } from '../offers/store-ledger.ts';
import type { StoreReads } from '../reads.ts';
import { factOf, type Writer } from '../writes.ts';
import { outcomesOf } from './code-outcomes.ts';
import type { CodeAtTill, CodesAtTill, CouponAtTill } from './codes-at-till.ts';
import { returnProblem } from './return-problem.ts';

export interface TillParts {
  readonly codes: CodesAtTill;
  readonly catalogue: Catalogue;
  readonly cohort: Pick<Cohort, 'lease'>;
  readonly reads: Pick<StoreReads, 'purchaseAnswer'>;
  readonly writer: Writer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly storeTime: (at: EpochMs) => StoreTime;
  readonly latest: () => EpochMs | undefined;
  readonly ledger: Pick<StoreLedger, 'view' | 'termsOf' | 'mayOwe' | 'changed' | 'allChanged'>;
}

export type Recorded =
  | { readonly kind: 'recorded'; readonly text: string }
  | Extract<PurchaseAnswer, { kind: 'changed' }>;

/** A purchase of the past. */
export interface Sold extends BasketPost {
  readonly requestId: RequestId;
  readonly soldAt: EpochMs;
}
interface Reckoned extends Omit<Priced, 'answer'> {
  readonly post: BasketPost & { readonly requestId: RequestId };
  readonly priced: PricedAnswer;
  readonly at: EpochMs;
}
/** Of a purchase that somebody else's comes before each time. */
const MOST_TRIES = 3;

/** A basket as it stands, and what would be written of it. */
interface Priced {
  readonly answer: PricedAnswer;
  readonly reckoned: PricedBasket;
  /** Those whose offers take effect. */
  readonly used: readonly CouponAtTill[];
  /** Whose card was shown first. */
  readonly member: CohortRow | undefined;
}

/** What a till asks: what takes effect in a basket, and that it be written down once. */
export class Till {
  readonly #parts: TillParts;

  constructor(parts: TillParts) {
    this.#parts = parts;
  }

  /**
   * Writes nothing of the basket; a rotating code is spent, and a card that only HQ may know, which is away, is noted.
   * @throws {SogliaError} 'request/invalid'
   */
  async price(post: BasketPost, stationId: StationId): Promise<PricedAnswer> {
    return (await this.#price(post, stationId, this.#parts.clock.now())).answer;
  }

  /**
   * Coupons used up, points given and the facts of it, in one step, on disk before the answer; or how the basket stands
   * now, if it is not what the shopper was told.
   * @throws {SogliaError} 'request/invalid' for sums that do not agree; 'store/busy', 'storage/failed'
   */
  async record(post: PurchasePost, stationId: StationId): Promise<Recorded> {
    const { reads, clock } = this.#parts;
    const stored = reads.purchaseAnswer(post.requestId);
    if (stored !== undefined) return { kind: 'recorded', text: stored };
    const now = clock.now();
    const isFresh = post.pricedAt <= now && now - post.pricedAt < PRICE_STANDS_MS;
    const at = isFresh ? post.pricedAt : now;
    const { answer: priced, ...rest } = await this.#price(post, stationId, at);
    if (!isSame(post.effects, priced.effects)) return { kind: 'changed', priced };
    if (post.tenderMinor !== priced.netMinor)
      throw new SogliaError(
        'request/invalid',
        `tenderMinor: ${String(post.tenderMinor)}, and the basket comes to ${String(priced.netMinor)}`,
      );
    const text = await this.#write({ post, priced, ...rest, at: now }, stationId);
    if (text !== undefined) return { kind: 'recorded', text };
    return { kind: 'changed', priced: (await this.#price(post, stationId, clock.now())).answer };
  }

  /**
   * What was sold already and is told later, by a till that asks nobody before: what took effect is reckoned as of then. Told
   * again under the same `requestId` it changes nothing.
   * @returns what each code came to; nothing where it had been told before
   * @throws {SogliaError} 'request/too-many' while the till's coupons are not looked at; 'store/busy', 'storage/failed'
   */
  async recordSold(
    { soldAt, ...post }: Sold,
    stationId: StationId,
  ): Promise<readonly CodeOutcome[]> {
    if (this.#parts.reads.purchaseAnswer(post.requestId) !== undefined) return [];
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { answer: priced, ...rest } = await this.#price(post, stationId, soldAt);
      if (priced.codes.some((code) => code.kind === 'refused' && code.reason === 'too-many-wrong'))
        throw new SogliaError('request/too-many', 'codes: too many wrong ones, wait a minute');
      const text = await this.#write({ post, priced, ...rest, at: soldAt }, stationId);
      if (text !== undefined) return priced.codes;
    }
    throw new SogliaError('store/busy', 'the basket changed again and again');
  }

  /** @returns the stored answer; undefined where something changed since it was priced, and nothing was written */
  async #write(
    { post, priced, reckoned, used, member, at }: Reckoned,
    stationId: StationId,
  ): Promise<string | undefined> {
    const { writer, clock, ids, cohort, ledger, catalogue } = this.#parts;
    const now = clock.now();
    const purchaseId = ids.request();
    const points = member === undefined ? 0 : priced.points;
    const answer: PurchaseAnswer = {
      ...{ kind: 'recorded', purchaseId, at, netMinor: priced.netMinor, points },
      redeemed: used.map(({ offer }) => offer.offerId),
    };
    const text = JSON.stringify(answer);
    const mayBeCounted =
      member !== undefined &&
      cohort.lease !== undefined &&
      withConsent(member, 'personalise', cohort.lease, now).kind === 'consented';
    const isFollowed = mayBeCounted || (cohort.lease !== undefined && points > 0);
    const pseudonym = isFollowed ? member?.pseudonym : undefined;
    const coupons = used.map((coupon) => this.#redemptionOf(coupon, stationId, now));
    const budgets = priced.effects
      .filter(({ offerId, minor }) => minor > 0 && catalogue.offer(offerId)?.budget !== undefined)
      .map(({ offerId, minor }) => ({ offerId, minor }));
    const uses = priced.effects
      .flatMap(({ offerId }) => catalogue.offer(offerId) ?? [])
      .filter(({ caps, redemption }) => caps !== undefined && redemption === undefined)
      .map((offer) => ({
        terms: ledger.termsOf(offer, now),
        pseudonym: mayBeCounted ? member.pseudonym : undefined,
      }));
    const touched = [
      ...used.map(({ offer }) => offer.offerId),
      ...budgets.map(({ offerId }) => offerId),
      ...uses.map(({ terms }) => terms.offerId),
    ];
    const outcome = await writer.write('purchase', {
      ...{ purchaseId, requestId: post.requestId, stationId, pseudonym, points, at: now },
      answer: text,
      ...{ coupons, budgets, uses },
      lines: soldLinesOf(post.basket, reckoned, new Set(touched)),
      fact: factOf({
        type: 'purchase-made',
        ...{ purchaseId, stationId, points },
        ...(pseudonym !== undefined && { pseudonym }),
        currency: post.basket.currency,
        netMinor: priced.netMinor,
        effects: priced.effects.map(({ offerId, minor }) => ({ offerId, minor })),
        ...(uses.length > 0 && { uses: uses.map(({ terms }) => terms.offerId) }),
        at,
      }),
    });
    switch (outcome.kind) {
      case 'recorded':
        ledger.changed(touched);
        return text;
      case 'stored':
        return outcome.answer;
      case 'over-cap':
      case 'already-used':
      case 'released':
        return undefined;
    }
  }

  /** Gives coupons and points back, once. @returns the answer's text; undefined: no such purchase here */
  async void(purchaseId: RequestId, stationId: StationId): Promise<string | undefined> {
    const at = this.#parts.clock.now();
    const outcome = await this.#parts.writer.write('void-purchase', { purchaseId, stationId, at });
    if (outcome.kind !== 'voided') return undefined;
    this.#parts.ledger.allChanged();
    return outcome.answer;
  }

  /**
   * Takes pieces of single lines back, once.
   * @returns the answer's text; undefined: no such purchase here
   * @throws {SogliaError} 'request/invalid' naming field and reason; 'store/busy', 'storage/failed'
   */
  async return(
    purchaseId: RequestId,
    { requestId, lines }: ReturnPost,
    stationId: StationId,
  ): Promise<string | undefined> {
    const { writer, clock, ledger } = this.#parts;
    const request = { purchaseId, requestId, stationId, lines, at: clock.now() };
    const outcome = await writer.write('return-lines', request);
    if (outcome.kind === 'unknown-purchase') return undefined;
    if (outcome.kind !== 'returned') throw returnProblem(outcome);
    ledger.allChanged();
    return outcome.answer;
  }

  timeSet(): void {
    this.#parts.codes.timeSet();
  }

  async #price({ basket, codes }: BasketPost, stationId: StationId, at: EpochMs): Promise<Priced> {
    const { catalogue } = this.#parts;
    const read = this.#withinWhatIsOwed(
      (await this.#parts.codes.read(codes, stationId, at)).map((code) =>
        this.#withinCaps(code, at),
      ),
    );
    const member = read.flatMap((code) => (code.kind === 'card' ? [code.row] : []))[0];
    const coupons = read.flatMap((code, place) =>
      code.kind === 'coupon' ? [{ ...code, place }] : [],
    );
    const all = [
      ...new Set([
        ...coupons.map(({ offer }) => offer),
        ...this.#withoutCoupon(basket, member, at),
      ]),
    ];
    const isOurs = ({ benefit, budget }: Offer) =>
      (benefit.kind !== 'amount' || benefit.amount.currency === basket.currency) &&
      (budget === undefined || budget.currency === basket.currency);
    const holderOf = (offer: Offer) =>
      coupons.find((coupon) => coupon.offer === offer)?.pseudonym ?? member?.pseudonym;
    const reckoned = priceBasket(
      basket,
      all
        .filter(isOurs)
        .filter(({ benefit }) => benefit.kind !== 'points' || member !== undefined)
        .map((offer) => this.#atTill(offer, holderOf(offer), at)),
    );
    const inEffect = new Set(reckoned.effects.map(({ offerId }) => offerId));
    const usedOf = new Map<OfferId, (typeof coupons)[number]>();
    for (const coupon of coupons) {
      const { offerId } = coupon.offer;
      if (inEffect.has(offerId) && !usedOf.has(offerId)) usedOf.set(offerId, coupon);
    }
    const used = [...usedOf.values()];
    const otherCurrency = all
      .filter((offer) => !isOurs(offer))
      .map(({ offerId }) => ({ offerId, reason: 'other-currency' as const }));
    const answer: PricedAnswer = {
      kind: 'priced',
      at,
      bundleVersion: catalogue.version,
      grossMinor: reckoned.grossMinor,
      cutMinor: reckoned.cutMinor,
      netMinor: reckoned.netMinor,
      points: reckoned.points,
      lines: reckoned.lines.map((line) => ({ ...line, cuts: [...line.cuts] })),
      effects: reckoned.effects.map((effect) => ({
        ...effect,
        title: titleOf(catalogue.offer(effect.offerId)),
        ...(usedOf.has(effect.offerId) && { code: usedOf.get(effect.offerId)?.place }),
      })),
      without: [...reckoned.without, ...otherCurrency],
      search: reckoned.search,
      codes: outcomesOf(read, member, new Set(used.map(({ place }) => place))),
    };
    return { answer, reckoned, used, member };
  }

  /** Offers that need no coupon: for everybody, and the member's own with `personalise`. */
  #withoutCoupon(
    { lines }: BasketPost['basket'],
    member: CohortRow | undefined,
    at: EpochMs,
  ): readonly Offer[] {
    const { catalogue, storeTime, latest, ledger, cohort } = this.#parts;
    const consented =
      member === undefined || cohort.lease === undefined
        ? undefined
        : withConsent(member, 'personalise', cohort.lease, at);
    const subject: Subject = consented?.kind === 'consented' ? consented : ANONYMOUS;
    const cart = {
      products: new Set(lines.map(({ gtin }) => gtin)),
      categories: new Set(lines.flatMap(({ category }) => category ?? [])),
      minor: lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0),
    };
    const context = {
      ...({ strength: member === undefined ? 0 : 3, evidence: 'card', cart } as const),
      ...{ storeTime: storeTime(at), latest: latest(), usedCoupons: NONE, seed: '' },
    };
    const view = ledger.view(consented?.kind === 'consented' ? member?.pseudonym : undefined, at);
    return catalogue.offers.filter(
      ({ offerId, redemption, benefit }) =>
        redemption === undefined &&
        benefit.kind !== 'information' &&
        whyNotUsed(catalogue.index, offerId, subject, context, view, at) === undefined,
    );
  }

  #withinCaps(code: CodeAtTill, at: EpochMs): CodeAtTill {
    if (code.kind !== 'coupon') return code;
    const against = capAgainst(code.offer, this.#parts.ledger.view(code.pseudonym, at));
    if (against === undefined || against === 'price-not-on-record' || against === 'price-not-cut')
      return code;
    return { kind: 'refused', reason: 'over-cap' };
  }

  /** Coupons that other stores take too, as many of them as the store may give before HQ has heard of them. */
  #withinWhatIsOwed(codes: readonly CodeAtTill[]): readonly CodeAtTill[] {
    const offers: Offer[] = [];
    return codes.map((code) => {
      if (code.kind !== 'coupon') return code;
      if (!this.#parts.ledger.mayOwe([...offers, code.offer]))
        return { kind: 'refused', reason: 'online-only' };
      offers.push(code.offer);
      return code;
    });
  }

  #atTill(offer: Offer, holder: Pseudonym | undefined, at: EpochMs): OfferAtTill {
    const view = this.#parts.ledger.view(holder, at);
    const { offerId, caps, budget } = offer;
    const uses = [
      view.sliceLeft(offerId) ?? Infinity,
      caps?.perStoreAndDay === undefined ? Infinity : caps.perStoreAndDay - view.usesToday(offerId),
    ];
    const usesLeft = Math.min(...uses);
    return {
      offer,
      ...(Number.isFinite(usesLeft) && { usesLeft }),
      ...(budget !== undefined && { budgetLeftMinor: view.budgetLeft(offerId) ?? 0 }),
    };
  }

  #redemptionOf(
    { couponId, offer, redemption, move, pseudonym }: CouponAtTill,
    stationId: StationId,
    at: EpochMs,
  ) {
    const { offerId } = offer;
    const requestId = this.#parts.ids.request();
    const answer = JSON.stringify({ kind: 'redeemed', couponId, offerId, redeemedAt: at });
    const fact = factOf({
      type: 'coupon-redeemed',
      ...{ requestId, couponId, offerId, redemption, stationId, pseudonym, at },
    });
    const terms = this.#parts.ledger.termsOf(offer, at);
    return { couponId, requestId, pseudonym, redeemedAt: at, answer, move, terms, fact };
  }
}

const NONE: ReadonlySet<never> = new Set<never>();

function isSame(
  told: PurchasePost['effects'],
  now: readonly { readonly offerId: OfferId; readonly minor: number }[],
): boolean {
  const minorOf = new Map(told.map(({ offerId, minor }) => [offerId, minor]));
  return (
    told.length === now.length && now.every(({ offerId, minor }) => minorOf.get(offerId) === minor)
  );
}

function titleOf(offer: Offer | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(offer?.text ?? {}).map(([language, { title }]) => [language, title]),
  );
}
