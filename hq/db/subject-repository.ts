import { type Kysely, sql } from 'kysely';
import { type CustomerId, CustomerIdSchema } from '../../kernel/domain/ids.ts';
import type { Found } from '../../kernel/protocol/privacy-api.ts';
import type { HeldRow, SubjectRepository } from '../privacy/subject-repository.ts';
import type { HqTables } from './tables.ts';

/** Columns that are JSON text: an export shows what they say. */
const JSON_COLUMNS = ['body', 'details', 'offerIds', 'segments'];

export class SqlSubjectRepository implements SubjectRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async find(text: string, card: string): Promise<Found['found']> {
    const { rows } = await sql<{ customerId: string; by: Found['found'][number]['by'] }>`
      SELECT customer_id, 'customer' AS by FROM customer WHERE customer_id = ${text}
      UNION SELECT customer_id, kind FROM identity WHERE kind = 'card' AND value = ${card}
      UNION SELECT customer_id, kind FROM identity WHERE kind = 'phone' AND value = ${text}
      UNION SELECT customer_id, 'code' FROM identity JOIN phone ON phone_id = value WHERE code_id = ${text}
      UNION SELECT customer_id, 'coupon' FROM coupon WHERE code = ${text}
      UNION SELECT customer_id, 'pseudonym' FROM member WHERE pseudonym = ${text}
      UNION SELECT customer_id, 'first-name' FROM customer WHERE lower(first_name) = lower(${text})
      ORDER BY customer_id, by LIMIT 500`.execute(this.#db);
    return rows.map(({ customerId, by }) => ({
      customerId: CustomerIdSchema.parse(customerId),
      by,
    }));
  }

  async held(customerId: CustomerId): Promise<ReadonlyMap<string, readonly HeldRow[]>> {
    const mine = sql`customer_id = ${customerId}`;
    const phones = sql`(SELECT value FROM identity WHERE kind = 'phone' AND ${mine})`;
    const names = sql`(SELECT pseudonym FROM member WHERE ${mine})`;
    const held = new Map<string, readonly HeldRow[]>();
    const take = async (table: string, where: ReturnType<typeof sql>) => {
      const all = sql<HeldRow>`SELECT * FROM ${sql.table(table)} WHERE ${where}`;
      held.set(table, (await all.execute(this.#db)).rows.map(legible));
    };
    const own = [
      ...['customer', 'identity', 'consent_record', 'member', 'coupon', 'timeline', 'alarm'],
      ...[
        'measured',
        'measured_exposure',
        'measured_coupon',
        'measured_purchase',
        'measured_return',
      ],
    ];
    for (const table of own) await take(table, mine);
    await take('phone', sql`phone_id IN ${phones}`);
    await take('device', sql`device_id IN ${phones}`);
    await take(
      'event',
      sql`(store_id, subject) IN (SELECT store_id, pseudonym FROM member WHERE ${mine})`,
    );
    await take('change', sql`stream = 'cohort' AND subject IN ${names}`);
    const withdrawn = sql`stream = 'erase' AND json_extract(body, '$.pseudonym') IN ${names}`;
    const all = sql<HeldRow>`SELECT * FROM change WHERE ${withdrawn}`;
    const withdrawals = (await all.execute(this.#db)).rows.map(legible);
    held.set('change', [...(held.get('change') ?? []), ...withdrawals]);
    await take('one_time_token', sql`instr(body, ${customerId}) > 0`);
    return held;
  }
}

function legible(row: HeldRow): HeldRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      JSON_COLUMNS.includes(name) && typeof value === 'string' ? parsed(value) : value,
    ]),
  );
}

/** What a store sent need not be JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
