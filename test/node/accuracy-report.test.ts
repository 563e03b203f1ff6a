import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type AccuracyReport,
  readAccuracyReport,
  writeAccuracyReport,
} from '../../node/accuracy-report.ts';
import { tempDir } from '../support/temp-dir.ts';

const REPORT: AccuracyReport = {
  measuredAt: 1_800_000_000_000,
  accuracy: 0.94,
  accuracyBefore: 0.9,
  instants: 240,
  confusion: { door: { door: 120 }, wine: { wine: 100, uncertain: 20 } },
  recognisedAfterMs: 1_500,
  neverRecognised: 0,
  offsetsDb: { r1: -3.5 },
  silent: [],
  written: true,
};

test('what a walk found is read as it was written; none, and what is none, are nothing', async () => {
  const folder = tempDir();
  expect(await readAccuracyReport(folder)).toBeUndefined();
  await writeAccuracyReport(folder, REPORT);
  expect(await readAccuracyReport(folder)).toEqual(REPORT);
  for (const text of ['', '{', '{"accuracy":2}', '[]']) {
    writeFileSync(join(folder, 'accuracy.json'), text);
    expect(await readAccuracyReport(folder)).toBeUndefined();
  }
});
