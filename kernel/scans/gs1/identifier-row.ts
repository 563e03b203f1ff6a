import type { Charset } from './charsets.ts';
import type { Linter } from './linters.ts';

/** One component of an element's value. Only the last one may vary in length, and only the last ones may be absent. */
export interface Component {
  readonly charset: Charset;
  /** Characters. */
  readonly min: number;
  readonly max: number;
  readonly optional: boolean;
  readonly linters: readonly Linter[];
}

/** One line of the dictionary: an identifier, or a range of them that share everything. */
export interface IdentifierRow {
  /** `01`, or `3100-3105`. */
  readonly ais: string;
  /** `*` predefined length, no FNC1 after it; `?` may be a data attribute of a Digital Link. */
  readonly flags: '' | '*' | '?' | '*?';
  readonly title: string;
  readonly components: readonly Component[];
  readonly rules: IdentifierRules;
}
interface IdentifierRules {
  /** Each must hold: alternatives by `,`, what goes together by `+`; `n` is any digit. */
  readonly req?: readonly string[];
  /** Patterns that may not stand beside it. */
  readonly ex?: readonly string[];
  /** It is a key of a Digital Link: the alternative orders of its qualifiers. */
  readonly key?: readonly (readonly string[])[];
}

export function row(
  ais: string,
  flags: IdentifierRow['flags'],
  title: string,
  components: readonly Component[],
  rules: IdentifierRules = {},
): IdentifierRow {
  return { ais, flags, title, components, rules };
}

/** A component that must be there. */
export function part(charset: Charset, min: number, max: number, ...linters: Linter[]): Component {
  return { charset, min, max, optional: false, linters };
}

/** A component that may be absent. */
export function maybe(charset: Charset, min: number, max: number, ...linters: Linter[]): Component {
  return { charset, min, max, optional: true, linters };
}
