import type { Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import {
  type CustomerId,
  CustomerIdSchema,
  type DeviceId,
  DeviceIdSchema,
  type EpochMs,
} from '../../kernel/domain/ids.ts';
import type { Customer, CustomerRepository, Phone } from '../profiles/customer-repository.ts';
import type { HqTables } from './tables.ts';

interface CustomerRow {
  customerId: string;
  language: string;
  firstName: string | null;
  segments: string;
  points: number;
  test: number;
  joinedAt: number;
}

export class SqlCustomerRepository implements CustomerRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async add(customer: Omit<Customer, 'points'>): Promise<void> {
    await this.#db
      .insertInto('customer')
      .values({
        ...customer,
        firstName: customer.firstName ?? null,
        segments: JSON.stringify(customer.segments),
        test: customer.test ? 1 : 0,
      })
      .execute();
  }

  async get(customerId: CustomerId): Promise<Customer | undefined> {
    const row = await this.#db
      .selectFrom('customer')
      .selectAll()
      .where('customerId', '=', customerId)
      .executeTakeFirst();
    return row && customerOf(row);
  }

  async newest(limit: number): Promise<readonly Customer[]> {
    const rows = await this.#db
      .selectFrom('customer')
      .selectAll()
      .orderBy('customerId', 'desc')
      .limit(limit)
      .execute();
    return rows.map(customerOf);
  }

  async addPoints(customerId: CustomerId, points: number): Promise<void> {
    const customer = await this.get(customerId);
    if (customer === undefined) return;
    await this.#db
      .updateTable('customer')
      .set({ points: Math.max(0, customer.points + points) })
      .where('customerId', '=', customerId)
      .execute();
  }

  async setSegments(customerId: CustomerId, segments: readonly string[]): Promise<void> {
    await this.#db
      .updateTable('customer')
      .set({ segments: JSON.stringify(segments) })
      .where('customerId', '=', customerId)
      .execute();
  }

  async setPerson(
    customerId: CustomerId,
    language: string,
    firstName: string | undefined,
  ): Promise<void> {
    await this.#db
      .updateTable('customer')
      .set(firstName === undefined ? { language } : { language, firstName })
      .where('customerId', '=', customerId)
      .execute();
  }

  async linkCard(
    customerId: CustomerId,
    number: string,
    now: EpochMs,
  ): Promise<'linked' | 'taken'> {
    const taken = await this.#db
      .selectFrom('identity')
      .select('customerId')
      .where('kind', '=', 'card')
      .where('value', '=', number)
      .where('unlinkedAt', 'is', null)
      .executeTakeFirst();
    if (taken !== undefined) return taken.customerId === customerId ? 'linked' : 'taken';
    await this.#link(customerId, 'card', number, now);
    return 'linked';
  }

  async cardsOf(customerId: CustomerId): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom('identity')
      .select('value')
      .where('customerId', '=', customerId)
      .where('kind', '=', 'card')
      .where('unlinkedAt', 'is', null)
      .orderBy('identityId')
      .execute();
    return rows.map(({ value }) => value);
  }

  async linkPhone(customerId: CustomerId, phone: Phone, now: EpochMs): Promise<void> {
    const { phoneId, signingKey } = phone;
    await this.#db
      .insertInto('device')
      .values({
        deviceId: phoneId,
        kind: 'phone',
        name: null,
        publicKey: signingKey,
        enrolledAt: now,
        deniedAt: null,
      })
      .execute();
    await this.#db.insertInto('phone').values(phone).execute();
    await this.#link(customerId, 'phone', phoneId, now);
  }

  async phonesOf(customerId: CustomerId): Promise<readonly Phone[]> {
    const rows = await this.#db
      .selectFrom('identity')
      .innerJoin('phone', 'phone.phoneId', 'identity.value')
      .selectAll('phone')
      .where('identity.customerId', '=', customerId)
      .where('identity.kind', '=', 'phone')
      .where('identity.unlinkedAt', 'is', null)
      .orderBy('identity.identityId')
      .execute();
    return rows.map(phoneOf);
  }

  async byCard(number: string): Promise<CustomerId | undefined> {
    return this.#linkedTo('card', number);
  }

  async byCode(codeId: string): Promise<CustomerId | undefined> {
    const phone = await this.#db
      .selectFrom('phone')
      .select('phoneId')
      .where('codeId', '=', codeId)
      .executeTakeFirst();
    return phone && this.#linkedTo('phone', phone.phoneId);
  }

  async cardPage(
    after: string,
    limit: number,
  ): Promise<readonly { number: string; customerId: CustomerId }[]> {
    const rows = await this.#db
      .selectFrom('identity')
      .select(['value', 'customerId'])
      .where('kind', '=', 'card')
      .where('unlinkedAt', 'is', null)
      .where('value', '>', after)
      .orderBy('value')
      .limit(limit)
      .execute();
    return rows.map(({ value, customerId }) => ({
      number: value,
      customerId: CustomerIdSchema.parse(customerId),
    }));
  }

  async byPhone(phoneId: DeviceId): Promise<{ customer: Customer; phone: Phone } | undefined> {
    const link = await this.#db
      .selectFrom('identity')
      .select('customerId')
      .where('kind', '=', 'phone')
      .where('value', '=', phoneId)
      .where('unlinkedAt', 'is', null)
      .executeTakeFirst();
    const phone = await this.#db
      .selectFrom('phone')
      .selectAll()
      .where('phoneId', '=', phoneId)
      .executeTakeFirst();
    if (link === undefined || phone === undefined) return undefined;
    const customer = await this.get(CustomerIdSchema.parse(link.customerId));
    return customer && { customer, phone: phoneOf(phone) };
  }

  async #linkedTo(kind: 'card' | 'phone', value: string): Promise<CustomerId | undefined> {
    const link = await this.#db
      .selectFrom('identity')
      .select('customerId')
      .where('kind', '=', kind)
      .where('value', '=', value)
      .where('unlinkedAt', 'is', null)
      .executeTakeFirst();
    return link && CustomerIdSchema.parse(link.customerId);
  }

  async #link(
    customerId: CustomerId,
    kind: 'card' | 'phone',
    value: string,
    now: EpochMs,
  ): Promise<void> {
    const identityId = uuidv7();
    await this.#db
      .insertInto('identity')
      .values({ identityId, customerId, kind, value, linkedAt: now, unlinkedAt: null })
      .execute();
  }
}

function customerOf(row: CustomerRow): Customer {
  return {
    customerId: CustomerIdSchema.parse(row.customerId),
    language: row.language,
    firstName: row.firstName ?? undefined,
    segments: JSON.parse(row.segments) as string[],
    points: row.points,
    test: row.test === 1,
    joinedAt: row.joinedAt,
  };
}

function phoneOf(row: Omit<Phone, 'phoneId'> & { phoneId: string }): Phone {
  return { ...row, phoneId: DeviceIdSchema.parse(row.phoneId) };
}
