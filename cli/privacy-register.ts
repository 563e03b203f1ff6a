import { EDGE_REGISTER } from '../edge/db/privacy-register.ts';
import { HQ_REGISTER } from '../hq/privacy/register.ts';
import type { RegisteredTable } from '../node/privacy-register.ts';

/** The register of processing as a page (docs/privacy-register.md): every table of every database. */
export function privacyRegister(): string {
  return [
    '# Register of personal data',
    '',
    'Every table of every database, what in it points at a person, what it is kept for and how long, and what an erasure',
    'does to it. Printed by `soglia privacy register` from the code; a test fails where a table or column is missing here.',
    'Nothing else is kept on disk about anybody: logs and metrics carry no subject. Backups are the operator’s, and hold',
    'what the database held when they were made.',
    '',
    '## Head office',
    '',
    ...rowsOf(HQ_REGISTER),
    '',
    '## Store',
    '',
    'A store knows a person by a pseudonym only; name, card number and birthday never stand there in the clear.',
    '',
    ...rowsOf(EDGE_REGISTER),
    '',
  ].join('\n');
}

function rowsOf(tables: readonly RegisteredTable[]): string[] {
  return [
    '| table | columns | subject | purpose | retention | erasure |',
    '| --- | --- | --- | --- | --- | --- |',
    ...tables.map(({ table, columns, subject, purpose, retention, erased }) => {
      const named = columns.map((column) => `\`${column}\``).join(' ');
      const cells = [`\`${table}\``, named, subject ?? 'nobody', purpose, retention, erased];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
}
