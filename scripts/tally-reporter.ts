import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Skip {
  /** The test file, relative to the root. */
  readonly file: string;
  readonly name: string;
  readonly reason: string | undefined;
}

export interface Tally {
  readonly passed: number;
  /** Failed tests, files that could not be loaded, failed hooks and errors that no test caught. */
  readonly failed: number;
  readonly skips: readonly Skip[];
}

/** Counts a run into the file that SOGLIA_TALLY names, for the closing line of `npm test`. */
// eslint-disable-next-line no-restricted-syntax -- Vitest takes a reporter module's default export
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const path = process.env['SOGLIA_TALLY'];
    if (path !== undefined) writeFileSync(path, JSON.stringify(tallyOf(modules, unhandled)));
  }
}

function tallyOf(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Tally {
  let passed = 0;
  let failed = unhandled.length;
  const skips: Skip[] = [];
  for (const module of modules) {
    failed += module.errors().length;
    for (const suite of module.children.allSuites()) failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') passed += 1;
      else if (result.state === 'failed') failed += 1;
      else {
        const reason = result.state === 'skipped' ? result.note : undefined;
        skips.push({ file: module.relativeModuleId, name: test.fullName, reason });
      }
    }
  }
  return { passed, failed, skips };
}
