// The project's table of application identifiers, made of the facts of the GS1 Barcode Syntax Dictionary.
// `node --import tsx scripts/gs1-table.ts` writes it anew; a new release of the dictionary goes in scripts/data first.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const DICTIONARY = new URL('data/gs1-syntax-dictionary.txt', import.meta.url);
export const TABLE = new URL('../kernel/scans/gs1/identifier-table.ts', import.meta.url);

const LINE =
  /^(?<ais>\d{2,4}(?:-\d{2,4})?)\s+(?<flags>[*?]*)\s*(?<rest>[^#]*?)\s*(?:#\s*(?<title>.*))?$/;
const COMPONENT =
  /^(?<open>\[?)(?<charset>[NXYZ])(?<upTo>\.\.)?(?<length>\d+)\]?(?<linters>(?:,\w+)*)$/;

/**
 * The text of the table's file.
 * @throws {Error} naming a line that is not understood
 */
export function tableOf(dictionary: string): string {
  const release = /^# Release: (\S+)$/m.exec(dictionary)?.[1];
  if (release === undefined) throw new Error('the dictionary names no release');
  const rows = dictionary
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(rowOf);
  return `// Made by scripts/gs1-table.ts; not to be edited.
// Facts: GS1 Barcode Syntax Dictionary, release ${release}, https://ref.gs1.org/tools/gs1-barcode-syntax-resource/
// Copyright (c) 2021 GS1 AISBL and others (scripts/data/gs1-syntax-dictionary.txt names them), Apache-2.0.
import { type IdentifierRow, maybe, part, row } from './identifier-row.ts';

/** Every application identifier, in order. */
export const IDENTIFIER_TABLE: readonly IdentifierRow[] = [
${rows.join('\n')}
];
`;
}

function rowOf(line: string): string {
  const { ais, flags = '', rest = '', title = '' } = LINE.exec(line)?.groups ?? {};
  if (ais === undefined) throw new Error(`not a line of the dictionary: ${line}`);
  const components: string[] = [];
  const req: string[] = [];
  let ex: string | undefined;
  let key: string | undefined;
  for (const word of rest.split(/\s+/)) {
    const component = componentOf(word);
    if (component !== undefined) components.push(component);
    else if (word.startsWith('req=')) req.push(quoted(word.slice(4)));
    else if (word.startsWith('ex=')) ex = listOf(word.slice(3));
    else if (/^dlpkey(?:=|$)/.test(word)) key = keyOf(word.slice(7));
    else throw new Error(`not understood: ${word}, in: ${line}`);
  }
  const rules = [
    ...(req.length > 0 ? [`req: [${req.join(', ')}]`] : []),
    ...(ex === undefined ? [] : [`ex: ${ex}`]),
    ...(key === undefined ? [] : [`key: ${key}`]),
  ];
  const facts = [quoted(ais), quoted(flags), quoted(title.trim()), `[${components.join(', ')}]`];
  if (rules.length > 0) facts.push(`{ ${rules.join(', ')} }`);
  return `  row(${facts.join(', ')}),`;
}

function componentOf(word: string): string | undefined {
  const { open, charset, upTo, length, linters } = COMPONENT.exec(word)?.groups ?? {};
  if (charset === undefined || length === undefined) return undefined;
  const names = (linters ?? '').split(',').filter((name) => name !== '');
  const facts = [quoted(charset), upTo === undefined ? length : '1', length, ...names.map(quoted)];
  return `${open === '[' ? 'maybe' : 'part'}(${facts.join(', ')})`;
}

function keyOf(qualifiers: string): string {
  return `[${qualifiers.split('|').map(listOf).join(', ')}]`;
}

function listOf(words: string): string {
  const items = words.split(',').filter((word) => word !== '');
  return `[${items.map(quoted).join(', ')}]`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(TABLE, tableOf(readFileSync(DICTIONARY, 'utf8')));
