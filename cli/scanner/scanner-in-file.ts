import { realpathSync } from 'node:fs';
import { type YAMLMap, isMap, isSeq, parseDocument } from 'yaml';
import { SogliaError } from '../../kernel/errors.ts';
import type { FeedbackProfile } from '../../kernel/scans/feedback.ts';
import type { Dialect } from '../../kernel/scans/dialect.ts';
import { parseConfiguration } from '../../node/configuration.ts';
import { asWritten, changeOf, PRINTED } from '../changed-file.ts';

export interface FoundScanner {
  readonly device: string;
  readonly baudRate: number | undefined;
  readonly dialect: Dialect;
  readonly feedback: FeedbackProfile;
}
export interface ChangedFile {
  readonly text: string;
  readonly scannerId: string;
  /** Lines as of diff: `- ` gone, `+ ` new. */
  readonly change: readonly string[];
  /** Whether a station hears this scanner. */
  readonly hasStation: boolean;
}

/**
 * `soglia.yaml` with what was found of one scanner, comments and order kept. The scanner is the one with this device, else the only
 * serial one without any, else a new one. What is as by default, and not said in the file, stays unsaid.
 * @throws {SogliaError} 'config/invalid' where the file is none, before or after
 */
export function withScanner(text: string, source: string, found: FoundScanner): ChangedFile {
  parseConfiguration(text, source);
  const document = parseDocument(text);
  const { device, baudRate, dialect, feedback } = found;
  if (!isSeq(document.get('scanners', true))) document.set('scanners', document.createNode([]));
  const list = document.get('scanners', true);
  if (!isSeq(list)) throw new SogliaError('config/invalid', `${source}: scanners: not a list`);
  const scanners = list.items.filter((item) => isMap(item));
  const serial = scanners.filter((item) => item.get('kind') === 'serial');
  let scanner: YAMLMap | undefined = serial.find((item) =>
    isSameDevice(item.get('device'), device),
  );
  const nameless = serial.filter((item) => item.get('device') === undefined);
  if (scanner === undefined && nameless.length === 1) scanner = nameless[0];
  if (scanner === undefined) {
    const ids = scanners.map((item) => item.get('id'));
    let number = 1;
    while (ids.includes(`scanner-${String(number)}`)) number += 1;
    list.add(document.createNode({ id: `scanner-${String(number)}`, kind: 'serial' }));
    const added = list.items.at(-1);
    if (!isMap(added)) throw new SogliaError('config/invalid', `${source}: scanners: not a list`);
    scanner = added;
  }
  if (!isSameDevice(scanner.get('device'), device)) scanner.set('device', device);
  if (baudRate !== undefined) setUnless(scanner, 'baudRate', baudRate, 9600);
  const framing = document.createNode(dialect.framing, { flow: true });
  const isUsual = dialect.framing.kind === 'terminator' && dialect.framing.terminator === 'line';
  if (!isUsual || scanner.has('framing')) scanner.set('framing', framing);
  setUnless(scanner, 'codeId', dialect.codeId, 'none');
  const derived = dialect.framing.kind === 'ssi' ? 'ssi' : 'none';
  setUnless(scanner, 'feedback', feedback, derived);
  const changed = asWritten(text, document.toString(PRINTED));
  const configuration = parseConfiguration(changed, source);
  const scannerId = String(scanner.get('id'));
  return {
    text: changed,
    scannerId,
    change: changeOf(text, changed),
    hasStation: configuration.stations.some(({ scanners: ids }) =>
      ids.some((id) => id === scannerId),
    ),
  };
}

function setUnless(scanner: YAMLMap, key: string, value: unknown, byDefault: unknown): void {
  if (value !== byDefault || scanner.has(key)) scanner.set(key, value);
}

function isSameDevice(named: unknown, device: string): boolean {
  if (typeof named !== 'string') return false;
  return named === device || realPathOf(named) === realPathOf(device);
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // not plugged in: its name is all there is
  }
}
