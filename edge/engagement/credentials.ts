import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { judgeRotatingCode } from '../../kernel/credentials/rotating-code.ts';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import type { EpochMs, StationId } from '../../kernel/domain/ids.ts';
import { fromHex, toHex } from '../../kernel/hex.ts';
import { cardNumberIn, isCardByItself, mayBeCard } from '../../kernel/scans/card-number.ts';
import type { RotatingCode } from '../../kernel/scans/own-code.ts';
import type { ScanMeaning } from '../../kernel/scans/scan.ts';
import type { Clock } from '../clock.ts';
import type { Cohort } from '../consent/cohort.ts';
import type { Visitors } from '../consent/visitors.ts';

/** A credential that stands: whose, and what must be written with it. */
export interface Accepted {
  readonly row: CohortRow;
  readonly evidence: 'card' | 'code' | 'phone';
  readonly codeUse?: { readonly hash: string; readonly minute: number };
}

/** The person behind a scanned card. @param number - in its one true form */
async function acceptCard(
  cohort: Pick<Cohort, 'find' | 'row'>,
  number: string,
  now: EpochMs,
): Promise<Accepted | undefined> {
  const found = await cohort.find('card', number, now);
  const row = found && cohort.row(found.pseudonym, now);
  return row && { row, evidence: 'card' };
}

/** The person behind a rotating code of this minute; that it is used once is seen to where it is written down. */
async function acceptCode(
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

/** What became of a card or code: whose it is, or why nobody can say. */
export type CardOutcome = Accepted | 'unknown' | 'away';

/** As `acceptCard`, of somebody from elsewhere too: HQ is asked, and what may be a card is written down where it is away. */
export async function acceptAnyCard(
  cohort: Pick<Cohort, 'find' | 'row'>,
  visitors: Pick<Visitors, 'fetch' | 'keepForLater'>,
  scan: ScanMeaning,
  stationId: StationId,
  clock: Clock,
): Promise<CardOutcome> {
  const number = cardNumberIn(scan);
  if (number === undefined) return 'unknown';
  const here = await acceptCard(cohort, number, clock.now());
  if (here !== undefined || !mayBeCard(scan)) return here ?? 'unknown';
  const fetched = await visitors.fetch({ kind: 'card', number }, stationId);
  if (fetched === 'known') return (await acceptCard(cohort, number, clock.now())) ?? 'unknown';
  if (fetched === 'unknown' || !isCardByItself(scan)) return 'unknown';
  return (await visitors.keepForLater(number, stationId)) ? 'away' : 'unknown';
}

/** As `acceptCode`, of somebody from elsewhere too. */
export async function acceptAnyCode(
  crypto: Crypto,
  cohort: Pick<Cohort, 'find' | 'row'>,
  visitors: Pick<Visitors, 'fetch'>,
  code: RotatingCode,
  stationId: StationId,
  clock: Clock,
): Promise<Accepted | undefined> {
  let accepted = await acceptCode(crypto, cohort, code, clock.now());
  if (accepted === 'unknown') {
    const ask = { kind: 'code', codeId: toHex(code.codeId) } as const;
    if ((await visitors.fetch(ask, stationId)) === 'known')
      accepted = await acceptCode(crypto, cohort, code, clock.now());
  }
  return typeof accepted === 'object' ? accepted : undefined;
}
