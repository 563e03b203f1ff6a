import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Skip {
  /** The test file, relative to the root. */
  readonly file: string;
  readonly name: string;
  readonly reason: string | undefined;
}

export interface Failure {
  /** The test file, relative to the root, and the test; a file that could not be loaded has no test. */
  readonly where: string;
  /** First line of the first error. */
  readonly message: string;
}

export interface Tally {
  readonly passed: number;
  /** Failed tests, files that could not be loaded, failed hooks and errors that no test caught. */
  readonly failed: number;
  readonly failures: readonly Failure[];
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
  const failures: Failure[] = [];
  const skips: Skip[] = [];
  const fail = (where: string, errors: readonly { readonly message: string }[]) => {
    const message = errors[0]?.message.split('\n', 1)[0] ?? 'without a word';
    failures.push({ where, message });
  };
  for (const error of unhandled) fail('outside any test', [error]);
  for (const module of modules) {
    const file = module.relativeModuleId;
    for (const error of module.errors()) fail(file, [error]);
    for (const suite of module.children.allSuites())
      for (const error of suite.errors()) fail(`${file} > ${suite.fullName}`, [error]);
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') passed += 1;
      else if (result.state === 'failed') fail(`${file} > ${test.fullName}`, result.errors);
      else {
        const reason = result.state === 'skipped' ? result.note : undefined;
        skips.push({ file, name: test.fullName, reason });
      }
    }
  }
  return { passed, failed: failures.length, failures, skips };
}
