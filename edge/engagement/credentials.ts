import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { judgeRotatingCode } from '../../kernel/credentials/rotating-code.ts';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import type { EpochMs } from '../../kernel/domain/ids.ts';
import { fromHex, toHex } from '../../kernel/hex.ts';
import type { RotatingCode } from '../../kernel/scans/own-code.ts';
import type { Cohort } from '../consent/cohort.ts';

/** A credential that stands: whose, and what must be written with it. */
export interface Accepted {
  readonly row: CohortRow;
  readonly evidence: 'card' | 'code' | 'phone';
  readonly codeUse?: { readonly hash: string; readonly minute: number };
}

/** The person behind a scanned card. @param number - in its one true form */
export async function acceptCard(
  cohort: Pick<Cohort, 'find' | 'row'>,
  number: string,
  now: EpochMs,
): Promise<Accepted | undefined> {
  const found = await cohort.find('card', number, now);
  const row = found && cohort.row(found.pseudonym, now);
  return row && { row, evidence: 'card' };
}

/** The person behind a rotating code of this minute; that it is used once is seen to where it is written down. */
export async function acceptCode(
  crypto: Crypto,
  cohort: Pick<Cohort, 'find' | 'row'>,
  code: RotatingCode,
  now: EpochMs,
): Promise<Accepted | 'unknown' | 'not-good'> {
  const found = await cohort.find('code', toHex(code.codeId), now);
  const row = found && cohort.row(found.pseudonym, now);
  if (found === undefined || row === undefined) return 'unknown';
  const held = row.rotatingCodes.find(({ codeIdHash }) => codeIdHash === found.hash);
  const key = held && fromHex(held.key);
  if (key === undefined) return 'unknown';
  const verdict = await judgeRotatingCode(crypto, key, code, now);
  if (verdict !== 'good') return 'not-good';
  return { row, evidence: 'code', codeUse: { hash: found.hash, minute: code.minute } };
}
