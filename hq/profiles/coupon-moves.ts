import type { Crypto } from '../../kernel/credentials/crypto.ts';
import type { CouponRefusal } from '../../kernel/domain/coupon.ts';
import { PseudonymSchema, type StoreId } from '../../kernel/domain/ids.ts';
import { toHex } from '../../kernel/hex.ts';
import type {
  CouponAnswer,
  CouponAsk,
  ReleaseAsk,
  ReleaseOutcome,
} from '../../kernel/protocol/relay.ts';
import type { Clock } from '../clock.ts';
import type { Tables, UnitOfWork } from '../unit-of-work.ts';
import { grantsOf } from './cohort.ts';
import type { Coupon } from './coupon-repository.ts';
import { earnsCoupon } from './coupons.ts';
import { visitUntil } from './visitors.ts';

/** Asks the store that holds a coupon for the right to it. */
export type AskHolder = (holder: StoreId, ask: ReleaseAsk) => Promise<ReleaseOutcome>;

/** Another store has the right. */
interface Held {
  readonly kind: 'held';
  readonly holder: StoreId;
  readonly ask: ReleaseAsk;
}

/**
 * Gives the right to redeem a coupon to the store where it is shown (move-1). What HQ has it gives; what another store
 * has it asks back first, and gives once that store has written down that it let go. Whatever is lost on the way, to ask
 * again is enough. What is asked is kept nowhere.
 */
export function couponMovesOf(
  database: UnitOfWork,
  crypto: Crypto,
  clock: Clock,
  askHolder: AskHolder,
) {
  return async (storeId: StoreId, { code }: CouponAsk): Promise<CouponAnswer> => {
    const coupon = await database.read((tables) => tables.coupons.byCode(code));
    if (coupon === undefined) return refused('unknown');
    const { couponId } = coupon;
    const first = await database.write((tables) => give(tables, storeId, couponId));
    if (first.kind !== 'held') return first;
    const { holder, ask } = first;
    const released = await askHolder(holder, ask);
    if (released.kind === 'refused') return refused('elsewhere', coupon);
    if (released.kind === 'used') {
      const { redeemedAt } = released;
      return { ...refused('already-used', coupon), redeemedAt };
    }
    const second = await database.write(async (tables) => {
      await letGo(tables, holder, ask);
      return give(tables, storeId, couponId);
    });
    return second.kind === 'held' ? refused('elsewhere', coupon) : second; // another store was first
  };

  /** The coupon as it stands in this transaction: given, refused, or in another store's hands. */
  async function give(
    tables: Tables,
    storeId: StoreId,
    couponId: Coupon['couponId'],
  ): Promise<CouponAnswer | Held> {
    const coupon = await tables.coupons.get(couponId);
    if (coupon === undefined) return refused('unknown'); // erased meanwhile
    const { customerId, offerId, code, holder, redeemedAt } = coupon;
    if (redeemedAt !== undefined) return { ...refused('already-used', coupon), redeemedAt };
    if (!(await isFor(tables, storeId, coupon))) return refused('not-here', coupon);
    const now = clock();
    if (holder !== undefined && holder !== storeId) {
      const pseudonym = await pseudonymAt(tables, holder, customerId);
      if (pseudonym === undefined) throw new Error('a coupon with a store that knows nobody of it');
      return { kind: 'held', holder, ask: { couponId, move: coupon.move, pseudonym } };
    }
    const drawn = PseudonymSchema.parse(toHex(crypto.randomBytes(16)));
    await tables.members.visit(storeId, customerId, drawn, now, visitUntil(now));
    const pseudonym = (await pseudonymAt(tables, storeId, customerId)) ?? drawn;
    // A later move each time: a store that has let go without HQ hearing of it has it again by this one alone.
    const move = coupon.move + 1;
    await tables.coupons.give(couponId, storeId, move);
    await tables.members.markCustomer(customerId);
    return { kind: 'given', pseudonym, coupon: { couponId, offerId, code, move } };
  }

  /** Whether the store serves the offer, the class is one that moves, and the person gets a coupon of it now. */
  async function isFor(
    tables: Tables,
    storeId: StoreId,
    { customerId, offerId }: Coupon,
  ): Promise<boolean> {
    const offers = await tables.publications.offersOf(storeId);
    const offer = offers.find((each) => each.offerId === offerId);
    const customer = await tables.customers.get(customerId);
    if (offer === undefined || customer === undefined) return false;
    if (offer.redemption === 'optimistic') return false; // it is redeemed without the right to it
    const now = clock();
    const grants = await grantsOf(tables, customerId, now);
    return earnsCoupon(offer, customer.segments, grants, now);
  }
}

/** A store gave up the right that had come by this move; nothing where it has got it again since, or HQ knows. */
export async function letGo(
  tables: Tables,
  holder: StoreId,
  { couponId, move }: Pick<ReleaseAsk, 'couponId' | 'move'>,
): Promise<void> {
  const coupon = await tables.coupons.get(couponId);
  if (coupon === undefined || !(await tables.coupons.letGo(couponId, holder, move))) return;
  await tables.members.markCustomer(coupon.customerId);
}

async function pseudonymAt(
  tables: Tables,
  storeId: StoreId,
  customerId: Coupon['customerId'],
): Promise<ReleaseAsk['pseudonym'] | undefined> {
  const members = await tables.members.of(customerId);
  return members.find((member) => member.storeId === storeId)?.pseudonym;
}

function refused(reason: CouponRefusal, coupon?: Coupon) {
  const about = coupon === undefined ? {} : { offerId: coupon.offerId };
  return { kind: 'refused', reason, ...about } as const;
}
