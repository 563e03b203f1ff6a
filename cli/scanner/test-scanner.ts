import { chmodSync, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { discoverScanners } from '../../firmware-bridge/serial/discover-scanners.ts';
import { type Port, openSerialPort } from '../../firmware-bridge/serial/port.ts';
import { Alarm } from '../../firmware-bridge/waiting.ts';
import { SogliaError } from '../../kernel/errors.ts';
import {
  type Detection,
  type ProfileFit,
  type RecordedChunk,
  countScans,
  detectProfile,
} from '../../kernel/scans/detect-profile.ts';
import { type FeedbackProfile, escapeFeedback, ssiCommands } from '../../kernel/scans/feedback.ts';
import { meaningOfScan } from '../../kernel/scans/scan.ts';
import { type SsiOutput, createSsiSession } from '../../kernel/scans/ssi-session.ts';
import { writeAtomically } from '../../node/atomic-file.ts';
import { readConfiguration } from '../../node/configuration.ts';
import { endOnSignal } from '../end-on-signal.ts';
import { portTrouble } from './held-port.ts';
import { type ChangedFile, withScanner } from './scanner-in-file.ts';
import { showBytes, showText } from './show-bytes.ts';

export interface ScannerTest {
  readonly device: string | undefined;
  readonly config: string;
  /** Whether somebody asked for that file: then it has to be there. */
  readonly isConfigNamed: boolean;
  readonly write: boolean;
  readonly baudRate: number | undefined;
  readonly feedback: FeedbackProfile | undefined;
  /** For each scan. */
  readonly waitMs: number;
  readonly byIdFolder: string;
}

const FITS = 0;
const UNDECIDED = 2;
const INTERRUPTED = 130;
const MOST_SCANS = 4;
/** Silence after which a scan is over. */
const SCAN_OVER_MS = 200;
const LOOK_EVERY_MS = 50;
const BETWEEN_TONES_MS = 800;

/**
 * Shows what a scanner sends until one profile fits, or four scans have not sufficed.
 * @returns the exit code
 * @throws {SogliaError} 'scanner/unavailable', 'config/invalid'
 */
export async function testScanner(test: ScannerTest): Promise<number> {
  const ending = endOnSignal();
  const isInterrupted = () => ending.signal.aborted;
  if (test.write || test.isConfigNamed) readConfiguration(test.config);
  const device = test.device ?? (await onlyScanner(test.byIdFolder));
  const baudRate = test.baudRate ?? baudRateIn(test.config, device);
  const line = new TestedLine();
  const port = await openSerialPort(device, baudRate, {
    data: (chunk) => {
      line.take(chunk);
    },
    lost: (reason) => {
      line.lose(reason);
    },
  }).catch((error: unknown) => {
    throw new SogliaError('scanner/unavailable', portTrouble(device, error), { cause: error });
  });
  line.port = port;
  try {
    ending.signal.addEventListener('abort', () => {
      line.alarm.wake();
    });
    say(`${device}, ${String(baudRate)} baud. Scan a product (13 digits, EAN-13); Ctrl-C ends.`);
    const detection = await recognise(line, device, test.waitMs, ending.signal);
    if (isInterrupted()) return INTERRUPTED;
    if (detection.kind === 'nothing') return nothingFits(detection.reason, baudRate);
    if (detection.kind === 'ambiguous') return severalFit(detection.fits);
    const { fit } = detection;
    showFit(fit);
    const feedback = test.feedback ?? feedbackOf(fit, device);
    await sound(line, feedback, ending.signal);
    if (isInterrupted()) return INTERRUPTED;
    if (test.write) await write(test, device, fit, feedback);
    else say('Nothing is written: --write puts this into soglia.yaml.');
    return FITS;
  } finally {
    line.stop();
    await port.close().catch(() => undefined); // pulled out meanwhile: nothing is left to close
  }
}

/** What came over the port, shown as it comes; SSI is answered, or its scanner would complain. */
class TestedLine {
  readonly alarm = new Alarm();
  readonly recording: RecordedChunk[] = [];
  lostBecause: string | undefined;
  port: Port | undefined;
  readonly #ssi = createSsiSession();
  #speaksSsi = false;
  #timer: NodeJS.Timeout | undefined;

  take(chunk: Uint8Array): void {
    const atMs = performance.now();
    const last = this.recording.at(-1);
    const sinceMs = last === undefined ? 0 : Math.round(atMs - last.atMs);
    this.recording.push({ atMs, bytes: Uint8Array.from(chunk) });
    const [first = '', ...more] = showBytes(chunk);
    say(`${`+${String(sinceMs)}`.padStart(7)} ms  ${first}`);
    for (const text of more) say(`${' '.repeat(12)}${text}`);
    this.#answer(this.#ssi.push(chunk, atMs));
    this.alarm.wake();
  }

  lose(reason: string): void {
    this.lostBecause = reason;
    this.alarm.wake();
  }

  /** Begins or goes on with what an SSI scanner is told. */
  tell(commands: ReturnType<typeof ssiCommands>): void {
    for (const command of commands) this.#answer(this.#ssi.command(command, performance.now()));
  }

  write(bytes: Uint8Array): void {
    this.port?.write(bytes).catch((error: unknown) => {
      say(`It takes nothing from us: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #answer(outputs: readonly SsiOutput[]): void {
    // Only what is surely SSI is answered: bytes written to another scanner might be orders to it.
    if (outputs.some(({ kind }) => kind === 'frame')) this.#speaksSsi = true;
    for (const output of outputs) {
      if (output.kind === 'reply' && this.#speaksSsi) this.write(output.bytes);
      if (output.kind === 'command-failed') say(`The scanner did not do it: ${output.reason}.`);
    }
    clearTimeout(this.#timer);
    const dueAtMs = this.#ssi.dueAtMs();
    if (dueAtMs === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#answer(this.#ssi.flush(performance.now()));
      },
      Math.max(1, dueAtMs - performance.now()),
    );
  }
}

async function recognise(
  line: TestedLine,
  device: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<Detection> {
  const openedAs = realpathSync(device);
  const isThere = () => {
    try {
      return realpathSync(device) === openedAs;
    } catch {
      return false;
    }
  };
  let seen = 0;
  let until = performance.now() + waitMs;
  let detection: Detection = detectProfile([]);
  while (!signal.aborted) {
    await line.alarm.sleep(LOOK_EVERY_MS);
    if (line.lostBecause !== undefined || !isThere()) {
      const reason = line.lostBecause ?? 'unplugged';
      throw new SogliaError('scanner/unavailable', `${device}: ${reason}`);
    }
    const now = performance.now();
    const { recording } = line;
    const isOver = now - (recording.at(-1)?.atMs ?? now) >= SCAN_OVER_MS;
    if (recording.length > seen && isOver) {
      seen = recording.length;
      detection = detectProfile(recording);
      const isDone = detection.kind === 'certain' || countScans(recording) >= MOST_SCANS;
      if (isDone) return detection;
      const next = detection.kind === 'ambiguous' ? detection.scanNext : 'another product';
      const why =
        detection.kind === 'ambiguous'
          ? `${String(detection.fits.length)} profiles fit so far`
          : 'No profile fits so far';
      say(`${why}. Scan ${next}.`);
      until = now + waitMs;
    }
    if (now > until) return detection;
  }
  return detection;
}

function showFit({ dialect, reasons, codes, score }: ProfileFit): void {
  say('');
  say(`This fits: ${settingsOf({ dialect })} (${String(Math.round(score * 100))} %)`);
  for (const reason of reasons) say(`  because ${reason}`);
  for (const code of codes) {
    const { kind, ...rest } = meaningOfScan(code);
    const details = Object.entries(rest)
      .filter(([, value]) => typeof value === 'string' && value !== '')
      .map(([name, value]) => `${name} ${String(value)}`);
    say(`  ${showText(code)}: ${[kind, ...details].join(', ')}`);
  }
}

function severalFit(fits: readonly ProfileFit[]): number {
  say('');
  say('Several profiles fit, and nothing is written:');
  for (const fit of fits) say(`  ${settingsOf(fit)}`);
  say('Once more, with other codes; or set the scanner to send AIM identifiers and CR.');
  return UNDECIDED;
}

function nothingFits(reason: string, baudRate: number): number {
  say('');
  say(`No profile fits: ${reason}.`);
  const other = baudRate === 9600 ? 115_200 : 9600;
  say(`A scanner on RS-232 may have another speed: --baud ${String(other)}.`);
  say('One that types into a text field is a keyboard: scan its code for USB serial (CDC).');
  return UNDECIDED;
}

function settingsOf({ dialect }: Pick<ProfileFit, 'dialect'>): string {
  const framing = Object.entries(dialect.framing).map(
    ([name, value]) => `${name}: ${String(value)}`,
  );
  return `framing { ${framing.join(', ')} }, codeId ${dialect.codeId}`;
}

/** By the packets, by the letters of its maker, or by the maker's name in the device's. */
function feedbackOf({ dialect }: ProfileFit, device: string): FeedbackProfile {
  if (dialect.framing.kind === 'ssi') return 'ssi';
  if (dialect.codeId === 'honeywell') return 'esc-honeywell';
  if (dialect.codeId === 'datalogic' || dialect.codeId === 'datalogic-us') return 'esc-datalogic';
  if (/honeywell|metrologic|hand_held/i.test(device)) return 'esc-honeywell';
  return /datalogic/i.test(device) ? 'esc-datalogic' : 'none';
}

async function sound(
  line: TestedLine,
  feedback: FeedbackProfile,
  signal: AbortSignal,
): Promise<void> {
  if (feedback === 'none') {
    say(
      'Feedback none: its maker is not known; --feedback esc-honeywell or esc-datalogic tries one.',
    );
    return;
  }
  for (const tone of ['good', 'bad'] as const) {
    say(`Feedback ${feedback}: the ${tone} tone sounds now.`);
    if (feedback === 'ssi') line.tell(ssiCommands(tone));
    else line.write(escapeFeedback(feedback, tone));
    await pause(BETWEEN_TONES_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function write(
  { config, baudRate }: ScannerTest,
  device: string,
  { dialect }: ProfileFit,
  feedback: FeedbackProfile,
): Promise<void> {
  const path = realpathSync(config);
  const text = readFileSync(path, 'utf8');
  const changed: ChangedFile = withScanner(text, config, { device, baudRate, dialect, feedback });
  if (changed.text === text) {
    say(`${config} says so already (scanner ${changed.scannerId}).`);
    return;
  }
  const { mode } = statSync(path);
  await writeAtomically(path, changed.text);
  chmodSync(path, mode & 0o777);
  say(`Written to ${config} (scanner ${changed.scannerId}); start the store again to use it:`);
  for (const text of changed.change) say(`  ${text}`);
  if (!changed.hasStation)
    say(`No station lists ${changed.scannerId} yet: add it to one's scanners.`);
}

async function onlyScanner(folder: string): Promise<string> {
  const found = await discoverScanners(folder);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) {
    throw new SogliaError(
      'scanner/unavailable',
      `no serial scanner in ${folder}: plug one in; one that types like a keyboard has to be set to USB serial (CDC)`,
    );
  }
  const list = found.map((device) => `\n  --device ${device}`).join('');
  throw new SogliaError('scanner/unavailable', `several scanners are there; name one:${list}\n`);
}

function baudRateIn(config: string, device: string): number {
  if (!existsSync(config)) return 9600;
  const scanner = readConfiguration(config).scanners.find((other) => other.device === device);
  return scanner?.baudRate ?? 9600;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
