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
import type { CohortRow, HeldCoupon, TemporaryKey } from '../../kernel/domain/cohort.ts';
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
const WINDOW_MS = 512_000;
export const LEASE_MS = 72 * 3_600_000;

export async function makeCrowd(
  { members, couponsEach }: CrowdSize,
  indexKey: Uint8Array,
  now: EpochMs,
): Promise<Crowd> {
  const offers = offersOf(Math.max(couponsEach, 4), couponsEach, now);
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
    rows.push(rowOf(randomHex(16), await keysOf(identityKey, now), coupons, now));
    const seconds = Math.floor(now / 1_000);
    const key = await temporaryKeyOf(nodeCrypto, identityKey, seconds);
    tokens.push(toHex(await tokenOf(nodeCrypto, key, PHONE_ROTATION_EXPONENT, seconds)));
  }
  return { rows, offers, tokens, codes };
}

/** Periods whose keys a row has: from a window before the lease was given to one after it ends, as HQ has it. */
export function periodsOfLease(now: EpochMs): readonly number[] {
  const first = periodOf((now - WINDOW_MS) / 1_000);
  const last = periodOf((now + LEASE_MS + WINDOW_MS) / 1_000);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

async function keysOf(identityKey: Uint8Array, now: EpochMs): Promise<readonly TemporaryKey[]> {
  const keys: TemporaryKey[] = [];
  for (const period of periodsOfLease(now)) {
    const key = await temporaryKeyOf(nodeCrypto, identityKey, periodStartsAt(period));
    keys.push({ period, key: toHex(key) });
  }
  return keys;
}

/** @param pseudonym - 128 bits in hex */
export function rowOf(
  pseudonym: string,
  temporaryKeys: readonly TemporaryKey[],
  coupons: CohortRow['coupons'],
  now: EpochMs,
): CohortRow {
  const grant = { grantedAt: now - DAY_MS, expiresAt: now + 300 * DAY_MS, textVersion: '1' };
  return {
    pseudonym: PseudonymSchema.parse(pseudonym),
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
    tokenSources: [{ clockOffsetS: 0, temporaryKeys: [...temporaryKeys] }],
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

export function offersOf(count: number, withCoupon: number, now: EpochMs): readonly Offer[] {
  return Array.from({ length: count }, (_, i) => offerOf(i, i < withCoupon, now));
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
    ...(hasCoupon ? { redemption: 'leased' as const } : {}),
    sensitive: false,
  };
}

const randomHex = (bytes: number) => randomBytes(bytes).toString('hex');
