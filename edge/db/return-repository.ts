import type { Database, Statement } from 'better-sqlite3';
import type { RequestId } from '../../kernel/domain/ids.ts';
import type { LineCut, Sold, SoldLine } from '../../kernel/domain/returning.ts';
import type { Writes } from '../writes.ts';

interface LineRow {
  readonly line: number;
  readonly quantity: number;
  readonly paidMinor: number;
  readonly cuts: string;
  readonly returned: number;
}
interface Answered {
  readonly purchaseId: RequestId;
  readonly answer: string;
}

/** What of each line of a purchase was paid and came back, without any product. Runs inside the writer worker. */
export class ReturnRepository {
  readonly #insertLine: Statement<[LineRow & { readonly purchaseId: RequestId }]>;
  readonly #lines: Statement<[RequestId], LineRow>;
  readonly #setReturned: Statement<[number, RequestId, number]>;
  readonly #before: Statement<[RequestId], Answered>;
  readonly #insert: Statement<[RequestId, RequestId, string]>;
  readonly #sweep: readonly Statement<[number]>[];

  constructor(db: Database) {
    this.#insertLine = db.prepare(
      `INSERT INTO purchase_line (purchase_id, line, quantity, paid_minor, cuts, returned)
       VALUES (@purchaseId, @line, @quantity, @paidMinor, @cuts, @returned)`,
    );
    this.#lines = db.prepare(
      `SELECT line, quantity, paid_minor AS paidMinor, cuts, returned
       FROM purchase_line WHERE purchase_id = ? ORDER BY line`,
    );
    this.#setReturned = db.prepare(
      'UPDATE purchase_line SET returned = ? WHERE purchase_id = ? AND line = ?',
    );
    this.#before = db.prepare(
      'SELECT purchase_id AS purchaseId, answer FROM purchase_return WHERE request_id = ?',
    );
    this.#insert = db.prepare(
      'INSERT INTO purchase_return (request_id, purchase_id, answer) VALUES (?, ?, ?)',
    );
    this.#sweep = ['purchase_line', 'purchase_return'].map((table) =>
      db.prepare(
        `DELETE FROM ${table} WHERE purchase_id IN (SELECT purchase_id FROM purchase WHERE at < ?)`,
      ),
    );
  }

  addLines(purchaseId: RequestId, lines: readonly SoldLine[]): void {
    for (const { line, quantity, paidMinor, cuts, returned } of lines)
      this.#insertLine.run({
        ...{ purchaseId, line, quantity, paidMinor, returned },
        cuts: JSON.stringify(cuts.map(({ offerId, minor }) => ({ offerId, minor }))),
      });
  }

  /** None of a purchase that was written before lines were. */
  linesOf(purchaseId: RequestId): readonly SoldLine[] {
    return this.#lines
      .all(purchaseId)
      .map(({ cuts, ...line }) => ({ ...line, cuts: JSON.parse(cuts) as readonly LineCut[] }));
  }

  /** What was answered to this request before. */
  before(requestId: RequestId): Answered | undefined {
    return this.#before.get(requestId);
  }

  /** @param sold - as it stands then */
  add(
    { requestId, purchaseId, lines }: Writes['return-lines']['request'],
    sold: Sold,
    answer: string,
  ): void {
    this.#insert.run(requestId, purchaseId, answer);
    for (const { line, returned } of sold.lines)
      if (lines.some((each) => each.line === line))
        this.#setReturned.run(returned, purchaseId, line);
  }

  /** With their purchases. */
  sweep(before: number): void {
    for (const statement of this.#sweep) statement.run(before);
  }
}
