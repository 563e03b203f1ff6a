import type { CohortRow } from '../../kernel/domain/cohort.ts';
import { liveGrants } from '../../kernel/domain/consent.ts';
import type { RecognisedHere } from '../../kernel/domain/recognised.ts';
import { mayShow } from '../../kernel/domain/recognition.ts';
import type { Verdict } from '../../kernel/protocol/handheld-events.ts';

type Brief = Extract<Verdict, { kind: 'member' }>['brief'];

/** Three lines, only with consent `staff`: how to speak to the person, and what they hold. */
export function briefOf(row: CohortRow, { strength, evidence, at }: RecognisedHere): Brief {
  const { brief } = mayShow(strength, evidence, 'handheld', liveGrants(row, at));
  if (!brief) return [];
  const coupons = row.coupons.length;
  const language = (tongue: string) =>
    new Intl.DisplayNames([tongue], { type: 'language' }).of(row.language) ?? row.language;
  return [
    { it: `Parla ${language('it')}`, en: `Speaks ${language('en')}` },
    { it: `Punti: ${row.points}`, en: `Points: ${row.points}` },
    { it: `Buoni: ${coupons}`, en: `Coupons: ${coupons}` },
  ];
}
