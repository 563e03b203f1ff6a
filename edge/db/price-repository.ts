import type { Database, Statement } from 'better-sqlite3';
import type { Gtin } from '../../kernel/domain/ids.ts';
import type { StoreDay } from '../../kernel/domain/price-history.ts';
import type { PriceSource, Writes } from '../writes.ts';

/** More than a year, so that a cut of last year's season can still be looked up; the law asks for 30 days before a cut. */
export const PRICE_DAYS = 400;
export const PRICE_SOURCES = ['bundle', 'list'] as const satisfies readonly PriceSource[];
/** Since which day prices are written down here, and how often they changed. */
export const PRICES_SINCE = 'prices_since';
export const PRICES_VERSION = 'prices_version';

interface PricePoint {
  readonly gtin: Gtin;
  readonly source: PriceSource;
  readonly day: StoreDay;
  readonly minor: number;
}
interface CutPoint {
  readonly gtin: Gtin;
  readonly minor: number;
  readonly today: StoreDay;
  readonly yesterday: StoreDay;
}

/** What products cost, each price once, from its day on. Runs inside the writer worker. */
export class PriceRepository {
  readonly #since: Statement<[string, string]>;
  readonly #setDay: Statement<[string, string]>;
  readonly #raiseVersion: Statement<[string]>;
  readonly #add: Statement<[PricePoint]>;
  readonly #extend: Statement<[CutPoint]>;
  readonly #isKept: Statement<[CutPoint], { readonly kept: number }>;
  readonly #bridge: Statement<[{ readonly from: StoreDay; readonly until: StoreDay }]>;
  readonly #addCut: Statement<[CutPoint]>;
  readonly #sweep: readonly Statement<[{ readonly day: StoreDay }]>[];

  constructor(db: Database) {
    this.#since = db.prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING',
    );
    this.#setDay = db.prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
    this.#raiseVersion = db.prepare(
      `INSERT INTO meta (key, value) VALUES (?, '1')
       ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)`,
    );
    this.#add = db.prepare(
      `INSERT INTO price (gtin, source, day, minor) SELECT @gtin, @source, @day, @minor
       WHERE @minor IS NOT (SELECT minor FROM price
         WHERE gtin = @gtin AND source = @source AND day <= @day ORDER BY day DESC, id DESC LIMIT 1)`,
    );
    this.#isKept = db.prepare(
      'SELECT 1 AS kept FROM price_cut WHERE gtin = @gtin AND minor = @minor AND until_day = @today',
    );
    this.#extend = db.prepare(
      `UPDATE price_cut SET until_day = @today
       WHERE gtin = @gtin AND minor = @minor AND until_day = @yesterday`,
    );
    this.#bridge = db.prepare(
      'UPDATE price_cut SET until_day = @until WHERE until_day >= @from AND until_day < @until',
    );
    this.#addCut = db.prepare(
      `INSERT INTO price_cut (gtin, from_day, until_day, minor) VALUES (@gtin, @today, @today, @minor)`,
    );
    this.#sweep = [
      `DELETE FROM price WHERE day < @day AND EXISTS (SELECT 1 FROM price AS later
         WHERE later.gtin = price.gtin AND later.source = price.source AND later.day < @day
           AND (later.day > price.day OR (later.day = price.day AND later.id > price.id)))`,
      'DELETE FROM price_cut WHERE until_day < @day',
    ].map((sql) => db.prepare(sql));
  }

  /** @returns how many prices changed */
  keep({ source, day, prices, isLater = false }: Writes['keep-prices']['request']): number {
    if (!isLater) this.#since.run(PRICES_SINCE, day);
    let changed = 0;
    for (const { gtin, minor } of prices)
      changed += this.#add.run({ gtin, source, day, minor }).changes;
    if (changed > 0) this.#raiseVersion.run(PRICES_VERSION);
    return changed;
  }

  /** @returns how many products have another cut than the last time */
  keepCuts({ today, yesterday, cuts }: Writes['keep-cuts']['request']): number {
    this.#setDay.run('prices_day', today);
    let changed = 0;
    for (const { gtin, minor } of cuts) {
      const point = { gtin, minor, today, yesterday };
      if (this.#isKept.get(point) !== undefined) continue;
      changed += 1;
      if (this.#extend.run(point).changes === 0) this.#addCut.run(point);
    }
    if (changed > 0) this.#raiseVersion.run(PRICES_VERSION);
    return changed;
  }

  bridge({ from, until }: Writes['bridge-cuts']['request']): void {
    this.#bridge.run({ from, until });
    this.#raiseVersion.run(PRICES_VERSION);
  }

  /** A price that another replaced so long ago; the one in force stays, however old. */
  sweep(before: number): number {
    const row = { day: new Date(before).toISOString().slice(0, 10) };
    return this.#sweep.reduce((gone, statement) => gone + statement.run(row).changes, 0);
  }
}
