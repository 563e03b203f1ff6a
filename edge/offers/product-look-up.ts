import type { Gtin } from '../../kernel/domain/ids.ts';
import type { Product } from '../../kernel/domain/offer.ts';
import type { LowestPrice } from '../../kernel/domain/price-history.ts';
import type { ProductCard } from '../../kernel/protocol/kiosk-events.ts';
import { readElement } from '../../kernel/scans/gs1/element-reading.ts';
import type { Gs1Scan } from '../../kernel/scans/gs1/gs1-scan.ts';
import type { Envelope } from '../../kernel/scans/iso15434.ts';
import { type RestrictedPattern, readRestricted } from '../../kernel/scans/restricted-code.ts';
import type { GtinScan } from '../../kernel/scans/retail-scan.ts';
import type { Catalogue } from './catalogue.ts';

/** What may name a product. */
export type ProductScan = GtinScan | Gs1Scan | Envelope;
export interface FoundProduct {
  readonly product: Product;
  /** With the price and the weight of this one piece, where its label says them. */
  readonly card: ProductCard;
}
/** What the label of one piece says, in thousandths of the currency and of a kilogram. */
interface Label {
  readonly priceThousandths?: number;
  readonly weightG?: number;
}

/** Finds products by what was scanned: by the number alone, or by a label that the shop or the maker printed. */
export class ProductLookUp {
  readonly #catalogue: Catalogue;
  readonly #patterns: readonly RestrictedPattern[];
  readonly #lowestOf: (gtin: Gtin) => LowestPrice | undefined;

  /**
   * @param patterns - how the shop numbers what it weighs and packs itself; the first that fits is taken
   * @param lowestOf - what is named beside a price cut, where one holds
   */
  constructor(
    catalogue: Catalogue,
    patterns: readonly RestrictedPattern[],
    lowestOf: (gtin: Gtin) => LowestPrice | undefined = () => undefined,
  ) {
    this.#catalogue = catalogue;
    this.#lowestOf = lowestOf;
    this.#patterns = patterns;
  }

  find(scan: ProductScan): FoundProduct | undefined {
    if (scan.gtin === undefined) return undefined;
    const inShop = readRestricted(scan.gtin, this.#patterns);
    if (inShop?.value === 'staff') return undefined;
    const printed = scan.kind === 'gs1' ? labelOf(scan) : {};
    if (inShop?.thousandths === undefined) return this.#found(scan.gtin, printed);
    const label =
      inShop.value === 'price'
        ? { priceThousandths: inShop.thousandths }
        : inShop.value === 'weight'
          ? { weightG: inShop.thousandths }
          : {};
    return this.#found(inShop.gtin, { ...label, ...printed }) ?? this.#found(scan.gtin, printed);
  }

  /** A number that the shop gave its own people: never a customer's. */
  isStaff(scan: ProductScan): boolean {
    if (scan.gtin === undefined) return false;
    return readRestricted(scan.gtin, this.#patterns)?.value === 'staff';
  }

  #found(gtin: Gtin, { priceThousandths, weightG }: Label): FoundProduct | undefined {
    const product = this.#catalogue.product(gtin);
    if (product === undefined) return undefined;
    // The price of one piece by its own label is no price of the list.
    const lowest = priceThousandths === undefined ? this.#lowestOf(gtin) : undefined;
    const card = this.#catalogue.productCard(product, lowest);
    const { currency } = product.price;
    return {
      product,
      card: {
        ...card,
        ...(priceThousandths !== undefined && {
          price: { minor: minorOf(priceThousandths, currency), currency },
        }),
        ...(weightG !== undefined && { weightG: Math.round(weightG) }),
      },
    };
  }
}

/** Price (392n) and net weight in kg (310n) of a message. The year matters to dates alone. */
function labelOf({ elements }: Gs1Scan): Label {
  const amountOf = (ai: RegExp): number | undefined => {
    const element = elements.find((one) => ai.test(one.ai));
    const reading = element && readElement(element, 2000);
    const isNumber = reading?.kind === 'money' || reading?.kind === 'measure';
    return isNumber ? Number(reading.amount) * 1_000 : undefined;
  };
  const priceThousandths = amountOf(/^392\d$/);
  const weightG = amountOf(/^310\d$/);
  return {
    ...(priceThousandths !== undefined && { priceThousandths }),
    ...(weightG !== undefined && { weightG }),
  };
}

function minorOf(thousandths: number, currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
  return Math.round((thousandths * 10 ** decimals) / 1_000);
}
