import type { Rejected } from '../../rejected.ts';
import { applicationIdentifier } from './application-identifiers.ts';
import { checkAssociations, checkConflicts } from './associations.ts';
import type { Gs1Strictness } from './element-string.ts';
import { type Gs1Element, checkElementValue } from './element-value.ts';
import type { Gs1Reason } from './gs1-rejected.ts';
import { type UriParts, type UriText, decodeUriText, uriParts } from './uri-parts.ts';

/** A GS1 Digital Link URI, read. */
export interface DigitalLink {
  readonly kind: 'digital-link';
  /** Scheme, host, and the path before the key; no slash at its end. */
  readonly stem: string;
  /** The key, its qualifiers, then the attributes of the query, as they stand there. */
  readonly elements: readonly Gs1Element[];
  /** What the query says besides, as it stands there. */
  readonly parameters: readonly string[];
}
export type LinkReason =
  | Gs1Reason
  /** None of `https`, `http`, nor either in capitals. */
  | 'bad-scheme'
  | 'bad-host'
  /** No identifier in the path that a link may be about. */
  | 'no-key'
  | 'trailing-slash'
  | 'empty-value'
  /** Not a qualifier of the key, or not in its order. */
  | 'bad-qualifier'
  /** It qualifies the key, and so belongs into the path. */
  | 'qualifier-in-query'
  /** It may not stand in the query of a link. */
  | 'not-an-attribute'
  /** `%` without two hexadecimal digits. */
  | 'bad-escape';

/** A text that is no valid link. `at` counts in the text. */
export interface LinkRejected extends Rejected<LinkReason> {
  /** The identifier at fault; empty where it is none's. */
  readonly ai: string;
}

/** Names that links had before 2022, now in `lenient` only. Source: GS1 Digital Link Standard 1.1, section 4. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  cpid: '8010',
  cpsn: '8011',
  cpv: '22',
  gcn: '255',
  gdti: '253',
  giai: '8004',
  ginc: '401',
  gln: '414',
  glnx: '254',
  gmn: '8013',
  grai: '8003',
  gsin: '402',
  gsrn: '8018',
  gsrnp: '8017',
  gtin: '01',
  itip: '8006',
  lot: '10',
  party: '417',
  refno: '8020',
  ser: '21',
  srin: '8019',
  sscc: '00',
};

/** An element, and where its identifier begins in the text. */
interface Placed extends Gs1Element {
  readonly at: number;
}

/**
 * Reads a link; the rightmost key of the path counts, what follows `#` does not.
 *
 * `lenient` takes what older links have: a scheme in any case, short names (`/gtin/`, `/lot/`), GTINs of 8, 12 and 13
 * digits, stray `%`; and, as for element strings, unknown identifiers (kept as parameters) and absent requisites.
 * Source: GS1 Digital Link Standard: URI Syntax, sections 4 and 5; identifiers from the GS1 Barcode Syntax Dictionary.
 */
export function parseDigitalLink(
  text: string,
  strictness: Gs1Strictness = 'strict',
): DigitalLink | LinkRejected {
  const parts = uriParts(text, strictness);
  if ('reason' in parts) return linkRejected(parts.reason, parts.at, '');
  const path = readPath(parts, strictness);
  if ('kind' in path) return path;
  const query = readQuery(parts, path.elements, strictness);
  if ('kind' in query) return query;
  const elements = [...path.elements, ...query.elements];
  const wrong = (strictness === 'strict' ? checkAssociations : checkConflicts)(elements);
  if (wrong !== undefined) return linkRejected(wrong.reason, elements[wrong.at]?.at ?? 0, wrong.ai);
  return {
    kind: 'digital-link',
    stem: text.slice(0, path.keyAt),
    elements: elements.map(({ ai, value }) => ({ ai, value })),
    parameters: query.parameters,
  };
}

interface PathRead {
  readonly elements: readonly Placed[];
  /** Of the slash before the key. */
  readonly keyAt: number;
}

