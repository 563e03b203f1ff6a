import { toBase64Url } from '../../kernel/base64url.ts';
import { type Crypto, utf8 } from '../../kernel/credentials/crypto.ts';
import type { EpochMs } from '../../kernel/domain/ids.ts';
import { toHex } from '../../kernel/hex.ts';
import type { Tables } from '../unit-of-work.ts';
import type { TokenKind } from './token-repository.ts';

/** 128 random bits that a person carries in a link or cookie; HQ keeps their hash only. */
export async function drawToken(
  tables: Tables,
  crypto: Crypto,
  kind: TokenKind,
  body: string,
  expiresAt: EpochMs,
): Promise<string> {
  const token = toBase64Url(crypto.randomBytes(16));
  await tables.tokens.add(kind, await tokenHash(crypto, token), body, expiresAt);
  return token;
}

export async function tokenHash(crypto: Crypto, token: string): Promise<string> {
  return toHex(await crypto.sha256(utf8(token)));
}
