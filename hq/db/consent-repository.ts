import type { Kysely } from 'kysely';
import { PurposeSchema } from '../../kernel/domain/cohort.ts';
import {
  ConsentIdSchema,
  type CustomerId,
  CustomerIdSchema,
  DeviceIdSchema,
  type EpochMs,
} from '../../kernel/domain/ids.ts';
import type { ConsentText } from '../../kernel/protocol/phone-api.ts';
import type {
  ConsentEntry,
  ConsentRepository,
  KeptConsent,
} from '../profiles/consent-repository.ts';
import type { HqTables } from './tables.ts';

export class SqlConsentRepository implements ConsentRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async add(entry: ConsentEntry): Promise<boolean> {
    const result = await this.#db
      .insertInto('consentRecord')
      .values({
        ...entry,
        given: entry.given ? 1 : 0,
        textSha256: entry.textSha256 ?? null,
        place: entry.place ?? null,
        signature: entry.signature ?? null,
        signedBy: entry.signedBy ?? null,
        proof: entry.proof ?? null,
      })
      .onConflict((conflict) =>
        conflict.columns(['customerId', 'purpose', 'given', 'at']).doNothing(),
      )
      .executeTakeFirst();
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async of(customerId: CustomerId): Promise<readonly KeptConsent[]> {
    const rows = await this.#db
      .selectFrom('consentRecord')
      .selectAll()
      .where('customerId', '=', customerId)
      .orderBy('hqRev')
      .execute();
    return rows.map((row) => ({
      hqRev: row.hqRev,
      consentId: ConsentIdSchema.parse(row.consentId),
      customerId: CustomerIdSchema.parse(row.customerId),
      purpose: PurposeSchema.parse(row.purpose),
      given: row.given === 1,
      textVersion: row.textVersion,
      textSha256: row.textSha256 ?? undefined,
      language: row.language,
      channel: row.channel as ConsentEntry['channel'], // the table's own CHECK
      place: row.place ?? undefined,
      actor: row.actor === 'staff' ? 'staff' : 'person',
      at: row.at,
      receivedAt: row.receivedAt,
      signature: row.signature ?? undefined,
      signedBy: row.signedBy === null ? undefined : DeviceIdSchema.parse(row.signedBy),
      proof: row.proof ?? undefined,
    }));
  }

  async keepTexts(texts: readonly ConsentText[], now: EpochMs): Promise<void> {
    await this.#db
      .insertInto('consentText')
      .values(texts.map((text) => ({ ...text, firstServedAt: now })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async text(sha256: string): Promise<ConsentText | undefined> {
    const row = await this.#db
      .selectFrom('consentText')
      .select(['purpose', 'version', 'language', 'title', 'body', 'sha256'])
      .where('sha256', '=', sha256)
      .executeTakeFirst();
    return row && { ...row, purpose: PurposeSchema.parse(row.purpose) };
  }
}