/** Walks from the end, pair by pair, until a key. */
function readPath(parts: UriParts, strictness: Gs1Strictness): PathRead | LinkRejected {
  const { segments } = parts;
  const nameOf = (i: number) => identifierOf(segments[i]?.text ?? '', strictness);
  const last = segments.at(-1);
  if (last?.text === '' && nameOf(segments.length - 2) === undefined)
    return linkRejected(segments.length > 1 ? 'trailing-slash' : 'no-key', last.at, '');
  let key = segments.length - 2;
  while (key >= 0 && !isKey(nameOf(key))) {
    const segment = segments[key];
    if (nameOf(key) === undefined && segment !== undefined)
      return linkRejected('no-key', segment.at, /^\d{2,4}$/.test(segment.text) ? segment.text : '');
    key -= 2;
  }
  if (key < 0) return linkRejected('no-key', segments[0]?.at ?? parts.end, '');
  const elements: Placed[] = [];
  for (let i = key; i < segments.length; i += 2) {
    const [name, written] = [segments[i], segments[i + 1]];
    const ai = nameOf(i);
    if (name === undefined || written === undefined || ai === undefined) continue;
    const value = readValue(ai, written, 'path', strictness);
    if (typeof value !== 'string') return value;
    elements.push({ ai, value, at: name.at });
  }
  const stranger = firstNonQualifier(elements.map(({ ai }) => ai));
  const wrong = stranger === undefined ? undefined : elements[stranger];
  if (wrong !== undefined) return linkRejected('bad-qualifier', wrong.at, wrong.ai);
  return { elements, keyAt: (segments[key]?.at ?? 0) - 1 };
}

interface QueryRead {
  readonly elements: readonly Placed[];
  readonly parameters: readonly string[];
}

function readQuery(
  { query }: UriParts,
  path: readonly Placed[],
  strictness: Gs1Strictness,
): QueryRead | LinkRejected {
  const elements: Placed[] = [];
  const parameters: string[] = [];
  const sequence = path.map(({ ai }) => ai);
  const seen = new Set(sequence);
  for (const { text, at } of query) {
    const equals = text.indexOf('=');
    const ai = text.slice(0, Math.max(equals, 0));
    const isUnknown = applicationIdentifier(ai) === undefined;
    if (isUnknown && /^\d+$/.test(ai) && strictness === 'strict')
      return linkRejected('unknown-identifier', at, ai);
    if (isUnknown) {
      parameters.push(text);
      continue;
    }
    if (seen.has(ai)) return linkRejected('repeated-identifier', at, ai);
    seen.add(ai);
    if (belongsInPath(ai, sequence)) return linkRejected('qualifier-in-query', at, ai);
    if (applicationIdentifier(ai)?.dlDataAttribute !== true)
      return linkRejected('not-an-attribute', at, ai);
    const written = { text: text.slice(equals + 1), at: at + equals + 1 };
    const value = readValue(ai, written, 'query', strictness);
    if (typeof value !== 'string') return value;
    elements.push({ ai, value, at });
  }
  return { elements, parameters };
}

function readValue(
  ai: string,
  written: UriText,
  place: 'path' | 'query',
  strictness: Gs1Strictness,
): string | LinkRejected {
  if (written.text === '') return linkRejected('empty-value', written.at, ai);
  const { text, placeOf, strayPercent } = decodeUriText(written, place);
  if (strayPercent !== undefined && strictness === 'strict')
    return linkRejected('bad-escape', strayPercent, ai);
  const isShortGtin = ai === '01' && strictness === 'lenient' && /^(?:\d{8}|\d{12,13})$/.test(text);
  const value = isShortGtin ? text.padStart(14, '0') : text;
  const wrong = checkElementValue(ai, value);
  if (wrong === undefined) return value;
  const at = Math.max(wrong.at - (value.length - text.length), 0);
  return linkRejected(wrong.reason, placeOf(at), ai);
}

