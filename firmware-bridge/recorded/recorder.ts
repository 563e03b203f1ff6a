import { type WriteStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { toHex } from '../../kernel/hex.ts';
import type { BridgeSettings } from '../../kernel/protocol/bridge-events.ts';
import type { Log } from '../../node/logs.ts';
import type { HeardScan, HeardToken, MonotonicClock } from '../source.ts';
import type { RecordedLine } from './recording.ts';

/**
 * Writes down what was heard, for tests and for finding faults. Of simulated traffic everything; of the radio only the
 * tokens that the edge names as those of test credentials; of real scanners nothing, since a card is a person.
 */
export class Recorder {
  readonly #file: WriteStream;
  readonly #clock: MonotonicClock;
  readonly #startedAtMs: number;
  #recordable: ReadonlySet<string> = new Set();
  #hasFailed = false;

  /** @param path - a file that does not exist yet, or is replaced */
  constructor(path: string, clock: MonotonicClock, log: Log) {
    this.#clock = clock;
    this.#startedAtMs = clock();
    this.#file = createWriteStream(path, { mode: 0o600 });
    this.#file.on('error', (error) => {
      this.#hasFailed = true;
      log.error('the recording cannot be written; it ends here', { path, reason: error.message });
    });
  }

  take({ recordableTokens }: BridgeSettings): void {
    this.#recordable = new Set(recordableTokens);
  }

  heard(sighting: HeardToken, isSimulated: boolean): void {
    const token = toHex(sighting.token);
    if (!isSimulated && !this.#recordable.has(token)) return;
    const { receiverId, carrier, rssiDbm } = sighting;
    const atMs = this.#atMs();
    this.#write({ kind: 'sighting', atMs, receiverId, carrier, token, rssiDbm });
  }

  scanned({ scannerId, frame }: HeardScan, isSimulated: boolean): void {
    if (!isSimulated) return;
    this.#write({ kind: 'scan', atMs: this.#atMs(), scannerId, frame: toHex(frame) });
  }

  async stop(): Promise<void> {
    this.#file.end();
    if (!this.#hasFailed) await finished(this.#file).catch(() => undefined);
  }

  #atMs(): number {
    return Math.round(this.#clock() - this.#startedAtMs);
  }

  #write(line: RecordedLine): void {
    if (!this.#hasFailed && !this.#file.writableEnded)
      this.#file.write(`${JSON.stringify(line)}\n`);
  }
}
