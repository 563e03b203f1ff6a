import { SogliaError } from '../../kernel/errors.ts';
import type { WriteResult } from '../writes.ts';

type Result = WriteResult<'return-lines'>;

const WHY_CLOSED: Readonly<Record<Extract<Result, { kind: 'closed' }>['reason'], string>> = {
  voided: 'purchaseId: voided as a whole, nothing of it can come back',
  'without-lines': 'purchaseId: its lines are not on record, it can be voided as a whole',
  'other-purchase': 'requestId: used for a return of another purchase',
};

/** Why nothing of a return was written, with field and reason. */
export function returnProblem(
  result: Exclude<Result, { kind: 'returned' | 'unknown-purchase' }>,
): SogliaError {
  if (result.kind === 'closed')
    return new SogliaError('request/invalid', WHY_CLOSED[result.reason]);
  const { at, field, reason } = result;
  return new SogliaError('request/invalid', `lines.${String(at)}.${field}: ${reason}`);
}