function identifierOf(segment: string, strictness: Gs1Strictness): string | undefined {
  if (applicationIdentifier(segment) !== undefined) return segment;
  return strictness === 'lenient' && Object.hasOwn(SHORT_NAMES, segment)
    ? SHORT_NAMES[segment]
    : undefined;
}

function isKey(ai: string | undefined): boolean {
  return ai !== undefined && applicationIdentifier(ai)?.dlKeys !== undefined;
}

/** Index of the first that does not follow the key, by the alternative that goes furthest; undefined if all do. */
function firstNonQualifier([key = '', ...qualifiers]: readonly string[]): number | undefined {
  const alternatives = applicationIdentifier(key)?.dlKeys ?? [];
  const reached = alternatives.map((sequence) => {
    let from = 0;
    const stranger = qualifiers.findIndex((ai) => {
      const found = sequence.indexOf(ai, from);
      from = found + 1;
      return found < 0;
    });
    return stranger < 0 ? qualifiers.length : stranger;
  });
  const furthest = Math.max(0, ...reached);
  return furthest === qualifiers.length ? undefined : furthest + 1;
}

/** Whether the path would still be right with this identifier somewhere behind its key. */
function belongsInPath(ai: string, path: readonly string[]): boolean {
  return path.some((_, i) => firstNonQualifier(path.toSpliced(i + 1, 0, ai)) === undefined);
}

/**
 * The link that says these elements, in its canonical form: the first of them that is a key, its qualifiers in their
 * order, the others in the query in the order of their identifiers. Reading it gives the same elements back.
 * @param stem - scheme, host and an optional path, such as `https://id.gs1.org`
 * @returns why they make none; `at` counts in the value that is wrong, or else in the link that they would have made
 */
export function buildDigitalLink(
  elements: readonly Gs1Element[],
  stem: string,
): string | LinkRejected {
  for (const { ai, value } of elements) {
    const wrong = checkElementValue(ai, value);
    if (wrong !== undefined) return linkRejected(wrong.reason, wrong.at, ai);
  }
  let firstWrong: LinkRejected | undefined;
  for (const key of elements) {
    for (const sequence of sequencesFor(key.ai, elements)) {
      const text = linkText(elements, key, sequence, stem.replace(/\/+$/, ''));
      const link = parseDigitalLink(text);
      if (link.kind === 'digital-link') return text;
      firstWrong ??= link;
    }
  }
  return firstWrong ?? linkRejected('no-key', 0, elements[0]?.ai ?? '');
}

/** The alternatives of a key, that first which takes most of the elements into the path. */
function sequencesFor(key: string, elements: readonly Gs1Element[]) {
  const taken = (sequence: readonly string[]) =>
    elements.filter(({ ai }) => sequence.includes(ai)).length;
  const sequences = applicationIdentifier(key)?.dlKeys ?? [];
  return sequences.toSorted((one, other) => taken(other) - taken(one));
}

function linkText(
  elements: readonly Gs1Element[],
  key: Gs1Element,
  sequence: readonly string[],
  stem: string,
): string {
  const qualifiers = sequence.flatMap((ai) => elements.find((element) => element.ai === ai) ?? []);
  const inPath = [key, ...qualifiers];
  const path = inPath.map(({ ai, value }) => `/${ai}/${escaped(value)}`).join('');
  const query = elements
    .filter((element) => !inPath.includes(element))
    .sort((one, other) => (one.ai < other.ai ? -1 : 1))
    .map(({ ai, value }) => `${ai}=${escaped(value)}`)
    .join('&');
  return stem + path + (query === '' ? '' : `?${query}`);
}

/** All but the unreserved characters of RFC 3986, section 2.3. */
function escaped(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function linkRejected(reason: LinkReason, at: number, ai: string): LinkRejected {
  return { kind: 'rejected', reason, at, ai };
}
