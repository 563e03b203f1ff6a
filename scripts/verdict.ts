import { stripVTControlCharacters } from 'node:util';
import type { Skip, Tally } from './tally-reporter.ts';

export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One line a file that skipped something. */
  readonly skipLines: readonly string[];
}

/** Adds up the projects' counts. In CI every skip is a failure, but for what needs Electron's binary. */
export function verdictOf(tallies: readonly Tally[], inCi: boolean): Verdict {
  const skips = tallies.flatMap((tally) => tally.skips);
  const refused = inCi ? skips.filter((skip) => !needsElectron(skip)) : [];
  const files = new Set(skips.map((skip) => skip.file));
  return {
    passed: sum(tallies.map((tally) => tally.passed)),
    failed: sum(tallies.map((tally) => tally.failed)) + refused.length,
    skipped: skips.length - refused.length,
    skipLines: [...files].map((file) => {
      const ofFile = skips.filter((skip) => skip.file === file);
      const reasons = new Set(ofFile.flatMap((skip) => skip.reason ?? []));
      const word = ofFile.some((skip) => refused.includes(skip))
        ? 'skipped, refused in CI'
        : 'skipped';
      const why = reasons.size === 0 ? '' : `: ${[...reasons].join('; ')}`;
      return `${word}: ${file} (${String(ofFile.length)})${why}`;
    }),
  };
}

export function countsLine(passed: number, failed: number, skipped: number): string {
  return `${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped`;
}

/** The lines that tests printed, out of what Vitest's default reporter wrote: a heading each, then an empty line. */
export function saidIn(log: string): readonly string[] {
  const blocks = stripVTControlCharacters(log).matchAll(/^stdout \| .*\n((?:.+\n)+)/gm);
  return [...blocks].flatMap(([, said = '']) => said.trimEnd().split('\n'));
}

/** Tests of the Electron shell itself lie in files named `*electron*`. */
function needsElectron(skip: Skip): boolean {
  return skip.file.includes('electron');
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, next) => total + next, 0);
