import { uuidv7 } from 'uuidv7';
import type { Clock } from '../clock.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import {
  ConsentIdSchema,
  type CustomerId,
  CustomerIdSchema,
  type DeviceId,
} from '../../kernel/domain/ids.ts';
import { PURPOSES } from '../../kernel/domain/cohort.ts';
import { SogliaError } from '../../kernel/errors.ts';
import type {
  CustomerPost,
  CustomerView,
  TimelineEntry,
} from '../../kernel/protocol/console-api.ts';
import type { PhoneView } from '../../kernel/protocol/phone-api.ts';
import { normaliseCardNumber } from '../../kernel/scans/card-number.ts';
import type { Tables, UnitOfWork } from '../unit-of-work.ts';
import { grantsOf } from './cohort.ts';
import { recordConsent } from './consents.ts';
import type { Customer } from './customer-repository.ts';
import { drawCard, joinStores } from './joining.ts';

const SHOWN = 500;

export interface Customers {
  /**
   * Somebody whom staff enter, with a card of theirs or a new one of ours.
   * @throws {SogliaError} 'request/invalid' for a card that somebody has; 'request/not-found' for an unknown store
   */
  add(post: CustomerPost): Promise<CustomerView>;
  newest(): Promise<readonly CustomerView[]>;
  /** @throws {SogliaError} 'request/not-found' */
  setSegments(customerId: CustomerId, segments: readonly string[]): Promise<void>;
  /** Newest first. @throws {SogliaError} 'request/not-found' */
  timeline(customerId: CustomerId): Promise<readonly TimelineEntry[]>;
  /** The card to print for somebody, in their language. @throws {SogliaError} 'request/not-found' without one */
  card(customerId: CustomerId): Promise<CustomerCard>;
  /** What a phone shows its owner. @throws {SogliaError} 'device/unknown' */
  phoneView(phoneId: DeviceId): Promise<PhoneView>;
}

export interface CustomerCard {
  readonly number: string;
  readonly language: Customer['language'];
}

export function createCustomers(database: UnitOfWork, crypto: Crypto, clock: Clock): Customers {
  return {
    add: (post) =>
      database.write(async (tables, announce) => {
        const now = clock();
        for (const [i, storeId] of post.storeIds.entries()) {
          if ((await tables.stores.get(storeId)) === undefined)
            throw new SogliaError('request/not-found', `storeIds.${i}: no store '${storeId}'`);
        }
        const customerId = CustomerIdSchema.parse(uuidv7());
        const { language, firstName, segments, test, cardNumber, paperConsents } = post;
        const person = { customerId, language, firstName, segments, test, joinedAt: now };
        const customer: Customer = { ...person, points: 0 };
        await tables.customers.add(person);
        if (cardNumber === undefined) await drawCard(tables, crypto, customer, now);
        else await linkGivenCard(tables, customer, cardNumber, now);
        await joinStores(tables, crypto, customer, post.storeIds, now, announce);
        for (const purpose of new Set(paperConsents?.purposes)) {
          await recordConsent(tables, announce, {
            consentId: ConsentIdSchema.parse(uuidv7()),
            customerId,
            purpose,
            given: true,
            textVersion: paperConsents?.textVersion ?? '',
            textSha256: undefined,
            language,
            channel: 'paper',
            place: post.storeIds[0],
            actor: 'staff',
            at: now,
            receivedAt: now,
            signature: undefined,
            signedBy: undefined,
            proof: paperConsents?.proof,
          });
        }
        return viewOf(tables, customer, now);
      }),

    newest: () =>
      database.read(async (tables) => {
        const views: CustomerView[] = [];
        for (const customer of await tables.customers.newest(SHOWN))
          views.push(await viewOf(tables, customer, clock()));
        return views;
      }),

    setSegments: (customerId, segments) =>
      database.write(async (tables, announce) => {
        await known(tables, customerId);
        await tables.customers.setSegments(customerId, [...new Set(segments)]);
        await tables.members.markCustomer(customerId);
        announce({ what: 'customers' });
      }),

    timeline: (customerId) =>
      database.read(async (tables) => {
        await known(tables, customerId);
        return tables.timeline.of(customerId, SHOWN);
      }),

    card: (customerId) =>
      database.read(async (tables) => {
        const customer = await known(tables, customerId);
        const number = (await tables.customers.cardsOf(customerId))[0];
        if (number === undefined) throw new SogliaError('request/not-found', 'no card');
        return { number, language: customer.language };
      }),

    phoneView: (phoneId) =>
      database.read(async (tables) => {
        const person = await tables.customers.byPhone(phoneId);
        if (person === undefined) throw new SogliaError('device/unknown', 'no phone of ours');
        return phoneViewOf(tables, person.customer, clock());
      }),
  };
}

async function linkGivenCard(
  tables: Tables,
  { customerId }: Customer,
  given: string,
  now: number,
): Promise<void> {
  const number = normaliseCardNumber(given);
  if (number === '') throw new SogliaError('request/invalid', 'cardNumber: no number in it');
  if ((await tables.customers.linkCard(customerId, number, now)) === 'taken')
    throw new SogliaError('request/invalid', 'cardNumber: belongs to somebody already');
}

async function known(tables: Tables, customerId: CustomerId): Promise<Customer> {
  const customer = await tables.customers.get(customerId);
  if (customer === undefined)
    throw new SogliaError('request/not-found', `no customer '${customerId}'`);
  return customer;
}

async function viewOf(tables: Tables, customer: Customer, now: number): Promise<CustomerView> {
  const { customerId, language, firstName, segments, points, test, joinedAt } = customer;
  const members = await tables.members.of(customerId);
  const grants = await grantsOf(tables, customerId, now);
  return {
    customerId,
    ...(firstName === undefined ? {} : { firstName }),
    language,
    joinedAt,
    cards: [...(await tables.customers.cardsOf(customerId))],
    phones: (await tables.customers.phonesOf(customerId)).length,
    segments: [...segments],
    points,
    consents: grants.map(({ purpose }) => purpose),
    stores: members.map(({ storeId }) => storeId),
    test,
  };
}

async function phoneViewOf(
  tables: Tables,
  { customerId, firstName, language, points }: Customer,
  now: number,
): Promise<PhoneView> {
  const grants = new Map(
    (await grantsOf(tables, customerId, now)).map((grant) => [grant.purpose, grant]),
  );
  const consents = PURPOSES.map((purpose) => {
    const grant = grants.get(purpose);
    if (grant === undefined) return { purpose, given: false };
    return { purpose, given: true, since: grant.grantedAt, expiresAt: grant.expiresAt };
  });
  const offers = new Map<string, { text: PhoneView['coupons'][number]['text']; until: number }>();
  for (const { storeId } of await tables.members.of(customerId)) {
    for (const { offerId, text, validUntil } of await tables.publications.offersOf(storeId))
      offers.set(offerId, { text, until: validUntil });
  }
  const coupons: PhoneView['coupons'] = [];
  for (const { couponId, offerId, code, redeemedAt } of await tables.coupons.of(customerId)) {
    const offer = offers.get(offerId);
    if (offer === undefined || now >= offer.until) continue;
    const validUntil = offer.until;
    const used = redeemedAt === undefined ? {} : { redeemedAt };
    coupons.push({ couponId, offerId, code, text: offer.text, validUntil, ...used });
  }
  const cardNumber = (await tables.customers.cardsOf(customerId))[0] ?? '';
  const name = firstName === undefined ? {} : { firstName };
  return { ...name, language, cardNumber, points, consents, coupons };
}
