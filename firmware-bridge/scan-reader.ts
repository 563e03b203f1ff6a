import type { ScannerId } from '../kernel/domain/ids.ts';
import type { Tone } from '../kernel/protocol/bridge-events.ts';
import {
  type Dialect,
  type Heard,
  type Listener,
  createListener,
} from '../kernel/scans/dialect.ts';
import type { CommandFailed, SsiCommand } from '../kernel/scans/ssi-session.ts';
import type { MonotonicClock, SourceSink } from './source.ts';

export interface ScanReaderOptions {
  readonly scannerId: ScannerId;
  readonly dialect: Dialect;
  /** The same code again within this time is one scan, ms; 0 where each reading counts. */
  readonly duplicateWindowMs: number;
  readonly clock: MonotonicClock;
  readonly sink: SourceSink;
  readonly feedback: (tone: Tone) => void;
  /** Bytes that the conversation with the scanner asks for. */
  readonly reply?: (bytes: Uint8Array) => void;
  readonly commandFailed?: (failure: CommandFailed) => void;
}

/** Turns what one port gives into scans. Made anew whenever the port is opened: half a frame never outlives it. */
export class ScanReader {
  readonly #options: ScanReaderOptions;
  readonly #listener: Listener;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #last: { readonly frame: Uint8Array; readonly atMs: number } | undefined;

  constructor(options: ScanReaderOptions) {
    this.#options = options;
    this.#listener = createListener(options.dialect);
  }

  push(chunk: Uint8Array): void {
    const atMs = this.#options.clock();
    this.#tell(this.#listener.push(chunk, atMs), atMs);
    this.#setTimer();
  }

  /** Tells a scanner that takes commands what to do, one after the other. */
  command(commands: readonly SsiCommand[]): void {
    const atMs = this.#options.clock();
    for (const command of commands) this.#tell(this.#listener.command(command, atMs), atMs);
    this.#setTimer();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    const dueAtMs = this.#listener.dueAtMs();
    if (dueAtMs === undefined || this.#isStopped) return;
    const waitMs = Math.max(1, Math.ceil(dueAtMs - this.#options.clock()));
    this.#timer = setTimeout(() => {
      const atMs = this.#options.clock();
      this.#tell(this.#listener.flush(atMs), atMs);
      this.#setTimer();
    }, waitMs);
  }

  #tell(outputs: readonly Heard[], framedAtMs: number): void {
    const { scannerId, sink, feedback, reply, commandFailed } = this.#options;
    for (const heard of outputs) {
      switch (heard.kind) {
        case 'rejected':
          sink.droppedFrame();
          break;
        case 'reply':
          reply?.(heard.bytes);
          break;
        case 'command-failed':
          commandFailed?.(heard);
          break;
        case 'frame':
          if (this.#isRepeated(heard.bytes, framedAtMs)) break;
          sink.scanned({ scannerId, frame: heard.bytes, framedAtMs }, feedback);
      }
    }
  }

  #isRepeated(frame: Uint8Array, atMs: number): boolean {
    const last = this.#last;
    this.#last = { frame, atMs };
    return (
      last !== undefined &&
      atMs - last.atMs < this.#options.duplicateWindowMs &&
      last.frame.length === frame.length &&
      last.frame.every((byte, i) => byte === frame[i])
    );
  }
}
