import type { Kysely } from 'kysely';
import { type DeviceId, DeviceIdSchema } from '../../kernel/domain/ids.ts';
import { DeviceKindSchema } from '../../kernel/protocol/enrolment.ts';
import type { DeviceRecord, DeviceRepository } from '../../node/enrolment-authority.ts';
import type { HqTables } from './tables.ts';

/** Stores and phones that may get tokens. */
export class SqlDeviceRepository implements DeviceRepository {
  readonly #db: Kysely<HqTables>;
  readonly #now: () => number;
  constructor(db: Kysely<HqTables>, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  async add({ deviceId, kind, name, publicKey, enrolledAt }: DeviceRecord): Promise<void> {
    await this.#db
      .insertInto('device')
      .values({ deviceId, kind, name: name ?? null, publicKey, enrolledAt, deniedAt: null })
      .execute();
  }

  async find(deviceId: DeviceId): Promise<DeviceRecord | undefined> {
    const row = await this.#db
      .selectFrom('device')
      .selectAll()
      .where('deviceId', '=', deviceId)
      .where('deniedAt', 'is', null)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      deviceId: DeviceIdSchema.parse(row.deviceId),
      kind: DeviceKindSchema.parse(row.kind),
      name: row.name ?? undefined,
      publicKey: row.publicKey,
      enrolledAt: row.enrolledAt,
    };
  }

  async rotate(deviceId: DeviceId, publicKey: string): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('device')
        .set({ publicKey })
        .where('deviceId', '=', deviceId)
        .execute();
      await transaction
        .updateTable('phone')
        .set({ signingKey: publicKey })
        .where('phoneId', '=', deviceId)
        .execute();
    });
  }

  async revoke(deviceId: DeviceId): Promise<void> {
    await this.#db
      .updateTable('device')
      .set({ deniedAt: this.#now() })
      .where('deviceId', '=', deviceId)
      .execute();
  }
}
