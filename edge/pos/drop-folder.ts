import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gtin, RequestId, StationId } from '../../kernel/domain/ids.ts';
import { RequestIdSchema } from '../../kernel/domain/ids.ts';
import { shiftedDay, type StoreDay } from '../../kernel/domain/price-history.ts';
import type { StoreTime } from '../../kernel/domain/schedule.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { PRICES_AT_ONCE, type PricesPost } from '../../kernel/protocol/pos-api.ts';
import { writeAtomically } from '../../node/atomic-file.ts';
import type { Log } from '../../node/logs.ts';
import type { Clock } from '../clock.ts';
import { OLDEST_LIST_DAYS } from '../offers/price-journal.ts';
import { type Complaint, type PriceLine, readTillCsv, type Receipt } from './till-csv.ts';
import type { Till } from './till.ts';

export interface DropFolderParts {
  readonly folder: string;
  readonly stationId: StationId;
  readonly currency: string;
  readonly till: Pick<Till, 'recordSold'>;
  readonly takePrices: (list: PricesPost) => Promise<number>;
  readonly categoryOf: (gtin: Gtin) => string | undefined;
  readonly storeTime: (at: number) => StoreTime;
  readonly clock: Clock;
  readonly log: Log;
}

/** Unchanged for so long, a file is whole. */
const STABLE_MS = 2_000;
/** Written side by side: one wait for the disk serves many. */
const RECEIPTS_AT_ONCE = 32;
/** After something failed. */
const REST_MS = 30_000;
const MOST_BYTES = 16 * 1024 * 1024;
/** A receipt is known by its id, its day and its till for as long as purchases are kept (90 days), so that it counts once. */
const OLDEST_RECEIPT_DAYS = 60;
/** Codes of cards stand in these files: they are not kept for good. */
const KEPT_DAYS = { done: 7, refused: 30 } as const;
const DAY_MS = 86_400_000;
const SWEEP_MS = 3_600_000;

/**
 * The folder into which a till that speaks no HTTP puts its files (docs/till-csv.md). A file is moved away only once all of it
 * is on disk; read again after a crash it changes nothing that was written.
 */
export class DropFolder {
  readonly #parts: DropFolderParts;
  readonly #seen = new Map<string, { readonly mark: string; readonly since: number }>();
  #isBusy = false;
  #restsUntil = -Infinity;
  #sweptAt = -Infinity;

  constructor(parts: DropFolderParts) {
    this.#parts = parts;
  }

  /** Takes what is whole. Call it every second; what fails stays where it is, and is tried again. */
  async tick(): Promise<void> {
    const { folder, clock } = this.#parts;
    if (this.#isBusy || clock.now() < this.#restsUntil) return;
    this.#isBusy = true;
    try {
      for (const name of ['done', 'refused']) await mkdir(join(folder, name), { recursive: true });
      for (const name of await this.#whole()) await this.#take(name);
      if (clock.now() - this.#sweptAt >= SWEEP_MS) await this.#sweep();
    } catch (error) {
      this.#restsUntil = clock.now() + REST_MS;
      throw error;
    } finally {
      this.#isBusy = false;
    }
  }

  async #whole(): Promise<readonly string[]> {
    const { folder, clock } = this.#parts;
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile() && /^[^.].*\.csv$/i.test(entry.name))
      .map(({ name }) => name)
      .sort();
    const whole: string[] = [];
    for (const name of names) {
      const { size, mtimeMs, ino } = await stat(join(folder, name));
      const mark = [size, mtimeMs, ino].join();
      const before = this.#seen.get(name);
      const isSame = before?.mark === mark;
      if (isSame && clock.now() - before.since >= STABLE_MS) whole.push(name);
      else if (!isSame) this.#seen.set(name, { mark, since: clock.now() });
    }
    for (const name of this.#seen.keys()) if (!names.includes(name)) this.#seen.delete(name);
    return whole;
  }

  async #take(name: string): Promise<void> {
    const { folder, currency, log, stationId } = this.#parts;
    const path = join(folder, name);
    const text = await textOf(path);
    const file =
      typeof text === 'string'
        ? readTillCsv(text, decimalsOf(currency))
        : { kind: 'refused' as const, complaints: [text] };
    let complaints: readonly Complaint[] = [];
    let isRefused = true;
    switch (file.kind) {
      case 'refused':
        complaints = file.complaints;
        break;
      case 'purchases':
        complaints = file.receipts.flatMap(({ time, lines }) =>
          this.#dayComplaint(lines[0]?.line ?? 0, 'time', time.date, OLDEST_RECEIPT_DAYS),
        );
        isRefused = complaints.length > 0;
        if (!isRefused) complaints = await this.#record(file.receipts);
        break;
      case 'prices':
        complaints = await this.#price(file.prices);
        isRefused = complaints.length > 0;
        break;
    }
    await this.#moveAway(name, isRefused ? 'refused' : 'done', complaints);
    const fields = { stationId, event: file.kind, count: complaints.length };
    if (isRefused) log.warn('a file of a till was refused', fields);
    else log.info('a file of a till was taken', fields);
  }

  #dayComplaint(
    line: number,
    field: string,
    day: StoreDay | undefined,
    most: number,
  ): readonly Complaint[] {
    const { storeTime, clock } = this.#parts;
    // A clock that may be wrong is no judge of what a till says.
    if (day === undefined || clock.isCoarse) return [];
    const today = storeTime(clock.now()).date;
    if (day > today) return [{ line, field, reason: 'is still to come' }];
    if (day >= shiftedDay(today, -most)) return [];
    return [{ line, field, reason: `is more than ${String(most)} days ago` }];
  }

