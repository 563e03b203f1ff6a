/** One table of a database as the register of processing names it (GDPR, article 30; duty-30). */
export interface RegisteredTable {
  readonly table: string;
  readonly columns: readonly string[];
  /** What in it points at a person; undefined: nothing does. */
  readonly subject: string | undefined;
  /** What it is kept for. */
  readonly purpose: string;
  readonly retention: string;
  /** What an erasure does to it. */
  readonly erased: string;
}

/** A table in which nobody stands. */
export function aboutNobody(
  table: string,
  columns: string,
  purpose: string,
  retention = 'as long as it is in use',
): RegisteredTable {
  return {
    ...{ table, purpose, retention },
    columns: columns.split(' '),
    subject: undefined,
    erased: 'nothing to erase',
  };
}
