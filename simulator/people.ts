import { join as joinPath } from 'node:path';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Purpose } from '../kernel/domain/cohort.ts';
import type { Language } from '../kernel/domain/ids.ts';
import { consentTexts, join, openPhone, type Phone } from '../phone/sdk/phone.ts';
import { filePhone } from './file-phone.ts';

/** Somebody who can come to the shop. */
export interface Persona {
  readonly index: number;
  readonly language: Language;
  readonly segments: readonly string[];
  readonly agreesTo: readonly Purpose[];
}

const SEGMENTS = ['wine', 'coffee', 'families'];

/** Who they are is made of the seed; nobody has a name. */
export function personas(count: number, seed: number): readonly Persona[] {
  const rng = xoroshiro128plus(seed);
  const chance = (probability: number) => uniformFloat64(rng) < probability;
  return Array.from({ length: count }, (_, index) => {
    const favourite = SEGMENTS[uniformInt(rng, 0, SEGMENTS.length - 1)];
    const agreesTo: Purpose[] = ['recognise'];
    if (chance(0.85)) agreesTo.push('personalise');
    if (chance(0.4)) agreesTo.push('staff');
    return {
      index,
      language: chance(0.75) ? 'it' : 'en',
      segments: favourite === undefined ? [] : [favourite],
      agreesTo,
    };
  });
}

/** The persona's phone: the one of an earlier run, else one that joins as anybody does. */
export async function phoneOf(
  persona: Persona,
  folder: string,
  hqUrl: string,
  joinToken: () => Promise<string>,
): Promise<Phone> {
  const platform = filePhone(joinPath(folder, `phone-${String(persona.index)}.json`));
  const known = await openPhone(platform);
  if (known !== undefined) return known;
  const { language } = persona;
  const phone = await join(platform, { hqUrl, joinToken: await joinToken(), language });
  for (const text of await consentTexts(platform, hqUrl, language)) {
    if (persona.agreesTo.includes(text.purpose)) await phone.consent(text, true);
  }
  return phone;
}
