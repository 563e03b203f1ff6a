import type { Gs1Strictness } from './element-string.ts';

/** A piece of a URI as it is written, and where it begins. */
export interface UriText {
  readonly text: string;
  readonly at: number;
}

/** What a link is made of. */
export interface UriParts {
  /** Of the path, between its slashes. */
  readonly segments: readonly UriText[];
  /** Of the query, between its ampersands; empty ones are left out. */
  readonly query: readonly UriText[];
  /** Of all that counts: before `#`. */
  readonly end: number;
}

/** Neither reserved nor unreserved, nor `%`: RFC 3986, section 2. */
const NO_URI_CHARACTER = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/;

/** Parts of an `http` or `https` URI. Its host is held to its characters only: a name, an address, a port. */
export function uriParts(
  text: string,
  strictness: Gs1Strictness,
):
  | UriParts
  | {
      readonly reason: 'bad-character' | 'bad-scheme' | 'bad-host' | 'no-key';
      readonly at: number;
    } {
  const stranger = text.search(NO_URI_CHARACTER);
  if (stranger >= 0) return { reason: 'bad-character', at: stranger };
  const scheme = /^https?:\/\//i.exec(text)?.[0];
  const isOneCase = scheme === scheme?.toLowerCase() || scheme === scheme?.toUpperCase();
  if (scheme === undefined || (strictness === 'strict' && !isOneCase))
    return { reason: 'bad-scheme', at: 0 };
  const slash = text.indexOf('/', scheme.length);
  const host = text.slice(scheme.length, slash < 0 ? text.length : slash);
  const badAt = host.search(/[^A-Za-z0-9\-.:[\]]/);
  if (host === '' || badAt >= 0)
    return { reason: 'bad-host', at: scheme.length + Math.max(badAt, 0) };
  if (slash < 0) return { reason: 'no-key', at: text.length };
  const end = indexOrEnd(text, '#', text.length);
  const pathEnd = indexOrEnd(text, '?', end);
  return {
    segments: split(text.slice(slash + 1, pathEnd), '/', slash + 1),
    query: split(text.slice(pathEnd + 1, end), '&', pathEnd + 1).filter((part) => part.text !== ''),
    end,
  };
}

/** Characters of a piece with their escapes read, a byte each; and where each of them stands in the URI. */
export interface DecodedUriText {
  readonly text: string;
  readonly placeOf: (index: number) => number;
  /** Of the first `%` that no two hexadecimal digits follow; it is kept as it is. */
  readonly strayPercent: number | undefined;
}

/** `+` stands for a blank in the query, as forms write it, and for itself in the path. */
export function decodeUriText(written: UriText, place: 'path' | 'query'): DecodedUriText {
  let text = '';
  let strayPercent: number | undefined;
  const places: number[] = [];
  for (let i = 0; i < written.text.length;) {
    const character = written.text.charAt(i);
    const hex = /^%([0-9A-Fa-f]{2})/.exec(written.text.slice(i, i + 3))?.[1];
    if (character === '%' && hex === undefined) strayPercent ??= written.at + i;
    places.push(written.at + i);
    text += hex !== undefined ? String.fromCharCode(parseInt(hex, 16)) : plain(character, place);
    i += hex === undefined ? 1 : 3;
  }
  return {
    text,
    placeOf: (index) => places[index] ?? written.at + written.text.length,
    strayPercent,
  };
}

function plain(character: string, place: 'path' | 'query'): string {
  return character === '+' && place === 'query' ? ' ' : character;
}

function indexOrEnd(text: string, mark: string, end: number): number {
  const at = text.indexOf(mark);
  return at < 0 || at > end ? end : at;
}

function split(text: string, mark: string, from: number): UriText[] {
  let at = from;
  return text.split(mark).map((part) => {
    const here = at;
    at += part.length + mark.length;
    return { text: part, at: here };
  });
}
