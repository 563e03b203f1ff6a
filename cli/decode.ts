import { Command } from 'commander';
import { decodeBareAdverts } from '../kernel/adverts/bare-advert.ts';
import { fromHex, toHex } from '../kernel/hex.ts';
import { type Rejected, rejected } from '../kernel/rejected.ts';
import { parseDigitalLink } from '../kernel/scans/gs1/digital-link.ts';
import { readElement } from '../kernel/scans/gs1/element-reading.ts';
import type { Gs1Strictness } from '../kernel/scans/gs1/element-string.ts';
import type { Gs1Element } from '../kernel/scans/gs1/element-value.ts';
import { meaningOfScan } from '../kernel/scans/scan.ts';
import { type Line, MAX_LINE_BYTES, answerLines } from './lines.ts';

export function decodeCommand(): Command {
  const decode = new Command('decode');
  decode
    .command('adverts')
    .description('hex, one advert a line, to one JSON object a line')
    .addHelpText(
      'after',
      `
A line is an advertising payload: AD structures in hex, of either case; blanks, colons and hyphens between bytes are
ignored. Where an advert holds several frames, the first is the object and the others are in its list "also".
Bytes that cannot be AD structures may also be the value of one field: manufacturer data with the company id of an
iBeacon (4c000215…, 25 bytes) or an AltBeacon (1801beac…, 25 or 26), or Eddystone's service data without the UUID
(00…, 10…, 20…, 30…).`,
    )
    .action(() => answerLines(process.stdin, process.stdout, advertLine));
  decode
    .command('scans')
    .description('JSON strings, one frame of a scanner a line, to one JSON object a line')
    .addHelpText(
      'after',
      `
A line is what a scanner sent, as a JSON string: "]E04006381333931", "\\u001d" for GS. Line ends at its end are ignored.
Of a GS1 message "readings" holds what its dates, measures, prices and counts say.`,
    )
    .option('--lenient', 'keep unknown GS1 identifiers, and ask for no requisites')
    .action(({ lenient }: { lenient?: true }) =>
      answerLines(process.stdin, process.stdout, (line) =>
        scanLine(line, lenient === true ? 'lenient' : 'strict'),
      ),
    );
  decode
    .command('links')
    .description('GS1 Digital Links, one a line, to one JSON object a line')
    .addHelpText(
      'after',
      `
What is no valid link is rejected with the reason, the identifier "ai" and the place "at" in the line.`,
    )
    .option('--lenient', 'take short names, short GTINs and what else older links have')
    .action(({ lenient }: { lenient?: true }) =>
      answerLines(process.stdin, process.stdout, (line) =>
        linkLine(line, lenient === true ? 'lenient' : 'strict'),
      ),
    );
  return decode;
}

/** The answer to a line of `decode adverts`. */
export function advertLine({ text }: Line): string {
  if (text === undefined) return json(rejected('too-long', MAX_LINE_BYTES));
  const bytes = hexOf(text);
  if ('kind' in bytes) return json(bytes);
  const [first, ...also] = decodeBareAdverts(bytes);
  return json(also.length === 0 ? first : { ...first, also });
}

/** The answer to a line of `decode scans`. */
export function scanLine({ text }: Line, strictness: Gs1Strictness = 'strict'): string {
  if (text === undefined) return json(rejected('too-long', MAX_LINE_BYTES));
  if (text.trim() === '') return json(rejected('empty', 0));
  const scan = jsonStringOf(text);
  if (typeof scan !== 'string') return json(scan);
  const frame = new TextEncoder().encode(scan.replace(/[\r\n]+$/, ''));
  const meaning = meaningOfScan(frame, strictness);
  if (meaning.kind !== 'gs1') return json(meaning);
  const readings = readingsOf(meaning.elements, new Date().getUTCFullYear());
  return json({ ...meaning, ...(readings.length > 0 && { readings }) });
}

/** The answer to a line of `decode links`. */
export function linkLine({ text }: Line, strictness: Gs1Strictness = 'strict'): string {
  if (text === undefined) return json(rejected('too-long', MAX_LINE_BYTES));
  if (text === '') return json(rejected('empty', 0));
  return json(parseDigitalLink(text, strictness));
}

function readingsOf(elements: readonly Gs1Element[], thisYear: number): object[] {
  return elements.flatMap((element) => {
    const reading = readElement(element, thisYear);
    return reading === undefined ? [] : [{ ai: element.ai, ...reading }];
  });
}

function hexOf(line: string): Uint8Array | Rejected<'not-hex'> {
  const stranger = line.search(/[^0-9a-f\s:-]/i);
  if (stranger >= 0) return rejected('not-hex', stranger);
  return fromHex(line.replace(/[\s:-]/g, '')) ?? rejected('not-hex', line.length); // half a byte too many
}

/** As much of a line as can begin a JSON string. */
const JSON_STRING_START =
  /^\s*(?:"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-f]{4}))*(?:"\s*)?)?/iu;

function jsonStringOf(line: string): string | Rejected<'not-json-string'> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'string') return value;
  } catch {
    // Not JSON at all: the position is found below, since the parser's own is for people to read.
  }
  return rejected('not-json-string', JSON_STRING_START.exec(line)?.[0].length ?? 0);
}

/** Bytes as lower-case hex; a field that is undefined is left out. */
function json(value: object): string {
  return JSON.stringify(value, (_, field: unknown) =>
    field instanceof Uint8Array ? toHex(field) : field,
  );
}