  /** @returns codes that did nothing: the purchase counts all the same, as the shopper has left */
  async #record(receipts: readonly Receipt[]): Promise<readonly Complaint[]> {
    const complaints: Complaint[] = [];
    for (let from = 0; from < receipts.length; from += RECEIPTS_AT_ONCE) {
      const some = receipts.slice(from, from + RECEIPTS_AT_ONCE);
      const settled = await Promise.allSettled(some.map((receipt) => this.#recordOne(receipt)));
      for (const each of settled) {
        if (each.status === 'rejected') throw each.reason;
        complaints.push(...each.value);
      }
    }
    return complaints;
  }

  async #recordOne({ receipt, time, codes, lines }: Receipt): Promise<readonly Complaint[]> {
    const { till, stationId, currency, categoryOf, clock } = this.#parts;
    const basket = {
      currency,
      lines: lines.map(({ gtin, quantity, unitPriceMinor }, place) => {
        const category = categoryOf(gtin);
        const sold = { line: place + 1, gtin, quantity, unitPriceMinor };
        return category === undefined ? sold : { ...sold, category };
      }),
    };
    const requestId = requestIdOf(stationId, time.date, receipt);
    const soldAt = Math.min(clock.now(), this.#instantOf(time));
    const sold = { requestId, basket, codes: [...codes], soldAt };
    const outcomes = await till.recordSold(sold, stationId);
    return outcomes.flatMap((outcome, place) => {
      if (outcome.kind !== 'refused') return [];
      const reason = `code ${String(place + 1)} of receipt ${receipt}: ${outcome.reason}`;
      return [{ line: lines[0]?.line ?? 0, field: 'codes', reason }];
    });
  }

  async #price(prices: readonly PriceLine[]): Promise<readonly Complaint[]> {
    const { takePrices, currency } = this.#parts;
    const wrong = prices.flatMap(({ line, from }) =>
      this.#dayComplaint(line, 'from', from, OLDEST_LIST_DAYS),
    );
    if (wrong.length > 0) return wrong;
    const byDay = new Map<StoreDay | undefined, PriceLine[]>();
    for (const price of prices) {
      const list = byDay.get(price.from) ?? [];
      list.push(price);
      byDay.set(price.from, list);
    }
    const complaints: Complaint[] = [];
    for (const [from, list] of byDay) {
      for (let at = 0; at < list.length; at += PRICES_AT_ONCE) {
        const some = list
          .slice(at, at + PRICES_AT_ONCE)
          .map(({ gtin, minor }) => ({ gtin, minor }));
        try {
          await takePrices({ currency, prices: some, ...(from !== undefined && { from }) });
        } catch (error) {
          if (!(error instanceof SogliaError) || error.code !== 'request/invalid') throw error;
          const [field = '', ...reason] = error.message.split(': ');
          complaints.push({ line: list[0]?.line ?? 0, field, reason: reason.join(': ') });
          break;
        }
      }
    }
    return complaints;
  }

  /** The reasons first: a file without its reasons would be a riddle. */
  async #moveAway(
    name: string,
    where: 'done' | 'refused',
    complaints: readonly Complaint[],
  ): Promise<void> {
    const { folder } = this.#parts;
    const stem = name.replace(/\.csv$/i, '');
    const isTaken = (as: string) => existsSync(join(folder, where, `${as}.csv`));
    let as = stem;
    for (let copy = 2; isTaken(as); copy += 1) as = `${stem}-${String(copy)}`;
    if (complaints.length > 0) {
      const rows = complaints.map(({ line, field, reason }) =>
        [String(line), quoted(field), quoted(reason)].join(),
      );
      const text = ['line,field,reason', ...rows, ''].join('\r\n');
      await writeAtomically(join(folder, where, `${as}.reasons.csv`), text);
    }
    await rename(join(folder, name), join(folder, where, `${as}.csv`));
    this.#seen.delete(name);
  }

  async #sweep(): Promise<void> {
    const { folder, clock } = this.#parts;
    this.#sweptAt = clock.now();
    for (const [where, days] of Object.entries(KEPT_DAYS)) {
      for (const name of await readdir(join(folder, where))) {
        const path = join(folder, where, name);
        const { ctimeMs } = await stat(path); // when it was moved there
        if (clock.now() - ctimeMs > days * DAY_MS) await rm(path, { force: true });
      }
    }
  }

  /** By the shop's clocks; of an hour that comes twice one of both, of one that is skipped the next. */
  #instantOf({ date, minuteOfDay }: Receipt['time']): number {
    const wanted = Date.parse(`${date}T00:00:00Z`) + minuteOfDay * 60_000;
    let at = wanted;
    for (let i = 0; i < 2; i += 1) {
      const seen = this.#parts.storeTime(at);
      at += wanted - (Date.parse(`${seen.date}T00:00:00Z`) + seen.minuteOfDay * 60_000);
    }
    return at;
  }
}

async function textOf(path: string): Promise<string | Complaint> {
  const { size } = await stat(path);
  if (size > MOST_BYTES) return { line: 0, field: 'file', reason: 'is larger than 16 MB' };
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { line: 0, field: 'file', reason: 'is not UTF-8 text' };
  }
}

/** The same receipt always asks under the same id. */
function requestIdOf(stationId: StationId, day: StoreDay, receipt: string): RequestId {
  const hex = createHash('sha256').update(`receipt|${stationId}|${day}|${receipt}`).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `7${hex.slice(13, 16)}`];
  return RequestIdSchema.parse([...parts, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-'));
}

function decimalsOf(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** A spreadsheet takes nothing in it for a formula. */
function quoted(text: string): string {
  return `"${text.replace(/^[=+\-@]/, ' $&').replaceAll('"', '""')}"`;
}
