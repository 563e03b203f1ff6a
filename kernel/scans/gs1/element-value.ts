import { applicationIdentifier } from './application-identifiers.ts';
import { firstStranger } from './charsets.ts';
import { type Gs1Reason, type Gs1Rejected, gs1Rejected } from './gs1-rejected.ts';
import type { Component } from './identifier-row.ts';
import { lint } from './linters.ts';

/** One identifier with its value. */
export interface Gs1Element {
  readonly ai: string;
  readonly value: string;
}

/**
 * What is wrong with the value of one identifier: length, characters, check digits, dates, codes; undefined if nothing
 * is. Positions count inside the value.
 */
export function checkElementValue(ai: string, value: string): Gs1Rejected | undefined {
  const identifier = applicationIdentifier(ai);
  if (identifier === undefined) return gs1Rejected('unknown-identifier', 0, ai);
  let start = 0;
  for (const component of identifier.components) {
    const content = value.slice(start, start + component.max);
    if (content === '' && component.optional) break;
    const wrong = checkComponent(component, content);
    if (wrong !== undefined) return gs1Rejected(wrong.reason, start + wrong.at, ai);
    start += content.length;
  }
  return start < value.length ? gs1Rejected('too-long', start, ai) : undefined;
}

function checkComponent(
  { charset, min, linters }: Component,
  content: string,
): { readonly reason: Gs1Reason; readonly at: number } | undefined {
  const stranger = firstStranger(charset, content);
  if (stranger >= 0) return { reason: 'bad-character', at: stranger };
  if (content.length < min) return { reason: 'too-short', at: content.length };
  for (const linter of linters) {
    const wrong = lint(linter, content);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
