import type { EpochMs } from '../../kernel/domain/ids.ts';
import type { Clock } from '../clock.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { DatabaseFiles } from './erasures.ts';
import type { RetentionRepository } from './retention-repository.ts';
import { RETENTION_MONTHS, SPENT_TOKEN_DAYS } from './retention-rules.ts';

const DAY_MS = 86_400_000;
const MONTH_MS = (365 / 12) * DAY_MS;

export interface Retention {
  /** Removes what is over, rule by rule. */
  sweep(): Promise<void>;
}

interface Rule {
  readonly rule: string;
  readonly afterMs: number;
  readonly remove: (rows: RetentionRepository, before: EpochMs) => Promise<number>;
}
const rule = (name: string, months: number, remove: Rule['remove']): Rule => ({
  rule: `${name}: ${String(months)} months`,
  afterMs: months * MONTH_MS,
  remove,
});
const { profiling, marketing, proof } = RETENTION_MONTHS;

const RULES: readonly Rule[] = [
  rule('behaviour', profiling, (rows, before) => rows.behaviour(before)),
  rule('events of visits and screens', profiling, (rows, before) =>
    rows.events(['interact', 'health'], before),
  ),
  rule('measures', profiling, (rows, before) => rows.measures(before)),
  rule('alarms', profiling, (rows, before) => rows.alarms(before)),
  rule('last visits', profiling, (rows, before) => rows.lastVisits(before)),
  rule('ended links', profiling, (rows, before) => rows.endedLinks(before)),
  rule('redemptions', marketing, (rows, before) => rows.redemptions(before)),
  rule('used coupons', marketing, (rows, before) => rows.coupons(before)),
  rule('events of redemptions and withdrawals', marketing, (rows, before) =>
    rows.events(['redeem', 'privacy'], before),
  ),
  rule('tombstones', marketing, (rows, before) => rows.tombstones(before)),
  rule('withdrawn consents', proof, (rows, before) => rows.withdrawnConsents(before)),
  rule('receipts of erasures', proof, (rows, before) => rows.receipts(before)),
  {
    rule: `links that are over: ${String(SPENT_TOKEN_DAYS)} days`,
    afterMs: SPENT_TOKEN_DAYS * DAY_MS,
    remove: (rows, before) => rows.tokens(before),
  },
];

/** @param report - told of each rule that removed something, and of how many rows */
export function createRetention(
  database: UnitOfWork,
  files: DatabaseFiles,
  clock: Clock,
  report: (rule: string, rows: number) => void,
): Retention {
  return {
    async sweep() {
      let removed = 0;
      for (const { rule: name, afterMs, remove } of RULES) {
        const before = Math.max(0, Math.floor(clock() - afterMs));
        const rows = await database.write((tables) => remove(tables.retention, before));
        if (rows > 0) report(name, rows);
        removed += rows;
      }
      if (removed > 0) await files.clear([]); // the log still has what they were
    },
  };
}
