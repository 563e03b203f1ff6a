import type { Purpose } from './cohort.ts';
import type { Surface } from './offer.ts';
import type { Evidence, Strength } from './strength.ts';

/** What a surface may show of a person. False is the answer to every question that nobody asked. */
export interface Permitted {
  /** Offers by zone, time and product: the same for everybody. */
  readonly generic: boolean;
  /** What is for everybody in the order that five or more members present like best (mix.ts); never one person's. */
  readonly mix: boolean;
  /** The neutral prompt, which names nobody; on a handheld: "a member is here". */
  readonly prompt: boolean;
  readonly personalOffers: boolean;
  readonly points: boolean;
  readonly firstName: boolean;
  readonly cart: boolean;
  /** Three lines for staff. */
  readonly brief: boolean;
  /** Offering to redeem a person's coupons unasked. A coupon that is scanned is redeemed at any strength. */
  readonly redeem: boolean;
}

const NOTHING: Permitted = {
  generic: false,
  mix: false,
  prompt: false,
  personalOffers: false,
  points: false,
  firstName: false,
  cart: false,
  brief: false,
  redeem: false,
};

/** The table of wire-37 (protocol/SPEC.md) as a total function. `consents`: the purposes with a live grant. */
export function mayShow(
  strength: Strength,
  evidence: Evidence | undefined,
  surface: Surface,
  consents: ReadonlySet<Purpose>,
): Permitted {
  switch (surface) {
    case 'public':
      return { ...NOTHING, generic: true, mix: true };
    case 'kiosk':
      return onKiosk(strength, evidence, consents);
    case 'phone':
      return onPhone(strength, consents);
    case 'handheld':
      return onHandheld(strength, consents);
  }
}

function onKiosk(
  strength: Strength,
  evidence: Evidence | undefined,
  consents: ReadonlySet<Purpose>,
): Permitted {
  const generic = { ...NOTHING, generic: true };
  const forAll = { ...generic, mix: true };
  if (strength < 2) return forAll;
  if (strength === 2) return { ...forAll, prompt: consents.has('recognise') };
  const act = strength === 4 ? 'own' : actBehind(evidence);
  if (act === 'none') return forAll;
  const personalise = consents.has('personalise');
  if (act === 'card') return { ...generic, personalOffers: personalise };
  return {
    ...generic,
    personalOffers: personalise,
    points: true,
    firstName: consents.has('show-name'),
    cart: personalise,
  };
}

/** A card may be a photo of one; a token or a report is no act at all, whatever strength comes with it. */
function actBehind(evidence: Evidence | undefined): 'none' | 'card' | 'own' {
  switch (evidence) {
    case 'code':
    case 'phone':
    case 'staff':
      return 'own';
    case 'card':
      return 'card';
    case 'token':
    case 'report':
    case undefined:
      return 'none';
  }
}

/** A person's own phone shows them their own data, whoever else knows that they are here. */
function onPhone(strength: Strength, consents: ReadonlySet<Purpose>): Permitted {
  return {
    generic: true,
    mix: false,
    prompt: strength === 2 && consents.has('recognise'),
    personalOffers: consents.has('personalise'),
    points: true,
    firstName: true,
    cart: true,
    brief: false,
    redeem: true,
  };
}

function onHandheld(strength: Strength, consents: ReadonlySet<Purpose>): Permitted {
  const staff = consents.has('staff');
  const prompt = strength === 2 && staff && consents.has('recognise');
  return { ...NOTHING, prompt, brief: strength >= 3 && staff, redeem: strength === 4 && staff };
}
