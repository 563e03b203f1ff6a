import { join } from 'node:path';
import { z } from 'zod';
import { EpochMsSchema } from '../kernel/domain/ids.ts';
import { readIfPresent, writeAtomically } from './atomic-file.ts';

const ShareSchema = z.number().min(0).max(1);

/** How well a shop's zones are told apart, by its last guided walk. Nothing of any person: the walk had a test credential. */
export const AccuracyReportSchema = z.object({
  measuredAt: EpochMsSchema,
  /** With the offsets that are in soglia.yaml since. */
  accuracy: ShareSchema,
  /** With those that were there before. */
  accuracyBefore: ShareSchema,
  instants: z.int().nonnegative(),
  /** True zone → reported zone, or `uncertain` → instants. */
  confusion: z.record(z.string(), z.record(z.string(), z.int().nonnegative())),
  /** From standing in a zone to its report, ms: the median of those recognised, and how many never were. */
  recognisedAfterMs: z.number().nonnegative().nullable(),
  neverRecognised: z.int().nonnegative(),
  offsetsDb: z.record(z.string(), z.number()),
  /** Receivers of the plan that heard nothing. */
  silent: z.array(z.string()),
  /** Whether the offsets went into soglia.yaml. */
  written: z.boolean(),
});
export type AccuracyReport = z.infer<typeof AccuracyReportSchema>;

const pathIn = (dataDir: string) => join(dataDir, 'accuracy.json');

export async function writeAccuracyReport(
  dataDir: string,
  report: AccuracyReport,
): Promise<string> {
  await writeAtomically(pathIn(dataDir), `${JSON.stringify(report, undefined, 2)}\n`);
  return pathIn(dataDir);
}

/** Undefined where nobody has walked yet, or the file is none of ours. */
export async function readAccuracyReport(dataDir: string): Promise<AccuracyReport | undefined> {
  const text = await readIfPresent(pathIn(dataDir)).catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return AccuracyReportSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
