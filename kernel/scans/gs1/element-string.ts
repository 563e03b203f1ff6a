import { applicationIdentifier, identifierLength } from './application-identifiers.ts';
import { checkAssociations, checkConflicts } from './associations.ts';
import { firstStranger } from './charsets.ts';
import { type Gs1Element, checkElementValue } from './element-value.ts';
import { type Gs1Rejected, gs1Rejected } from './gs1-rejected.ts';

/** A GS1 message that is valid. */
export interface Gs1Message {
  readonly kind: 'elements';
  readonly elements: readonly Gs1Element[];
}
/**
 * `strict`: every identifier is known, and has what it requires.
 * `lenient`: an unknown identifier is kept with its value as it is, and requisites may stand in another symbol.
 */
export type Gs1Strictness = 'strict' | 'lenient';

/** ASCII Group Separator: how FNC1 arrives after a value that is not the last. */
export const GS = '\u001d';

/** The longest value that an opaque element may have: that of the longest identifiers. */
const LONGEST_VALUE = 90;

/** Lengths of values that need no FNC1, by the first two digits. Source: GS1 General Specifications, section 7.8.5. */
const PREDEFINED_LENGTHS: Readonly<Record<string, number>> = {
  '04': 16,
  '14': 6,
  '18': 6,
  '19': 6,
};

/** An element and where it was found. */
export interface PlacedElement extends Gs1Element {
  /** Where the identifier begins. */
  readonly at: number;
}

/**
 * Reads identifier and value in turn, FNC1 as GS. One GS is tolerated at the start, after a value of predefined length,
 * and at the end. Positions count in `text`.
 * Source: GS1 General Specifications, section 7.8.
 */
export function decodeElementString(
  text: string,
  strictness: Gs1Strictness = 'strict',
): Gs1Message | Gs1Rejected {
  const elements = placedElements(text, strictness);
  return 'kind' in elements ? elements : messageOf(elements, strictness);
}

/** The same, each element by itself: who has several parts of one message judges them together. */
export function placedElements(
  text: string,
  strictness: Gs1Strictness,
): readonly PlacedElement[] | Gs1Rejected {
  const found: PlacedElement[] = [];
  let at = text.startsWith(GS) ? 1 : 0;
  if (at === text.length) return gs1Rejected('empty', at, '');
  while (at < text.length) {
    const ai = identifierAt(text, at, strictness);
    if (ai === undefined)
      return gs1Rejected(
        'unknown-identifier',
        at,
        /^\d{0,4}/.exec(text.slice(at, at + 4))?.[0] ?? '',
      );
    const valueAt = at + ai.length;
    const end = valueEnd(text, valueAt, ai);
    const value = text.slice(valueAt, end);
    const wrong = checkValue(ai, value, strictness);
    if (wrong !== undefined) return gs1Rejected(wrong.reason, valueAt + wrong.at, ai);
    found.push({ ai, value, at });
    at = text[end] === GS ? end + 1 : end;
  }
  return found;
}

/**
 * The same in print: `(01)12312312312333(10)ABC`. A bracket in a value that could be taken for an identifier's is
 * written `\(`.
 */
