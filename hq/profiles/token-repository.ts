import type { EpochMs } from '../../kernel/domain/ids.ts';

export type TokenKind = 'join' | 'console-link' | 'console-session';

/** Random tokens that people carry, kept as SHA-256 only. */
export interface TokenRepository {
  add(kind: TokenKind, tokenHash: string, body: string, expiresAt: EpochMs): Promise<void>;
  /** The body of a token that is neither over nor spent; from now on it is spent. */
  spend(kind: TokenKind, tokenHash: string, now: EpochMs): Promise<string | undefined>;
  /** Until when the token is good; undefined for one that is over, spent or unknown. */
  goodUntil(kind: TokenKind, tokenHash: string, now: EpochMs): Promise<EpochMs | undefined>;
}
