import type { CustomerId, DeviceId, EpochMs } from '../../kernel/domain/ids.ts';

export interface Customer {
  readonly customerId: CustomerId;
  readonly language: string;
  readonly firstName: string | undefined;
  readonly segments: readonly string[];
  readonly points: number;
  /** One of the shop's own, for walks and recordings. */
  readonly test: boolean;
  readonly joinedAt: EpochMs;
}
export interface Phone {
  readonly phoneId: DeviceId;
  /** P-256, 65 bytes, base64url. */
  readonly signingKey: string;
  /** Of the rotating token: 16 bytes, hex. Never leaves HQ. */
  readonly identityKey: string;
  readonly clockOffsetS: number;
  /** 8 bytes, hex, and its 32-byte HMAC key, hex. */
  readonly codeId: string;
  readonly codeKey: string;
}

export interface CustomerRepository {
  add(customer: Omit<Customer, 'points'>): Promise<void>;
  get(customerId: CustomerId): Promise<Customer | undefined>;
  /** Newest first. */
  newest(limit: number): Promise<readonly Customer[]>;
  /** @param points - below 0: taken back; nobody has fewer than none */
  addPoints(customerId: CustomerId, points: number): Promise<void>;
  setSegments(customerId: CustomerId, segments: readonly string[]): Promise<void>;
  /** What the person says of themselves when joining. */
  setPerson(customerId: CustomerId, language: string, firstName: string | undefined): Promise<void>;
  linkCard(customerId: CustomerId, number: string, now: EpochMs): Promise<'linked' | 'taken'>;
  cardsOf(customerId: CustomerId): Promise<readonly string[]>;
  linkPhone(customerId: CustomerId, phone: Phone, now: EpochMs): Promise<void>;
  phonesOf(customerId: CustomerId): Promise<readonly Phone[]>;
  /** Whose card this is. @param number - in its one true form */
  byCard(number: string): Promise<CustomerId | undefined>;
  /** @param codeId - hex */
  byCode(codeId: string): Promise<CustomerId | undefined>;
  /** Cards in use, some at a time. @param after - the number to go on after; '' for the first */
  cardPage(
    after: string,
    limit: number,
  ): Promise<readonly { number: string; customerId: CustomerId }[]>;
  byPhone(phoneId: DeviceId): Promise<{ customer: Customer; phone: Phone } | undefined>;
}
