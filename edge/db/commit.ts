import type { Database, Transaction } from 'better-sqlite3';
import { isLeft, LoosePages, marksOf } from './leftovers.ts';
import { createWriteHandlers, erasedBy, isErasing, type WriteHandlers } from './write-handlers.ts';
import type { WriteRequest } from '../writes.ts';
import type { Posted, Settled } from './writer-messages.ts';
import type { Stamp } from './journal-repository.ts';

/** Most requests of one transaction: more only make the first of them wait. */
export const MAX_PER_COMMIT = 256;

/** The disk answered wrongly: what it holds is known again only after recovery by a new start. */
export class DiskUntrustedError extends Error {
  override readonly name = 'DiskUntrustedError';
}

/** Commits batches of writes: one transaction, each write in its own savepoint, results only after the commit. */
export class Committer {
  readonly #db: Database;
  readonly #writes: WriteHandlers;
  readonly #inSavepoint: (request: WriteRequest) => unknown;
  readonly #inTransaction: Transaction<(batch: readonly Posted[]) => Settled[]>;
  readonly #loosePages: LoosePages;
  #mustEmptyLog: boolean;
  /** Of people who were erased; looked for in the file once the log is empty. */
  #erased: string[] = [];

  constructor(db: Database, stamp: () => Stamp) {
    this.#db = db;
    this.#writes = createWriteHandlers(db, stamp);
    this.#inSavepoint = db.transaction((request: WriteRequest) => this.#handle(request));
    this.#inTransaction = db.transaction((batch: readonly Posted[]) =>
      batch.map((posted) => this.#settle(posted)),
    );
    this.#loosePages = new LoosePages(db);
    this.#mustEmptyLog = this.#loosePages.areThere; // the power may have gone before they did
  }

  /**
   * @returns what each came to, durable
   * @throws {DiskUntrustedError} after an IO error or on a damaged file
   */
  commit(batch: readonly Posted[]): readonly Settled[] {
    const erased = marksOf(
      this.#db,
      batch.flatMap(({ request }) => ('operations' in request ? erasedBy(request.operations) : [])),
    );
    let settled: readonly Settled[];
    try {
      // Immediate: a transaction that reads first and then wants to write is refused at once where somebody else has
      // the lock for an instant, as a reader that mends the index of the log has.
      settled = this.#inTransaction.immediate(batch);
    } catch (error) {
      rethrowIfUntrusted(error);
      this.#writes.forget();
      return batch.map(({ id }) => ({ id, failure: messageOf(error) }));
    }
    this.#mustEmptyLog ||= batch.some(({ request }) => isErasing(request));
    this.#erased.push(...erased);
    if (this.#mustEmptyLog) this.#emptyLog();
    return settled;
  }

  /** Bytes of somebody erased may still be there, since somebody was reading the log: to be tried again soon. */
  get isErasing(): boolean {
    return this.#mustEmptyLog;
  }

  #settle({ id, request }: Posted): Settled {
    try {
      return { id, result: this.#inSavepoint(request) };
    } catch (error) {
      rethrowIfUntrusted(error);
      this.#writes.forget();
      return { id, failure: messageOf(error) };
    }
  }

  #handle(request: WriteRequest): unknown {
    const { kind } = request;
    // One signature for a union of handlers: the request's kind has chosen the handler that takes it.
    const handle = this.#writes.handlers[kind] as (request: WriteRequest) => unknown;
    return handle(request);
  }

  /** secure_delete clears the file's pages; the log still has what they were. Where somebody reads it: next time. */
  #emptyLog(): void {
    try {
      if (!this.#isLogEmptied()) return;
      if (this.#loosePages.areThere || isLeft(this.#db, this.#erased)) {
        this.#db.exec('VACUUM');
        if (!this.#isLogEmptied()) return; // the old file stands until then
        this.#loosePages.gone();
      }
      this.#erased = [];
    } catch (error) {
      rethrowIfUntrusted(error); // else a full disk: tried again with the next sweep
    }
    this.#mustEmptyLog = false;
  }

  #isLogEmptied(): boolean {
    const [result] = this.#db.pragma('wal_checkpoint(TRUNCATE)') as { readonly busy: number }[];
    return result?.busy === 0;
  }
}

function rethrowIfUntrusted(error: unknown): void {
  if (error instanceof DiskUntrustedError) throw error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^SQLITE_(?:IOERR|CORRUPT|NOTADB)/.test(code))
    throw new DiskUntrustedError(`${code}: ${messageOf(error)}`, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
