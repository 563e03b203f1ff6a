import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PURPOSES } from '../../../kernel/domain/cohort.ts';
import type { Pseudonym, StationId, ZoneId } from '../../../kernel/domain/ids.ts';
import {
  type Recognised,
  recognisedHere,
  recognisedNear,
} from '../../../kernel/domain/recognised.ts';
import { mayShow } from '../../../kernel/domain/recognition.ts';
import { EVIDENCE, type Evidence } from '../../../kernel/domain/strength.ts';

const STRENGTH: Record<Evidence, number> = {
  ...{ token: 2, report: 2 },
  ...{ card: 3, code: 3, phone: 3 },
  staff: 4,
};
const pseudonym = fc.string({
  unit: fc.constantFrom(...Array.from('0123456789abcdef')),
  minLength: 32,
});
const at = fc.nat({ max: 2 ** 48 });
const anyone = { p: pseudonym, place: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), at };

function recognised(evidence: Evidence, p: string, place: string, when: number): Recognised {
  return evidence === 'token' || evidence === 'report'
    ? recognisedNear(evidence, p as Pseudonym, place as ZoneId, when)
    : recognisedHere(evidence, p as Pseudonym, place as StationId, when);
}

test('[cred-2] strength follows from evidence, whoever it is, wherever and whenever', () => {
  fc.assert(
    fc.property(fc.constantFrom(...EVIDENCE), fc.record(anyone), (evidence, given) => {
      const event = recognised(evidence, given.p, given.place, given.at);
      expect(event).toMatchObject({ pseudonym: given.p, evidence, at: given.at });
      expect(event.strength).toBe(STRENGTH[evidence]);
    }),
  );
});

test('[cred-2] [duty-26] no evidence shows more than a stronger one, on any surface', () => {
  const surface = fc.constantFrom('public' as const, 'kiosk' as const, 'handheld' as const);
  const consents = fc.subarray([...PURPOSES]);
  const one = fc.constantFrom(...EVIDENCE);
  fc.assert(
    fc.property(one, one, surface, consents, (weaker, stronger, where, given) => {
      fc.pre(STRENGTH[weaker] < STRENGTH[stronger] && stronger !== 'card');
      const may = (evidence: Evidence) => {
        const { strength } = recognised(evidence, '0'.repeat(32), 'x', 0);
        const shown = mayShow(strength, evidence, where, new Set(given));
        return { ...shown, prompt: false, mix: false }; // those are for whoever has not acted yet
      };
      for (const [what, isShown] of Object.entries(may(weaker)))
        if (isShown) expect(may(stronger)).toHaveProperty(what, true);
    }),
  );
});
