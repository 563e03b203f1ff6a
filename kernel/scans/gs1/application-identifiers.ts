import type { Component } from './identifier-row.ts';
import { IDENTIFIER_TABLE } from './identifier-table.ts';
import type { IdentifierRow } from './identifier-row.ts';

/** What stands behind an application identifier. Source: GS1 Barcode Syntax Dictionary (identifier-table.ts). */
export interface ApplicationIdentifier {
  readonly ai: string;
  /** The data title, as printed: `BATCH/LOT`. */
  readonly title: string;
  /** Its value has one length, and no FNC1 after it. */
  readonly predefinedLength: boolean;
  readonly components: readonly Component[];
  /**
   * Each must be met. A requisite is met by one of its alternatives, an alternative by all of its patterns. In a
   * pattern `n` is any digit.
   */
  readonly requisites: readonly (readonly (readonly string[])[])[];
  /** Patterns of identifiers that may not stand beside this one. */
  readonly exclusions: readonly string[];
  /** It may stand in the query of a Digital Link. */
  readonly dlDataAttribute: boolean;
  /** Where it is a key of a Digital Link: the alternative sequences of its qualifiers, each in its order. */
  readonly dlKeys?: readonly (readonly string[])[];
}

const IDENTIFIERS: ReadonlyMap<string, ApplicationIdentifier> = new Map(
  IDENTIFIER_TABLE.flatMap(identifiersOf).map((identifier) => [identifier.ai, identifier]),
);

/** Digits of an identifier by its first two. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  [...IDENTIFIERS.keys()].map((ai) => [ai.slice(0, 2), ai.length]),
);

export const APPLICATION_IDENTIFIERS: readonly ApplicationIdentifier[] = [...IDENTIFIERS.values()];

export function applicationIdentifier(ai: string): ApplicationIdentifier | undefined {
  return IDENTIFIERS.get(ai);
}

/** How many digits an identifier has that begins so: 2 to 4; undefined where none begins so. */
export function identifierLength(firstTwoDigits: string): number | undefined {
  return LENGTHS.get(firstTwoDigits);
}

function identifiersOf(row: IdentifierRow): ApplicationIdentifier[] {
  const [first = '', last = first] = row.ais.split('-');
  const { req = [], ex = [], key } = row.rules;
  const facts = {
    title: row.title,
    predefinedLength: row.flags.includes('*'),
    components: row.components,
    requisites: req.map((one) => one.split(',').map((alternative) => alternative.split('+'))),
    exclusions: ex,
    dlDataAttribute: row.flags.includes('?'),
    ...(key !== undefined && { dlKeys: key }),
  };
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, i) => ({
    ai: String(Number(first) + i).padStart(first.length, '0'),
    ...facts,
  }));
}
