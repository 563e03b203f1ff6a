import { realpath } from 'node:fs/promises';
import type { ScannerId } from '../../kernel/domain/ids.ts';
import type { Tone } from '../../kernel/protocol/bridge-events.ts';
import type { Dialect } from '../../kernel/scans/dialect.ts';
import { type FeedbackProfile, escapeFeedback, ssiCommands } from '../../kernel/scans/feedback.ts';
import { ScanReader } from '../scan-reader.ts';
import type { MonotonicClock, PartState, Source, SourceSink } from '../source.ts';
import { Alarm } from '../waiting.ts';
import { discoverScanners } from './discover-scanners.ts';
import type { OpenPort, Port } from './port.ts';

export interface SerialScanner {
  readonly scannerId: ScannerId;
  /** A name that survives replugging. Where undefined, the only serial device that no other scanner names. */
  readonly device: string | undefined;
  readonly baudRate: number;
  readonly dialect: Dialect;
  /** The same code again within this time is one scan, ms; 0 where each reading counts. */
  readonly duplicateWindowMs: number;
  readonly feedback: FeedbackProfile;
}

export interface SerialSourceOptions {
  readonly scanners: readonly SerialScanner[];
  readonly open: OpenPort;
  readonly clock: MonotonicClock;
  /** Something that a scanner was to be told, a tone or an answer, did not reach it. */
  readonly untold?: (scannerId: ScannerId, reason: string) => void;
  readonly discover?: () => Promise<readonly string[]>;
}

/** How often each name is looked at: the kernel tells of tty devices in too many ways to rely on one. */
const LOOK_EVERY_MS = 250;
/** After a port that is there would not open. */
const LONGEST_RETRY_MS = 1_000;

/** Every scanner on a serial port of this machine. Each comes back by itself once it is plugged in again. */
export class SerialSource implements Source {
  readonly simulated = false;
  readonly #options: SerialSourceOptions;
  readonly #alarms: Alarm[] = [];
  #isStopping = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: SerialSourceOptions) {
    this.#options = options;
  }

  start(sink: SourceSink): Promise<void> {
    this.#running = Promise.all(
      this.#options.scanners.map((scanner) => this.#keepOpen(scanner, sink)),
    );
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const alarm of this.#alarms) alarm.wake();
    await this.#running;
  }

  async #keepOpen(scanner: SerialScanner, sink: SourceSink): Promise<void> {
    const alarm = new Alarm();
    this.#alarms.push(alarm);
    while (!this.#isStopping) {
      const found = await this.#find(scanner);
      if (typeof found !== 'string') {
        sink.scanner(scanner.scannerId, found);
        await alarm.sleep(LOOK_EVERY_MS);
        continue;
      }
      try {
        const lostBecause = await this.#useUntilLost(scanner, found, sink, alarm);
        const told = { state: 'missing', trouble: 'unplugged', reason: lostBecause } as const;
        sink.scanner(scanner.scannerId, told);
      } catch (error) {
        sink.scanner(scanner.scannerId, trouble(found, error));
        await alarm.sleep(LONGEST_RETRY_MS);
      }
    }
  }

  /** @returns why the port was left; throws if it never opened */
  async #useUntilLost(
    scanner: SerialScanner,
    device: string,
    sink: SourceSink,
    alarm: Alarm,
  ): Promise<string> {
    const { scannerId, dialect, duplicateWindowMs, baudRate } = scanner;
    const { open, clock, untold } = this.#options;
    let lostBecause: string | undefined;
    const line: { port?: Port } = {};
    const write = (bytes: Uint8Array) => {
      // Not waited for: whatever a scanner does with what it is told, it is listened to.
      line.port?.write(bytes).catch((error: unknown) => {
        untold?.(scannerId, error instanceof Error ? error.message : String(error));
      });
    };
    const reader = new ScanReader({
      scannerId,
      dialect,
      duplicateWindowMs,
      clock,
      sink,
      feedback: (tone) => {
        this.#sound(scanner, tone, reader, write);
      },
      reply: write,
      commandFailed: ({ opcode, reason }) => {
        untold?.(scannerId, `command 0x${opcode.toString(16)}: ${reason}`);
      },
    });
    const openedAs = await realpath(device);
    const port = await open(device, baudRate, {
      data: (chunk) => {
        reader.push(chunk);
      },
      lost: (reason) => {
        lostBecause = reason;
        alarm.wake();
      },
    });
    line.port = port;
    if (dialect.framing.kind === 'ssi') reader.command(ssiCommands('listen'));
    sink.scanner(scannerId, { state: 'working' });
    try {
      const stillUsed = () => !this.#isStopping && lostBecause === undefined;
      while (stillUsed()) {
        await alarm.sleep(LOOK_EVERY_MS);
        // The name may point to another tty by now, while the old one lingers without a word.
        const isSame = (await realpath(device).catch(() => undefined)) === openedAs;
        if (!isSame) lostBecause ??= 'unplugged';
      }
      return `${device}: ${lostBecause ?? 'stopped'}`;
    } finally {
      reader.stop();
      await closeAnyhow(port);
    }
  }

  #sound(
    { feedback }: SerialScanner,
    tone: Tone,
    reader: ScanReader,
    write: (bytes: Uint8Array) => void,
  ): void {
    switch (feedback) {
      case 'none': // it beeps by itself and takes no orders; the screen tells the rest
        return;
      case 'ssi':
        reader.command(ssiCommands(tone));
        return;
      case 'esc-honeywell':
      case 'esc-datalogic':
        write(escapeFeedback(feedback, tone));
    }
  }

  /** The device to open now, or what is wrong. */
  async #find(scanner: SerialScanner): Promise<string | PartState> {
    const { device } = scanner;
    if (device !== undefined) {
      const isThere = await realpath(device).then(
        () => true,
        () => false,
      );
      if (isThere) return device;
      const reason = `${device}: not plugged in`;
      return { state: 'missing', trouble: 'unplugged', reason };
    }
    const named = this.#options.scanners.map((other) => other.device);
    const free = (await (this.#options.discover ?? discoverScanners)()).filter(
      (candidate) => !named.includes(candidate),
    );
    const [only] = free;
    if (only !== undefined && free.length === 1) return only;
    const candidates = free.length > 0 ? free.join(', ') : 'none is plugged in';
    return {
      state: 'missing',
      trouble: 'unplugged',
      reason: `no device named for this scanner in soglia.yaml; it may be: ${candidates}`.slice(
        0,
        300,
      ),
    };
  }
}

async function closeAnyhow(port: Port): Promise<void> {
  // A device that was pulled out may fail to close; there is nothing left to lose.
  await port.close().catch(() => undefined);
}

function trouble(device: string, error: unknown): PartState {
  const text = error instanceof Error ? error.message : String(error);
  const isForbidden = /permission denied|EACCES/i.test(text);
  const cure = isForbidden ? '; adduser USER dialout, then restart' : '';
  const reason = `${device}: ${text}${cure}`.slice(0, 300);
  return { state: 'failing', trouble: isForbidden ? 'not-allowed' : 'stuck', reason };
}