export function decodeBracketed(
  text: string,
  strictness: Gs1Strictness = 'strict',
): Gs1Message | Gs1Rejected {
  const found: PlacedElement[] = [];
  if (text === '') return gs1Rejected('empty', 0, '');
  const identifier = /\((\d{2,4})\)/y;
  const rest = /(?:\\\(|(?!\(\d{2,4}\))[^])*/y;
  for (let at = 0; at < text.length;) {
    identifier.lastIndex = at;
    const ai = identifier.exec(text)?.[1];
    if (ai === undefined) return gs1Rejected('unknown-identifier', at, '');
    const valueAt = at + ai.length + 2;
    rest.lastIndex = valueAt;
    const written = rest.exec(text)?.[0] ?? '';
    const value = written.replaceAll('\\(', '(');
    const isKnown = applicationIdentifier(ai) !== undefined || strictness === 'lenient';
    if (!isKnown) return gs1Rejected('unknown-identifier', at + 1, ai);
    const wrong = checkValue(ai, value, strictness);
    if (wrong !== undefined)
      return gs1Rejected(wrong.reason, valueAt + offsetInPrint(written, wrong.at), ai);
    found.push({ ai, value, at: at + 1 });
    at = valueAt + written.length;
  }
  return messageOf(found, strictness);
}

/** Elements that may stand together as a message. */
export function messageOf(
  found: readonly PlacedElement[],
  strictness: Gs1Strictness,
): Gs1Message | Gs1Rejected {
  const check = strictness === 'strict' ? checkAssociations : checkConflicts;
  const wrong = check(found);
  if (wrong !== undefined) return gs1Rejected(wrong.reason, found[wrong.at]?.at ?? 0, wrong.ai);
  return { kind: 'elements', elements: found.map(({ ai, value }) => ({ ai, value })) };
}

/** The message as a scanner sends it, without AIM identifier; or what is wrong with it, `at` an element's index. */
export function encodeElementString(elements: readonly Gs1Element[]): string | Gs1Rejected {
  const wrong = checkElements(elements);
  if (wrong !== undefined) return wrong;
  return elements
    .map(({ ai, value }, i) => {
      const isLast = i === elements.length - 1;
      const needsEnd = applicationIdentifier(ai)?.predefinedLength !== true && !isLast;
      return ai + value + (needsEnd ? GS : '');
    })
    .join('');
}

/** The message in print. */
export function encodeBracketed(elements: readonly Gs1Element[]): string | Gs1Rejected {
  const wrong = checkElements(elements);
  if (wrong !== undefined) return wrong;
  return elements.map(({ ai, value }) => `(${ai})${value.replaceAll('(', '\\(')}`).join('');
}

function checkElements(elements: readonly Gs1Element[]): Gs1Rejected | undefined {
  if (elements.length === 0) return gs1Rejected('empty', 0, '');
  for (const [i, { ai, value }] of elements.entries()) {
    const wrong = checkElementValue(ai, value);
    if (wrong !== undefined) return gs1Rejected(wrong.reason, i, ai);
  }
  return checkAssociations(elements);
}

/** The identifier that begins at `at`. An unknown one has the length of its family, or two digits where it has none. */
function identifierAt(text: string, at: number, strictness: Gs1Strictness): string | undefined {
  const firstTwo = text.slice(at, at + 2);
  const ai = text.slice(at, at + (identifierLength(firstTwo) ?? 2));
  if (applicationIdentifier(ai) !== undefined) return ai;
  const isWhole = /^\d+$/.test(ai) && ai.length === (identifierLength(firstTwo) ?? 2);
  return strictness === 'lenient' && isWhole ? ai : undefined;
}

/** Looks no further than the value can go, so that a message is read in one pass. */
function valueEnd(text: string, valueAt: number, ai: string): number {
  const length = predefinedLength(ai);
  if (length === undefined) {
    const separatorAt = text.indexOf(GS, valueAt);
    return separatorAt < 0 ? text.length : separatorAt;
  }
  const longest = text.slice(valueAt, valueAt + length);
  const separatorAt = longest.indexOf(GS);
  return valueAt + (separatorAt < 0 ? longest.length : separatorAt);
}

function predefinedLength(ai: string): number | undefined {
  const identifier = applicationIdentifier(ai);
  if (identifier?.predefinedLength === true)
    return identifier.components.reduce((sum, { max }) => sum + max, 0);
  if (identifier !== undefined) return undefined;
  // An unknown member of a family of predefined length has that length.
  const firstTwo = ai.slice(0, 2);
  if (/^3[1-6]/.test(firstTwo)) return 6;
  return firstTwo === '41' ? 13 : PREDEFINED_LENGTHS[firstTwo];
}

function checkValue(ai: string, value: string, strictness: Gs1Strictness): Gs1Rejected | undefined {
  if (applicationIdentifier(ai) !== undefined || strictness === 'strict')
    return checkElementValue(ai, value);
  const stranger = firstStranger('X', value);
  if (stranger >= 0) return gs1Rejected('bad-character', stranger, ai);
  if (value === '') return gs1Rejected('too-short', 0, ai);
  return value.length > LONGEST_VALUE ? gs1Rejected('too-long', LONGEST_VALUE, ai) : undefined;
}

/** Where the character of a value stands that is written with `\(` for a bracket. */
function offsetInPrint(written: string, index: number): number {
  let offset = 0;
  for (let i = 0; i < index; i++) offset += written.startsWith('\\(', offset) ? 2 : 1;
  return offset;
}
