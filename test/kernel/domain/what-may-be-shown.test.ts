import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PURPOSES, type Purpose } from '../../../kernel/domain/cohort.ts';
import { type Surface, SURFACES } from '../../../kernel/domain/offer.ts';
import { mayShow, type Permitted } from '../../../kernel/domain/recognition.ts';
import { EVIDENCE, type Evidence, type Strength } from '../../../kernel/domain/strength.ts';

const PAGE = fileURLToPath(new URL('../../../docs/what-may-be-shown.md', import.meta.url));
const FIELDS = {
  generic: 'what is for everybody',
  mix: 'its order by the mix of five or more members present',
  prompt: 'the neutral prompt',
  personalOffers: 'personal offers',
  points: 'points',
  firstName: 'first name',
  cart: 'cart',
  brief: 'the brief in three lines',
  redeem: 'redeeming unasked',
} as const satisfies Record<keyof Permitted, string>;
const SURFACE_WORDS = {
  public: 'a public screen',
  kiosk: 'a kiosk',
  phone: 'their own phone',
  handheld: 'a handheld of staff',
} as const satisfies Record<Surface, string>;
const STRENGTHS: readonly Strength[] = [0, 1, 2, 3, 4];
const SETS = Array.from({ length: 1 << PURPOSES.length }, (_, bits) =>
  PURPOSES.filter((_, i) => (bits >> i) & 1),
).sort((a, b) => a.length - b.length);

/** The smallest sets of consents that show `field`; none: it is never shown. */
function neededFor(
  field: keyof Permitted,
  strength: Strength,
  evidence: Evidence | undefined,
  surface: Surface,
): readonly Purpose[][] {
  const enough: Purpose[][] = [];
  for (const set of SETS) {
    const isLarger = enough.some((smaller) => smaller.every((purpose) => set.includes(purpose)));
    if (isLarger || !mayShow(strength, evidence, surface, new Set(set))[field]) continue;
    enough.push(set);
  }
  return enough;
}

function cell(strength: Strength, evidence: Evidence | undefined, surface: Surface): string {
  const shown = Object.entries(FIELDS).flatMap(([field, words]) => {
    const sets = neededFor(field as keyof Permitted, strength, evidence, surface);
    if (sets.length === 0) return [];
    const consents = sets.map((set) => set.map((purpose) => `\`${purpose}\``).join(' and '));
    return [consents[0] === '' ? words : `${words} (${consents.join(' or ')})`];
  });
  return shown.length === 0 ? 'nothing' : shown.join(', ');
}

/** Rows that say the same stand together; a strength whose evidence makes no difference stands alone. */
function tableOf(surface: Surface): string {
  const rows = new Map<string, string[]>();
  for (const strength of STRENGTHS) {
    const byWhat = new Map<string, string[]>();
    for (const evidence of [...EVIDENCE, undefined]) {
      const says = cell(strength, evidence, surface);
      byWhat.set(says, [...(byWhat.get(says) ?? []), evidence ?? 'nothing']);
    }
    for (const [says, evidence] of byWhat) {
      const how = byWhat.size === 1 ? '' : ` by ${evidence.join(' or ')}`;
      rows.set(says, [...(rows.get(says) ?? []), `R${String(strength)}${how}`]);
    }
  }
  const lines = [...rows].map(([says, who]) => `| ${who.join(', ')} | ${says} |`);
  const head = [`## On ${SURFACE_WORDS[surface]}`, '', '| known how | shown |', '|---|---|'];
  return [...head, ...lines].join('\n');
}

function page(): string {
  return `${[
    '# What may be shown',
    '',
    'Printed from `mayShow` (`kernel/domain/recognition.ts`) over its whole product of strength, evidence, surface and',
    'consents; a test holds page and code together. In brackets: the consents that it needs, each live in a live lease.',
    '',
    ...SURFACES.flatMap((surface) => [tableOf(surface), '']),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

test('[duty-26] the page says what the code does (SOGLIA_DOCS=1 prints it anew)', () => {
  if (process.env['SOGLIA_DOCS'] === '1') writeFileSync(PAGE, page());
  expect(readFileSync(PAGE, 'utf8')).toBe(page());
});
