import type { Decision } from '../../kernel/domain/decision-result.ts';
import { OfferIndex } from '../../kernel/domain/offer-index.ts';
import type { Gtin, OfferId } from '../../kernel/domain/ids.ts';
import type { Bundle, Notice, Offer, Product } from '../../kernel/domain/offer.ts';
import type { LowestPrice } from '../../kernel/domain/price-history.ts';
import type {
  LowestPriceShown,
  OfferCard,
  ProductCard,
} from '../../kernel/protocol/kiosk-events.ts';

/** What is shown before the first bundle came: the shop's id and that nobody is followed without a yes. */
export interface GenericContent {
  readonly storeName: string;
  readonly noticeUrl: string;
}

/** The bundle that is served, ready to be asked. */
export class Catalogue {
  readonly #generic: GenericContent;
  #bundle: Bundle | undefined;
  #index: OfferIndex;
  #products = new Map<Gtin, Product>();

  constructor(generic: GenericContent) {
    this.#generic = generic;
    this.#index = new OfferIndex({ version: 1, offers: [], products: [] });
  }

  /** Serves this version from now on, whole. */
  serve(bundle: Bundle): void {
    this.#bundle = bundle;
    this.#index = new OfferIndex(bundle);
    this.#products = new Map(bundle.products.map((product) => [product.gtin, product]));
  }

  get index(): OfferIndex {
    return this.#index;
  }

  /** 0 before the first one. */
  get version(): number {
    return this.#bundle?.version ?? 0;
  }

  get storeName(): string {
    return this.#bundle?.storeName ?? this.#generic.storeName;
  }

  get notice(): Notice {
    const { storeName, noticeUrl } = this.#generic;
    return (
      this.#bundle?.notice ?? {
        version: 'generic',
        controller: storeName,
        line: {
          it: 'Riconosciamo solo chi ha detto di sì. Degli altri non resta nulla.',
          en: 'We recognise only those who said yes. Of others nothing is kept.',
        },
        url: noticeUrl,
      }
    );
  }

  get products(): readonly Product[] {
    return this.#bundle?.products ?? [];
  }

  get offers(): readonly Offer[] {
    return this.#bundle?.offers ?? [];
  }

  offer(offerId: OfferId): Offer | undefined {
    return this.#index.offer(offerId);
  }

  product(gtin: Gtin): Product | undefined {
    return this.#products.get(gtin);
  }

  productCard({ gtin, name, price, place, picture }: Product, lowest?: LowestPrice): ProductCard {
    return {
      gtin,
      name,
      price,
      ...(place === undefined ? {} : { place }),
      ...(picture === undefined ? {} : { picture }),
      ...(lowest && { lowestPrice: shownPrice(lowest, price.currency) }),
    };
  }

  /** An offer as a screen draws it; of a person's own only what the decision gave. */
  card(
    offer: Offer,
    own?: Pick<Decision['shown'][number], 'coupon' | 'reason' | 'variant'>,
    lowest?: LowestPrice,
  ): OfferCard {
    const currency = offer.gtins.map((gtin) => this.#products.get(gtin)?.price.currency)[0];
    const picture = offer.gtins.map((gtin) => this.#products.get(gtin)?.picture).find(Boolean);
    const variant = offer.experiment?.variants.find(({ variant: name }) => name === own?.variant);
    return {
      offerId: offer.offerId,
      text: { ...offer.text, ...variant?.text },
      benefit: offer.benefit,
      validUntil: offer.validUntil,
      ...(picture === undefined ? {} : { picture }),
      ...(own === undefined ? {} : { reason: own.reason }),
      ...(lowest && currency && { lowestPrice: shownPrice(lowest, currency) }),
      ...(own?.coupon === undefined ? {} : { couponCode: own.coupon.code }),
    };
  }
}

function shownPrice({ minor, since }: LowestPrice, currency: string): LowestPriceShown {
  return { price: { minor, currency }, ...(since !== undefined && { since }) };
}
