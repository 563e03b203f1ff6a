import type { Kysely } from 'kysely';
import type { EpochMs } from '../../kernel/domain/ids.ts';
import type { TokenKind, TokenRepository } from '../profiles/token-repository.ts';
import type { HqTables } from './tables.ts';

const DAY_MS = 86_400_000;

export class SqlTokenRepository implements TokenRepository {
  readonly #db: Kysely<HqTables>;
  constructor(db: Kysely<HqTables>) {
    this.#db = db;
  }

  async add(kind: TokenKind, tokenHash: string, body: string, expiresAt: EpochMs): Promise<void> {
    await this.#db
      .deleteFrom('oneTimeToken')
      .where('expiresAt', '<', expiresAt - 30 * DAY_MS)
      .execute();
    await this.#db
      .insertInto('oneTimeToken')
      .values({ tokenHash, kind, body, expiresAt, spentAt: null })
      .execute();
  }

  async spend(kind: TokenKind, tokenHash: string, now: EpochMs): Promise<string | undefined> {
    const row = await this.#db
      .updateTable('oneTimeToken')
      .set({ spentAt: now })
      .where('tokenHash', '=', tokenHash)
      .where('kind', '=', kind)
      .where('spentAt', 'is', null)
      .where('expiresAt', '>', now)
      .returning('body')
      .executeTakeFirst();
    return row?.body;
  }

  async goodUntil(kind: TokenKind, tokenHash: string, now: EpochMs): Promise<EpochMs | undefined> {
    const row = await this.#db
      .selectFrom('oneTimeToken')
      .select('expiresAt')
      .where('tokenHash', '=', tokenHash)
      .where('kind', '=', kind)
      .where('spentAt', 'is', null)
      .where('expiresAt', '>', now)
      .executeTakeFirst();
    return row?.expiresAt;
  }
}
