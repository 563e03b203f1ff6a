import { fromBase64Url } from '../../kernel/base64url.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { lookUpHash } from '../../kernel/credentials/look-up-hash.ts';
import {
  periodOf,
  periodStartsAt,
  PHONE_ROTATION_EXPONENT,
  temporaryKeyOf,
} from '../../kernel/credentials/token.ts';
import type {
  CohortRow,
  Grant,
  HeldCoupon,
  TemporaryKey,
  TokenSource,
} from '../../kernel/domain/cohort.ts';
import type { Arms } from '../../kernel/domain/experiment.ts';
import type { EpochMs, StoreId } from '../../kernel/domain/ids.ts';
import { fromHex, toHex } from '../../kernel/hex.ts';
import { LEASE_MS } from '../publishing/lease.ts';
import type { StoreLease } from '../publishing/store-repository.ts';
import type { Coupon } from './coupon-repository.ts';
import type { Customer, Phone } from './customer-repository.ts';
import type { Member } from './member-repository.ts';

/** The wire allows four of each; the newest serve. */
const PHONES_PER_ROW = 4;
const CARDS_PER_ROW = 16;
const COUPONS_PER_ROW = 50;
const TOKEN_WINDOW_S = 2 ** PHONE_ROTATION_EXPONENT;

/** All that HQ knows of a person that bears on what one store may hold. */
export interface RowSources {
  readonly member: Member;
  readonly customer: Customer;
  /** Live ones only. */
  readonly grants: readonly Grant[];
  readonly phones: readonly Phone[];
  readonly cards: readonly string[];
  /** Those that this store has. */
  readonly coupons: readonly Coupon[];
  /** In the layers of what the store serves. */
  readonly arms: Arms;
  readonly lease: StoreLease;
}

/**
 * What a store is given on a person, and no more (duty-11): numbers and names become keyed hashes; what only serves a
 * purpose comes only while that purpose is granted. The same sources give the same row.
 */
export async function cohortRowOf(
  crypto: Crypto,
  sources: RowSources,
): Promise<Omit<CohortRow, 'rowVersion'>> {
  const { member, customer, grants, arms, lease } = sources;
  const indexKey = bytesOf(lease.indexKey);
  const granted = new Set(grants.map(({ purpose }) => purpose));
  const isPersonal = granted.has('personalise');
  const phones = sources.phones.slice(-PHONES_PER_ROW);
  const showsName = granted.has('show-name') && customer.firstName !== undefined;
  return {
    pseudonym: member.pseudonym,
    ...(member.visitingUntil === undefined ? {} : { leasedUntil: member.visitingUntil }),
    test: customer.test,
    language: customer.language,
    ...(showsName ? { firstName: customer.firstName } : {}),
    segments: isPersonal ? [...customer.segments] : [],
    affinities: {},
    points: customer.points,
    // Without them a person is outside every experiment.
    ...(isPersonal && Object.keys(arms).length > 0 ? { arms } : {}),
    ...(isPersonal && member.lastVisitAt !== undefined ? { lastVisitAt: member.lastVisitAt } : {}),
    coupons: await Promise.all(
      sources.coupons
        .slice(-COUPONS_PER_ROW)
        .map((coupon) => held(crypto, indexKey, coupon, member.storeId)),
    ),
    grants: [...grants],
    tokenSources: granted.has('recognise')
      ? await Promise.all(phones.map((phone) => tokenSourceOf(crypto, phone, lease)))
      : [],
    rotatingCodes: await Promise.all(
      phones.map(async ({ codeId, codeKey }) => ({
        codeIdHash: await lookUpHash(crypto, indexKey, 'code', codeId),
        key: codeKey,
      })),
    ),
    phonePublicKeys: phones.map(({ signingKey }) => signingKey),
    cardHashes: await Promise.all(
      sources.cards
        .slice(-CARDS_PER_ROW)
        .map((number) => lookUpHash(crypto, indexKey, 'card', number)),
    ),
  };
}

async function held(
  crypto: Crypto,
  indexKey: Uint8Array,
  { couponId, offerId, code, holder, move }: Coupon,
  storeId: StoreId,
): Promise<HeldCoupon> {
  const codeHash = await lookUpHash(crypto, indexKey, 'coupon', code);
  const coupon = { couponId, offerId, code, codeHash };
  if (holder !== storeId) return { ...coupon, isElsewhere: true };
  return move === 0 ? coupon : { ...coupon, move };
}

/** Keys from one window before the lease was given to one after it ends: never the identity key. */
async function tokenSourceOf(
  crypto: Crypto,
  phone: Phone,
  lease: StoreLease,
): Promise<TokenSource> {
  const identityKey = fromHex(phone.identityKey);
  if (identityKey === undefined) throw new Error('an identity key that is not hex');
  const inClock = (at: EpochMs) => Math.floor(at / 1000) + phone.clockOffsetS;
  const first = periodOf(inClock(lease.notAfter - LEASE_MS) - TOKEN_WINDOW_S);
  const last = periodOf(inClock(lease.notAfter) + TOKEN_WINDOW_S);
  const temporaryKeys: TemporaryKey[] = [];
  for (let period = first; period <= last; period += 1) {
    const key = await temporaryKeyOf(crypto, identityKey, periodStartsAt(period));
    temporaryKeys.push({ period, key: toHex(key) });
  }
  return { clockOffsetS: phone.clockOffsetS, temporaryKeys };
}

function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64Url(text);
  if (bytes === undefined) throw new Error('a key that is not base64url');
  return bytes;
}
