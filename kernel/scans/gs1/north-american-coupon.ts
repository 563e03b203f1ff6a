import { type Rejected, rejected } from '../../rejected.ts';
import { isDate } from './calendar.ts';

/** What a coupon of AI (8110) is told apart by; the terms stand at the issuer's. */
export interface NorthAmericanCoupon {
  readonly kind: 'coupon';
  /** GS1 Company Prefix of who pays: 6 to 12 digits. */
  readonly companyPrefix: string;
  readonly offerCode: string;
  readonly serial?: string;
}
type CouponRejection = Rejected<'bad-coupon' | 'bad-date'>;

/** Digits from left to right. What does not fit is kept, and nothing is read after it. */
class Digits {
  readonly #text: string;
  #at = 0;
  #failure: CouponRejection | undefined;

  constructor(text: string) {
    this.#text = text;
    const stranger = text.search(/\D/);
    if (stranger >= 0) this.#failAt(stranger);
  }

  /** The next digits; none where too few are left. */
  take(count: number): string {
    if (this.#failure !== undefined) return '';
    if (this.#at + count > this.#text.length) return this.#failAt(this.#text.length);
    this.#at += count;
    return this.#text.slice(this.#at - count, this.#at);
  }

  /** One digit out of `allowed`. */
  oneOf(allowed: string): number {
    const digit = this.take(1);
    if (!allowed.includes(digit)) this.#failAt(this.#at - 1);
    return Number(digit);
  }

  /** As many digits as the one before them says, and `more`. */
  counted(allowed: string, more: number): string {
    return this.take(this.oneOf(allowed) + more);
  }

  /** A day, YYMMDD. */
  date(): string {
    const date = this.take(6);
    if (!isDate(date)) this.#failure ??= rejected('bad-date', this.#at - 6);
    return date;
  }

  /** Whether an optional field begins here; takes its digit if so. */
  begins(field: string): boolean {
    if (this.#failure !== undefined || this.#text[this.#at] !== field) return false;
    this.#at++;
    return true;
  }

  /** The first thing that did not fit, digits too many included. */
  failureAtEnd(): CouponRejection | undefined {
    if (this.#at < this.#text.length) this.#failAt(this.#at);
    return this.#failure;
  }

  failBefore(count: number): void {
    this.#failAt(this.#at - count);
  }

  #failAt(at: number): '' {
    this.#failure ??= rejected('bad-coupon', at);
    return '';
  }
}

/**
 * The coupon of AI (8110): fixed fields, then optional ones, each behind its digit, in rising order.
 * Source: GS1 US, North American Coupon Application Guideline Using GS1 DataBar Expanded, section 2.
 * @param value - digits; others do not fit
 */
export function readCoupon8110(value: string): NorthAmericanCoupon | CouponRejection {
  return reading(value, (digits) => {
    const companyPrefix = digits.counted('0123456', 6);
    const offerCode = digits.take(6);
    digits.counted('12345', 0); // save value
    takeRequirement(digits);
    if (digits.begins('1')) {
      digits.oneOf('0123'); // how the purchases combine
      takeRequirement(digits);
      takeItsPrefix(digits);
    }
    if (digits.begins('2')) {
      takeRequirement(digits);
      takeItsPrefix(digits);
    }
    const expires = digits.begins('3') ? digits.date() : undefined;
    const starts = digits.begins('4') ? digits.date() : undefined;
    if (expires !== undefined && starts !== undefined && expires < starts) digits.failBefore(6);
    const serial = digits.begins('5') ? digits.counted('0123456789', 6) : undefined;
    if (digits.begins('6')) digits.counted('1234567', 6); // the retailer
    if (digits.begins('9')) {
      digits.oneOf('01256'); // what the save value is
      digits.oneOf('012'); // which item it applies to
      digits.take(1); // store coupon
      digits.oneOf('01'); // not to be multiplied
    }
    return { kind: 'coupon', companyPrefix, offerCode, ...(serial !== undefined && { serial }) };
  });
}

/**
 * The coupon of AI (8112), whose terms are held in a positive offer file.
 * Source: GS1 US, North American Coupon Application Guideline, section 3.
 */
export function readCoupon8112(value: string): NorthAmericanCoupon | CouponRejection {
  return reading(value, (digits) => {
    digits.oneOf('01'); // format
    const companyPrefix = digits.counted('0123456', 6);
    const offerCode = digits.take(6);
    return { kind: 'coupon', companyPrefix, offerCode, serial: digits.counted('0123456789', 6) };
  });
}

/** How much is to be bought, in what unit, of which family. */
function takeRequirement(digits: Digits): void {
  digits.counted('12345', 0);
  digits.oneOf('012349');
  digits.take(3);
}

/** Whose products the second and third purchases are; 9 for the same company's. */
function takeItsPrefix(digits: Digits): void {
  const count = digits.oneOf('01234569');
  if (count !== 9) digits.take(count + 6);
}

function reading(
  value: string,
  read: (digits: Digits) => NorthAmericanCoupon,
): NorthAmericanCoupon | CouponRejection {
  const digits = new Digits(value);
  const coupon = read(digits);
  return digits.failureAtEnd() ?? coupon;
}
