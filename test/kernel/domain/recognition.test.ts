import { describe, expect, test } from 'vitest';
import { PURPOSES, type Purpose } from '../../../kernel/domain/cohort.ts';
import { SURFACES, type Surface } from '../../../kernel/domain/offer.ts';
import { mayShow, type Permitted } from '../../../kernel/domain/recognition.ts';
import { EVIDENCE, type Evidence, type Strength } from '../../../kernel/domain/strength.ts';

const STRENGTHS: readonly Strength[] = [0, 1, 2, 3, 4];
const CONSENTS = Array.from({ length: 1 << PURPOSES.length }, (_, bits) =>
  PURPOSES.filter((_, i) => (bits >> i) & 1),
);

interface Case {
  readonly strength: Strength;
  readonly evidence: Evidence | undefined;
  readonly surface: Surface;
  readonly consents: readonly Purpose[];
  readonly shown: Permitted;
}
const CASES: readonly Case[] = STRENGTHS.flatMap((strength) =>
  [...EVIDENCE, undefined].flatMap((evidence) =>
    SURFACES.flatMap((surface) =>
      CONSENTS.map((consents) => ({
        strength,
        evidence,
        surface,
        consents,
        shown: mayShow(strength, evidence, surface, new Set(consents)),
      })),
    ),
  ),
);
/** The cases, if any, in which `field` is shown and `allowed` says that it may not be. */
const breaches = (field: keyof Permitted, allowed: (it: Case) => boolean) =>
  CASES.filter((it) => it.shown[field] && !allowed(it));

describe(`[duty-26] what may be shown, over all ${String(CASES.length)} cases`, () => {
  test('a public screen shows what is for everybody, and never anything of a person', () => {
    for (const { surface, shown } of CASES) {
      if (surface !== 'public') continue;
      const { generic, mix, ...personal } = shown;
      expect([generic, mix]).toEqual([true, true]);
      expect(Object.values(personal)).toEqual(Object.values(personal).map(() => false));
    }
  });

  test('everybody is shown what is for everybody, but on the handheld of staff', () => {
    for (const { surface, shown } of CASES) expect(shown.generic).toBe(surface !== 'handheld');
  });

  test('the mix orders what is for everybody, and no session of a person', () => {
    const isForAll = ({ surface, strength, evidence }: Case) =>
      surface === 'public' ||
      (surface === 'kiosk' &&
        (strength < 3 || (strength === 3 && [undefined, 'token', 'report'].includes(evidence))));
    for (const it of CASES) expect([it, it.shown.mix]).toEqual([it, isForAll(it)]);
  });

  test('the prompt comes at R2 alone, and to those who agreed to be recognised', () => {
    const isAsked = ({ strength, surface, consents }: Case) =>
      strength === 2 &&
      surface !== 'public' &&
      consents.includes('recognise') &&
      (surface !== 'handheld' || consents.includes('staff'));
    for (const it of CASES) expect([it, it.shown.prompt]).toEqual([it, isAsked(it)]);
  });

  test('on a kiosk nothing personal follows from a token or a report (threat-1, threat-2)', () => {
    const isAct = ({ strength, evidence }: Case) =>
      strength === 4 ||
      (strength === 3 && evidence !== undefined && !['token', 'report'].includes(evidence));
    for (const field of ['personalOffers', 'points', 'firstName', 'cart'] as const) {
      expect(breaches(field, (it) => it.surface === 'phone' || isAct(it))).toEqual([]);
    }
  });

  test('a card, which may be a photo of one, shows offers only', () => {
    const isCard = ({ strength, evidence, surface }: Case) =>
      surface === 'kiosk' && strength === 3 && evidence === 'card';
    for (const field of ['points', 'firstName', 'cart'] as const) {
      expect(breaches(field, (it) => !isCard(it))).toEqual([]);
    }
    const card = mayShow(3, 'card', 'kiosk', new Set(['personalise']));
    expect(card.personalOffers).toBe(true);
  });

  test('personal offers need the consent `personalise`, a name on a kiosk `show-name`', () => {
    expect(breaches('personalOffers', (it) => it.consents.includes('personalise'))).toEqual([]);
    expect(
      breaches('firstName', (it) => it.surface === 'phone' || it.consents.includes('show-name')),
    ).toEqual([]);
  });

  test('staff see nothing of a person without the consent `staff`, and redeem unasked at R4 only', () => {
    const handheld = CASES.filter((it) => it.surface === 'handheld');
    for (const { strength, consents, shown } of handheld) {
      const staff = consents.includes('staff');
      expect(shown).toMatchObject({ personalOffers: false, points: false, firstName: false });
      expect(shown.brief).toBe(staff && strength >= 3);
      expect(shown.redeem).toBe(staff && strength === 4);
    }
  });

  test('a code or the phone opens points, cart and, where agreed, the name', () => {
    for (const evidence of ['code', 'phone', 'staff'] as const) {
      expect(mayShow(3, evidence, 'kiosk', new Set(['personalise', 'show-name']))).toEqual({
        generic: true,
        mix: false,
        prompt: false,
        personalOffers: true,
        points: true,
        firstName: true,
        cart: true,
        brief: false,
        redeem: false,
      });
      expect(mayShow(3, evidence, 'kiosk', new Set())).toMatchObject({
        personalOffers: false,
        points: true,
        firstName: false,
        cart: false,
      });
    }
  });
});
