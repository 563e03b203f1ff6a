import Database from 'better-sqlite3';
import { join } from 'node:path';
import { MAX_PER_COMMIT } from '../edge/db/commit.ts';
import { openForReading, openForWriting } from '../edge/db/open-database.ts';
import type { Redeem, RedeemReport, StartHandhelds } from './handheld-load.ts';
import { atLeast, atMost, type Benchmark, quantile } from './row.ts';
import { type Endings, withEndings } from './support/endings.ts';
import { type Load, startLoad } from './support/processes.ts';
import { openShop, type Shop } from './support/shop.ts';

const HANDHELDS = 20;
/** 50 coupons each, the most that a row holds: 50,500 to measure with and 12,500 before. */
const MEMBERS = 1_260;
const COUPONS_EACH = 50;
/** What is sustained is measured: for two seconds and more after a start code is still being compiled. */
const WARM_UP = 12_500;
const MEASURED = 50_500;
/** A little above the goal, so that the sustained figure can reach it. */
const OFFERED_PER_SECOND = 5_050;

export const redemptions: Benchmark = {
  name: 'redemptions',
  what: 'coupons used up by handhelds: answered once they are on disk',
  run: (tell) =>
    withEndings(async (endings) => {
      tell(`an edge with ${String(MEMBERS)} members and ${String(HANDHELDS)} handhelds`);
      const stations = Array.from({ length: HANDHELDS }, (_, i) => ({
        id: `handheld-${String(i + 1)}`,
        kind: 'handheld',
      }));
      const shop = await openShop(
        {
          members: MEMBERS,
          couponsEach: COUPONS_EACH,
          configuration: { zones: ['shop'], stations },
        },
        endings,
      );
      const handhelds = await connectHandhelds(shop, stations, endings);
      const codes = shop.crowd.codes;
      const redeem = (some: readonly string[], perSecond: number) =>
        handhelds.ask<RedeemReport>('redeem', { codes: some, perSecond } satisfies Redeem, 60_000);
      const warmUp = await redeem(codes.slice(0, WARM_UP), OFFERED_PER_SECOND);

      tell(`${String(MEASURED)} redemptions, ${String(OFFERED_PER_SECOND)} a second`);
      const report = await redeem(codes.slice(WARM_UP, WARM_UP + MEASURED), OFFERED_PER_SECOND);
      if (report.failure !== undefined)
        tell(`${String(report.failed)} failed, the first with ${report.failure}`);
      await shop.edge.stop();
      const acknowledged = warmUp.acknowledged + report.acknowledged;
      const onDisk = countRedemptions(shop.database);
      tell(`${String(acknowledged)} acknowledged, ${String(onDisk)} on disk and in the journal`);

      const echo = (file: string | null) =>
        echoP99Ms(handhelds, codes.slice(WARM_UP), file, endings);
      const bareP99Ms = await echo(null);
      const durableP99Ms = await echo(join(shop.folder('echo'), 'echo.db'));
      const raw = rawRedemptions(shop.database, join(shop.folder('floor'), 'floor.db'));
      const perSecond = report.acknowledged / report.seconds;
      return {
        name: 'redemptions',
        beside: {
          name: 'the same rows by raw better-sqlite3, grouped, /s',
          figure: raw.rowsPerSecond,
        },
        ratio: perSecond / raw.rowsPerSecond,
        reach: [
          atLeast('acknowledged', '/s', 5_000, perSecond),
          atMost('p99', 'ms', 10, quantile(report.latenciesMs, 0.99)),
          {
            what: 'p50',
            unit: 'ms',
            limit: null,
            figure: quantile(report.latenciesMs, 0.5),
            met: null,
          },
          {
            what: `p99 of a raw commit of ${String(SMALL_COMMIT)}`,
            unit: 'ms',
            limit: null,
            figure: raw.smallCommitP99Ms,
            met: null,
          },
          {
            what: 'p99 of a bare echo at the same pace',
            unit: 'ms',
            limit: null,
            figure: bareP99Ms,
            met: null,
          },
          {
            what: 'p99 of an echo that keeps one row',
            unit: 'ms',
            limit: null,
            figure: durableP99Ms,
            met: null,
          },
          // More may be on disk: what was answered too late for its handheld.
          atMost('acknowledged, not on disk', '', 0, Math.max(0, acknowledged - onDisk)),
        ],
      };
    }),
};

