import type { ScannerId } from '../kernel/domain/ids.ts';
import {
  type FramedScan,
  type Framer,
  type FramingProfile,
  createFramer,
} from '../kernel/scans/framing.ts';
import type { MonotonicClock, SourceSink } from './source.ts';
import type { Tone } from '../kernel/protocol/bridge-events.ts';

/** A scanner held still on a code reads it again and again: that is one scan. */
const SAME_CODE_WITHIN_MS = 300;

export interface ScanReaderOptions {
  readonly scannerId: ScannerId;
  readonly framing: FramingProfile;
  readonly clock: MonotonicClock;
  readonly sink: SourceSink;
  readonly feedback: (tone: Tone) => void;
}

/** Turns what one port gives into scans. Made anew whenever the port is opened: half a frame never outlives it. */
export class ScanReader {
  readonly #options: ScanReaderOptions;
  readonly #framer: Framer;
  #timer: NodeJS.Timeout | undefined;
  #last: { readonly frame: Uint8Array; readonly atMs: number } | undefined;

  constructor(options: ScanReaderOptions) {
    this.#options = options;
    this.#framer = createFramer(options.framing);
  }

  push(chunk: Uint8Array): void {
    const atMs = this.#options.clock();
    this.#tell(this.#framer.push(chunk, atMs), atMs);
    this.#setTimer();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    const dueAtMs = this.#framer.dueAtMs();
    if (dueAtMs === undefined) return;
    const waitMs = Math.max(1, Math.ceil(dueAtMs - this.#options.clock()));
    this.#timer = setTimeout(() => {
      const atMs = this.#options.clock();
      this.#tell(this.#framer.flush(atMs), atMs);
      this.#setTimer();
    }, waitMs);
  }

  #tell(scans: readonly FramedScan[], framedAtMs: number): void {
    const { scannerId, sink, feedback } = this.#options;
    for (const scan of scans) {
      if (scan.kind === 'rejected') sink.dropped('frame');
      else if (!this.#isRepeated(scan.bytes, framedAtMs)) {
        sink.scanned({ scannerId, frame: scan.bytes, framedAtMs }, feedback);
      }
    }
  }

  #isRepeated(frame: Uint8Array, atMs: number): boolean {
    const last = this.#last;
    this.#last = { frame, atMs };
    return (
      last !== undefined &&
      atMs - last.atMs < SAME_CODE_WITHIN_MS &&
      last.frame.length === frame.length &&
      last.frame.every((byte, i) => byte === frame[i])
    );
  }
}
