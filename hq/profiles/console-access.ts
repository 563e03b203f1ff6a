import type { Clock } from '../clock.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import type { EpochMs } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { drawToken, tokenHash } from './one-time-tokens.ts';

const LINK_LIFE_MS = 10 * 60_000;
const SESSION_LIFE_MS = 12 * 3_600_000;

export interface ConsoleSession {
  readonly token: string;
  readonly expiresAt: EpochMs;
}

export interface ConsoleAccess {
  /** A link that opens the console once; its token stands in the fragment, which no server and no log sees. */
  createLink(): Promise<{ url: string; expiresAt: EpochMs }>;
  /** @throws {SogliaError} 'enrolment/refused' for a token unknown, spent or over */
  openSession(linkToken: string): Promise<ConsoleSession>;
  /** Until when the session is good; undefined for none. */
  sessionUntil(sessionToken: string): Promise<EpochMs | undefined>;
  closeSession(sessionToken: string): Promise<void>;
}

export function createConsoleAccess(
  database: UnitOfWork,
  crypto: Crypto,
  clock: Clock,
  publicUrl: () => string,
): ConsoleAccess {
  return {
    createLink: () =>
      database.write(async (tables) => {
        const expiresAt = clock() + LINK_LIFE_MS;
        const token = await drawToken(tables, crypto, 'console-link', '', expiresAt);
        return { url: new URL(`/console/#token=${token}`, publicUrl()).href, expiresAt };
      }),
    openSession: (linkToken) =>
      database.write(async (tables) => {
        const hash = await tokenHash(crypto, linkToken);
        if ((await tables.tokens.spend('console-link', hash, clock())) === undefined)
          throw new SogliaError('enrolment/refused', 'token: unknown, used before, or too old');
        const expiresAt = clock() + SESSION_LIFE_MS;
        const token = await drawToken(tables, crypto, 'console-session', '', expiresAt);
        return { token, expiresAt };
      }),
    sessionUntil: async (sessionToken) => {
      const hash = await tokenHash(crypto, sessionToken);
      return database.read((tables) => tables.tokens.goodUntil('console-session', hash, clock()));
    },
    closeSession: async (sessionToken) => {
      const hash = await tokenHash(crypto, sessionToken);
      await database.write((tables) => tables.tokens.spend('console-session', hash, clock()));
    },
  };
}
