import { randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { lookUpHash } from '../../kernel/credentials/look-up-hash.ts';
import {
  PHONE_ROTATION_EXPONENT,
  periodOf,
  periodStartsAt,
  temporaryKeyOf,
  tokenOf,
} from '../../kernel/credentials/token.ts';
import type { CohortRow, HeldCoupon } from '../../kernel/domain/cohort.ts';
import {
  CouponIdSchema,
  OfferIdSchema,
  PseudonymSchema,
  type EpochMs,
  type OfferId,
} from '../../kernel/domain/ids.ts';
import type { Offer } from '../../kernel/domain/offer.ts';
import { toHex } from '../../kernel/hex.ts';
import { encodeOwnCoupon } from '../../kernel/scans/own-code.ts';
import { nodeCrypto } from '../../node/crypto.ts';

/** Enrolled people as head office would hand them to a store, and what only their phones know. */
export interface Crowd {
  readonly rows: readonly CohortRow[];
  readonly offers: readonly Offer[];
  /** What each one's phone says now, 8 bytes in hex; it holds for 512 s and is taken for as long again. */
  readonly tokens: readonly string[];
  /** Every coupon of everybody. */
  readonly codes: readonly string[];
}
export interface CrowdSize {
  readonly members: number;
  /** Offers with a coupon for each member, 50 at most. */
  readonly couponsEach: number;
}

const DAY_MS = 86_400_000;
const LEASE_PERIODS = 5; // 65,536 s each: a lease of 72 h and the hours around it

export async function makeCrowd(
  { members, couponsEach }: CrowdSize,
  indexKey: Uint8Array,
  now: EpochMs,
): Promise<Crowd> {
  const offers = Array.from({ length: Math.max(couponsEach, 4) }, (_, i) =>
    offerOf(i, i < couponsEach, now),
  );
  const rows: CohortRow[] = [];
  const tokens: string[] = [];
  const codes: string[] = [];
  for (let i = 0; i < members; i += 1) {
    const identityKey = randomBytes(16);
    const coupons: HeldCoupon[] = [];
    for (const { offerId } of offers.slice(0, couponsEach)) {
      const coupon = await couponFor(offerId, indexKey);
      coupons.push(coupon);
      codes.push(coupon.code);
    }
    rows.push(await rowOf(identityKey, coupons, now));
    const seconds = Math.floor(now / 1_000);
    const key = await temporaryKeyOf(nodeCrypto, identityKey, seconds);
    tokens.push(toHex(await tokenOf(nodeCrypto, key, PHONE_ROTATION_EXPONENT, seconds)));
  }
  return { rows, offers, tokens, codes };
}

async function rowOf(
  identityKey: Uint8Array,
  coupons: CohortRow['coupons'],
  now: EpochMs,
): Promise<CohortRow> {
  const first = periodOf(now / 1_000) - 1;
  const temporaryKeys = [];
  for (let period = first; period < first + LEASE_PERIODS + 2; period += 1) {
    const key = await temporaryKeyOf(nodeCrypto, identityKey, periodStartsAt(period));
    temporaryKeys.push({ period, key: toHex(key) });
  }
  const grant = { grantedAt: now - DAY_MS, expiresAt: now + 300 * DAY_MS, textVersion: '1' };
  return {
    pseudonym: PseudonymSchema.parse(randomHex(16)),
    rowVersion: 1,
    test: false,
    language: 'it',
    segments: ['coffee'],
    affinities: {},
    points: 120,
    coupons,
    grants: [
      { purpose: 'recognise', ...grant },
      { purpose: 'personalise', ...grant },
    ],
    tokenSources: [{ clockOffsetS: 0, temporaryKeys }],
    rotatingCodes: [{ codeIdHash: randomHex(16), key: randomHex(32) }],
    phonePublicKeys: [],
    cardHashes: [randomHex(16)],
  };
}

async function couponFor(offerId: OfferId, indexKey: Uint8Array): Promise<HeldCoupon> {
  const code = encodeOwnCoupon(randomBytes(10));
  const codeHash = await lookUpHash(nodeCrypto, indexKey, 'coupon', code);
  return { couponId: CouponIdSchema.parse(uuidv7()), offerId, code, codeHash };
}

function offerOf(index: number, hasCoupon: boolean, now: EpochMs): Offer {
  return {
    offerId: OfferIdSchema.parse(`offer-${String(index)}`),
    version: 1,
    text: {
      it: { title: `Offerta ${String(index)}`, body: 'Due al prezzo di uno, fino a domenica.' },
      en: { title: `Offer ${String(index)}`, body: 'Two for the price of one, until Sunday.' },
    },
    benefit: { kind: 'percent', percent: 20 },
    gtins: [],
    categories: [],
    segments: [],
    moments: ['near', 'session'],
    surfaces: ['kiosk', 'public'],
    minStrength: 0,
    validFrom: now - DAY_MS,
    validUntil: now + 30 * DAY_MS,
    priority: 50,
    ...(hasCoupon ? { redemption: 'optimistic' as const } : {}),
    sensitive: false,
  };
}

const randomHex = (bytes: number) => randomBytes(bytes).toString('hex');
