import { type CouponRight, judgeRedemption } from '../../kernel/domain/coupon.ts';
import type { CouponId, OfferId, StoreId } from '../../kernel/domain/ids.ts';
import type { RedemptionClass } from '../../kernel/domain/offer.ts';

type Right = Pick<CouponRight, 'move'>;
interface Ask {
  readonly kind: 'ask';
  readonly from: StoreId;
  readonly coupon: number;
}
interface Release {
  readonly kind: 'release' | 'released' | 'used';
  readonly at: StoreId;
  readonly coupon: number;
  readonly move: number;
  /** Who asked for it. */
  readonly askedBy: StoreId;
}
/** A right that HQ gives, or a row that says it. */
interface Told {
  readonly kind: 'told';
  readonly to: StoreId;
  readonly coupon: number;
  readonly right: Right;
}
type Message = Ask | Release | Told;

interface Desk {
  readonly held: Map<number, Right>;
  readonly released: Map<number, number>;
  readonly used: Set<number>;
}

/** What becomes of a message on its way. */
export type Fate = 'arrives' | 'is-lost' | 'arrives-twice';

/**
 * Coupons whose right moves between stores by way of HQ (move-1 to move-3): HQ's books, each store's, and what travels
 * between them, which is lost, late, twice and out of order. What a store may redeem is the product's own judgement.
 */
export class MovingCoupons {
  /** Everything under way. */
  readonly wire: Message[] = [];
  readonly uses = new Map<number, number>();
  readonly #desks = new Map<StoreId, Desk>();
  readonly #hq = new Map<number, { holder: StoreId | undefined; move: number }>();
  /** HQ's word to each store and coupon, in order: the line may say one again. */
  readonly #rows: Told[] = [];

  /** Of three coupons one is for online use, and HQ's; the others were drawn for a store each. */
  constructor(stores: readonly StoreId[], coupons: number) {
    for (const id of stores)
      this.#desks.set(id, { held: new Map(), released: new Map(), used: new Set() });
    for (let coupon = 0; coupon < coupons; coupon += 1) {
      const holder = classOf(coupon) === 'leased' ? stores[coupon % stores.length] : undefined;
      this.#hq.set(coupon, { holder, move: 0 });
      if (holder !== undefined) this.#desk(holder).held.set(coupon, {});
    }
  }

  use(id: StoreId, coupon: number): void {
    const { held, released, used } = this.#desk(id);
    const right = held.get(coupon);
    const judgement = judgeRedemption(
      {
        coupon: right && { couponId: 'c' as CouponId, offerId: 'o' as OfferId, ...right },
        offer: { redemption: classOf(coupon), validFrom: 0, validUntil: 2, budget: undefined },
        usedAt: used.has(coupon) ? 0 : undefined,
        releasedMove: released.get(coupon),
      },
      1,
    );
    if (judgement.kind === 'refuse') return;
    used.add(coupon);
    this.uses.set(coupon, (this.uses.get(coupon) ?? 0) + 1);
  }

  /** Somebody shows it: a store without the right asks for it. */
  show(from: StoreId, coupon: number): void {
    this.wire.push({ kind: 'ask', from, coupon });
  }

  /** HQ's word on a coupon as it once was, to who was told it. */
  tellAgain(which: number): void {
    const row = this.#rows[which % Math.max(1, this.#rows.length)];
    if (row !== undefined) this.wire.push(row);
  }

  deliver(which: number, fate: Fate, isOnline: (id: StoreId) => boolean): void {
    const place = which % Math.max(1, this.wire.length);
    const message = this.wire[place];
    if (message === undefined) return;
    if (fate !== 'arrives-twice') this.wire.splice(place, 1);
    if (fate !== 'is-lost' && isOnline(storeOf(message))) this.#take(message);
  }

  #take(message: Message): void {
    switch (message.kind) {
      case 'ask':
        this.#asked(message.from, message.coupon);
        break;
      case 'release':
        this.#release(message);
        break;
      case 'released': {
        const { at, coupon, move, askedBy } = message;
        const book = this.#hq.get(coupon)!;
        if (book.holder === at && book.move === move) book.holder = undefined;
        this.#asked(askedBy, coupon);
        break;
      }
      case 'used':
        break; // and HQ says so to who asked
      case 'told':
        this.#desk(message.to).held.set(message.coupon, message.right);
    }
  }

  #asked(from: StoreId, coupon: number): void {
    const book = this.#hq.get(coupon)!;
    const { holder, move } = book;
    if (holder !== undefined && holder !== from) {
      this.wire.push({ kind: 'release', at: holder, coupon, move, askedBy: from });
      return;
    }
    book.holder = from;
    book.move = move + 1;
    this.#tell(from, coupon, { move: book.move });
  }

  #release(message: Release): void {
    const { at, coupon, move } = message;
    const { used, released } = this.#desk(at);
    if (used.has(coupon)) this.wire.push({ ...message, kind: 'used' });
    else {
      released.set(coupon, Math.max(move, released.get(coupon) ?? 0));
      this.wire.push({ ...message, kind: 'released' });
    }
  }

  #tell(to: StoreId, coupon: number, right: Right): void {
    const row = { kind: 'told', to, coupon, right } as const;
    this.#rows.push(row);
    this.wire.push(row);
  }

  #desk(id: StoreId): Desk {
    return this.#desks.get(id)!;
  }
}

function classOf(coupon: number): Exclude<RedemptionClass, 'optimistic'> {
  return coupon % 3 === 0 ? 'online-only' : 'leased';
}

function storeOf(message: Message): StoreId {
  if (message.kind === 'ask') return message.from;
  return message.kind === 'told' ? message.to : message.at;
}
