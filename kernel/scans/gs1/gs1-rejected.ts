import type { Rejected } from '../../rejected.ts';

export type ValueReason =
  /** Shorter than the components that must be there. */
  | 'too-short'
  | 'too-long'
  /** None of the component's character set. */
  | 'bad-character'
  | 'wrong-check-digit'
  /** The two at the end of a GMN or MUDI. */
  | 'wrong-check-characters'
  /** No two digits where a GS1 Company Prefix begins. */
  | 'bad-company-prefix'
  | 'bad-date'
  | 'bad-time'
  | 'unknown-country'
  | 'unknown-currency'
  /** None of a list of codes: sex, media, package, winding, yes or no, importer. */
  | 'unknown-code'
  | 'bad-iban'
  | 'bad-percent-escape'
  /** A latitude or longitude past its end. */
  | 'bad-coordinate'
  /** A piece of a total, or a place in a sequence, that cannot be. */
  | 'bad-piece'
  /** A zero where none may be, or none where there must be one. */
  | 'bad-zero'
  | 'not-a-hyphen'
  /** Digits alone where another character must be among them. */
  | 'only-digits'
  /** A North American coupon whose fields do not fit. */
  | 'bad-coupon';

export type Gs1Reason =
  | ValueReason
  | 'empty'
  /** No application identifier of the table. */
  | 'unknown-identifier'
  /** The identifier came before, with another value. */
  | 'repeated-identifier'
  /** Two identifiers that may not stand together. */
  | 'excluded-identifier'
  /** An identifier without another that it needs. */
  | 'missing-requisite';

/** A GS1 message that is not valid, with the application identifier at fault. */
export interface Gs1Rejected extends Rejected<Gs1Reason> {
  /** As much of it as is there, where it is unknown. Empty where there is none. */
  readonly ai: string;
}

export function gs1Rejected(reason: Gs1Reason, at: number, ai: string): Gs1Rejected {
  return { kind: 'rejected', reason, at, ai };
}
