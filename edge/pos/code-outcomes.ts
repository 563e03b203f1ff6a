import type { CohortRow } from '../../kernel/domain/cohort.ts';
import type { Pseudonym } from '../../kernel/domain/ids.ts';
import type { CodeOutcome } from '../../kernel/protocol/pos-api.ts';
import { SAY_OF_REFUSAL } from '../../kernel/protocol/pos-words.ts';
import type { CodeAtTill } from './codes-at-till.ts';

/**
 * One for each code; people are numbered as they come.
 * @param used - places of the coupons whose offers take effect
 */
export function outcomesOf(
  read: readonly CodeAtTill[],
  member: CohortRow | undefined,
  used: ReadonlySet<number>,
): CodeOutcome[] {
  const holders = new Map<Pseudonym, number>();
  const numberOf = (pseudonym: Pseudonym) => {
    const number = holders.get(pseudonym) ?? holders.size + 1;
    holders.set(pseudonym, number);
    return number;
  };
  return read.map((code, place): CodeOutcome => {
    switch (code.kind) {
      case 'coupon': {
        const holder = numberOf(code.pseudonym);
        const { offerId } = code.offer;
        return { kind: 'coupon', offerId, holder, takesEffect: used.has(place) };
      }
      case 'card':
        return {
          kind: 'card',
          holder: numberOf(code.row.pseudonym),
          getsPoints: code.row === member,
        };
      case 'refused':
        return { kind: 'refused', reason: code.reason, say: SAY_OF_REFUSAL[code.reason] };
    }
  });
}
