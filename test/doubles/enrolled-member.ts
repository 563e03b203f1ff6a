import { randomBytes } from 'node:crypto';
import { lookUpHash } from '../../kernel/credentials/look-up-hash.ts';
import { macOf, minuteOf } from '../../kernel/credentials/rotating-code.ts';
import { periodOf, temporaryKeyOf, tokenOf } from '../../kernel/credentials/token.ts';
import { type CohortRow, CohortRowSchema, type Purpose } from '../../kernel/domain/cohort.ts';
import type { CouponId, Pseudonym } from '../../kernel/domain/ids.ts';
import { toHex } from '../../kernel/hex.ts';
import { encodeOwnCard, encodeOwnCoupon, encodeRotatingCode } from '../../kernel/scans/own-code.ts';
import { newSigningKey, nodeCrypto, signingKeyOf } from '../../node/crypto.ts';
import { newId, newPseudonym } from './facts.ts';

const YEAR_MS = 365 * 86_400_000;
const K = 9;

export interface GivenMember {
  readonly consents?: readonly Purpose[];
  readonly segments?: readonly string[];
  readonly affinities?: Readonly<Record<string, number>>;
  /** By layer. */
  readonly buckets?: Readonly<Record<string, number>>;
  /** Offers for which they hold a coupon. */
  readonly coupons?: readonly string[];
  readonly firstName?: string;
  readonly rowVersion?: number;
  readonly test?: boolean;
  /** Instead of one of ours: the number that it is looked up by. */
  readonly card?: string;
  /** By offer, instead of codes of ours. */
  readonly couponCodes?: Readonly<Record<string, string>>;
}

/** Somebody enrolled: what the store holds of them, and what they carry. */
export interface Member {
  readonly row: CohortRow;
  readonly pseudonym: Pseudonym;
  readonly card: string;
  /** By offer. */
  readonly couponCodes: Readonly<Record<string, string>>;
  readonly phone: ReturnType<typeof signingKeyOf>;
  token(atMs: number): Promise<Uint8Array>;
  code(atMs: number): Promise<string>;
}

export async function aMember(indexKey: Uint8Array, given: GivenMember = {}): Promise<Member> {
  const pseudonym = newPseudonym();
  const card = given.card ?? encodeOwnCard(randomBytes(8));
  const [identityKey, codeId, codeKey] = [randomBytes(16), randomBytes(8), randomBytes(32)];
  const phone = signingKeyOf(newSigningKey());
  const hash = (kind: 'card' | 'code' | 'coupon', value: string) =>
    lookUpHash(nodeCrypto, indexKey, kind, value);
  const nowS = Math.floor(Date.now() / 1_000);
  const periods = [-1, 0, 1, 2, 3].map((step) => periodOf(nowS) + step);
  const couponCodes = Object.fromEntries(
    (given.coupons ?? []).map((offerId) => [
      offerId,
      given.couponCodes?.[offerId] ?? encodeOwnCoupon(randomBytes(10)),
    ]),
  );
  const grants = (given.consents ?? ['recognise', 'personalise']).map((purpose) => ({
    purpose,
    grantedAt: Date.now() - 1_000,
    expiresAt: Date.now() + YEAR_MS,
    textVersion: '1',
  }));
  const row = CohortRowSchema.parse({
    pseudonym,
    rowVersion: given.rowVersion ?? 1,
    test: given.test ?? false,
    language: 'it',
    ...(given.firstName === undefined ? {} : { firstName: given.firstName }),
    segments: given.segments ?? [],
    affinities: given.affinities ?? {},
    points: 120,
    ...(given.buckets === undefined ? {} : { arms: given.buckets }),
    coupons: await Promise.all(
      Object.entries(couponCodes).map(async ([offerId, code]) => ({
        couponId: newId<CouponId>(),
        offerId,
        code,
        codeHash: await hash('coupon', code),
      })),
    ),
    grants,
    tokenSources: [
      {
        clockOffsetS: 0,
        temporaryKeys: await Promise.all(
          periods.map(async (period) => ({
            period,
            key: toHex(await temporaryKeyOf(nodeCrypto, identityKey, period * 65_536)),
          })),
        ),
      },
    ],
    rotatingCodes: [{ codeIdHash: await hash('code', toHex(codeId)), key: toHex(codeKey) }],
    phonePublicKeys: [Buffer.from(phone.publicKey).toString('base64url')],
    cardHashes: [await hash('card', card)],
  });
  return {
    row,
    pseudonym,
    card,
    couponCodes,
    phone,
    async token(atMs) {
      const seconds = Math.floor(atMs / 1_000);
      return tokenOf(
        nodeCrypto,
        await temporaryKeyOf(nodeCrypto, identityKey, seconds),
        K,
        seconds,
      );
    },
    async code(atMs) {
      const minute = minuteOf(atMs);
      const mac = await macOf(nodeCrypto, codeKey, codeId, minute);
      return encodeRotatingCode({ codeId, minute, mac });
    },
  };
}
