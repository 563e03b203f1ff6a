import { lacks, type Part } from '../../scripts/parts.ts';

/**
 * Whether this machine lacks a part that a test needs, for `describe.skipIf(lacking('chromium'))`.
 * `npm test` installs what it may beforehand, and lists at its end what was missing and how to get it.
 */
export function lacking(...needed: readonly Part[]): boolean {
  return needed.some((part) => lacks(part) !== undefined);
}