async function connectHandhelds(
  shop: Shop,
  stations: readonly { readonly id: string }[],
  endings: Endings,
): Promise<Load> {
  const handhelds = [];
  for (const { id } of stations)
    handhelds.push({ stationId: id, code: await shop.enrolmentCode('handheld', id) });
  const load = startLoad('handheld-load.ts', endings);
  await load.ask<undefined>('start', {
    edgeUrl: shop.edgeUrl,
    folder: shop.folder('handhelds'),
    handhelds,
  } satisfies StartHandhelds);
  return load;
}

/**
 * What sockets, timers and a busy machine take where nothing is looked up or decided.
 * @param file - one row of each is kept there before it is answered; null: nothing is
 */
async function echoP99Ms(
  handhelds: Load,
  codes: readonly string[],
  file: string | null,
  endings: Endings,
): Promise<number> {
  const url = await startLoad('echo-server.ts', endings).ask<string>('start', file);
  await handhelds.ask<undefined>('turnTo', url);
  const ask = { codes, perSecond: OFFERED_PER_SECOND } satisfies Redeem;
  const { latenciesMs } = await handhelds.ask<RedeemReport>('redeem', ask, 60_000);
  return quantile(latenciesMs, 0.99);
}

/** @throws {Error} where state and journal disagree */
function countRedemptions(file: string): number {
  const db = openForReading(file);
  try {
    const count = (sql: string) => db.prepare<[], number>(sql).pluck().get() ?? 0;
    const state = count('SELECT count(*) FROM redemption');
    const journal = count(`SELECT count(*) FROM journal WHERE type = 'coupon-redeemed'`);
    if (state === journal) return state;
    throw new Error(`${String(state)} redemptions, but ${String(journal)} in the journal`);
  } finally {
    db.close();
  }
}

/** As many as the edge commits together at this load; its tail is the disk's own. */
const SMALL_COMMIT = 16;
interface Raw {
  readonly rowsPerSecond: number;
  readonly smallCommitP99Ms: number;
}

/** What SQLite takes where nobody asks anything: the rows that the edge wrote, written again, some of them in small commits. */
function rawRedemptions(source: string, file: string): Raw {
  openForWriting(file).close(); // makes the tables
  const from = new Database(source, { readonly: true });
  const states = from.prepare('SELECT * FROM redemption').all() as object[];
  const facts = from
    .prepare(`SELECT * FROM journal WHERE type = 'coupon-redeemed'`)
    .all() as object[];
  from.close();
  const db = openForWriting(file);
  try {
    const insert = (table: string, row: object | undefined) => {
      const columns = Object.keys(row ?? {});
      const named = columns.map((column) => `@${column}`);
      return db.prepare(`INSERT INTO ${table} (${columns.join()}) VALUES (${named.join()})`);
    };
    const insertState = insert('redemption', states[0]);
    const insertFact = insert('journal', facts[0]);
    const group = db.transaction((first: number, count: number) => {
      for (let i = first; i < Math.min(first + count, states.length); i += 1) {
        insertState.run(states[i]);
        insertFact.run(facts[i]);
      }
    });
    const half = Math.floor(states.length / 2);
    const begun = performance.now();
    for (let i = half; i < states.length; i += MAX_PER_COMMIT) group(i, MAX_PER_COMMIT);
    const rowsPerSecond = ((states.length - half) * 1_000) / (performance.now() - begun);
    const commitsMs: number[] = [];
    for (let i = 0; i < half; i += SMALL_COMMIT) {
      const at = performance.now();
      group(i, Math.min(SMALL_COMMIT, half - i));
      commitsMs.push(performance.now() - at);
    }
    return { rowsPerSecond, smallCommitP99Ms: quantile(commitsMs, 0.99) };
  } finally {
    db.close();
  }
}
