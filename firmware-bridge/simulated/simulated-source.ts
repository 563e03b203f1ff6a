import { chmod, rm } from 'node:fs/promises';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { decodeAdverts } from '../../kernel/adverts/advert.ts';
import { tokenOfFrame } from '../../kernel/adverts/carried-token.ts';
import type { ReceiverId, ScannerId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { fromHex } from '../../kernel/hex.ts';
import { explainIssues } from '../../kernel/parse.ts';
import {
  type SimulatedAnswer,
  type SimulatedLine,
  SimulatedLineSchema,
} from '../../kernel/protocol/simulated-lines.ts';
import type { Dialect } from '../../kernel/scans/dialect.ts';
import { ScanReader } from '../scan-reader.ts';
import type { MonotonicClock, Source, SourceSink } from '../source.ts';

export interface SimulatedSourceOptions {
  readonly socketPath: string;
  readonly receivers: readonly ReceiverId[];
  readonly scanners: readonly {
    readonly scannerId: ScannerId;
    readonly dialect: Dialect;
    readonly duplicateWindowMs: number;
  }[];
  readonly clock: MonotonicClock;
}

/** An advert has 62 digits at most and a scan 16,384; the rest is names. */
const LONGEST_LINE = 20_000;
/** Of the kernel's `sockaddr_un`, less the closing zero. */
const LONGEST_SOCKET_PATH = 107;
const NOBODY = 'no simulator is connected';

/** Radios and scanners in software: JSON lines on a Unix socket, read by the same decoders as the real ones. */
export class SimulatedSource implements Source {
  readonly simulated = true;
  readonly #options: SimulatedSourceOptions;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #sink: SourceSink | undefined;

  constructor(options: SimulatedSourceOptions) {
    this.#options = options;
  }

  /** @throws {SogliaError} 'config/invalid' where the socket's path is too long or in use */
  async start(sink: SourceSink): Promise<void> {
    const { socketPath } = this.#options;
    if (Buffer.byteLength(socketPath) > LONGEST_SOCKET_PATH) {
      throw new SogliaError(
        'config/invalid',
        `${socketPath}: a socket's path has ${LONGEST_SOCKET_PATH} bytes at most; choose a shorter --data`,
      );
    }
    if (await isAnswered(socketPath)) {
      throw new SogliaError('config/invalid', `${socketPath}: another bridge runs on this folder`);
    }
    await rm(socketPath, { force: true }); // left behind by a bridge that was killed
    this.#sink = sink;
    const server = createServer((socket) => {
      this.#serve(socket, sink);
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, () => {
        server.off('error', reject);
        server.on('error', () => undefined); // of one connection that was not accepted
        resolve();
      });
    });
    await chmod(socketPath, 0o600);
    this.#tellParts();
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    if (server?.listening !== true) return;
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  }

  #serve(socket: Socket, sink: SourceSink): void {
    this.#sockets.add(socket);
    this.#tellParts();
    const answer = (line: SimulatedAnswer) => {
      if (socket.writable) socket.write(`${JSON.stringify(line)}\n`);
    };
    const readers = new Map<ScannerId, ScanReader>();
    for (const scanner of this.#options.scanners) {
      const { scannerId } = scanner;
      const { clock } = this.#options;
      const feedback = (tone: 'good' | 'ask' | 'bad') => {
        answer({ kind: 'tone', scannerId, tone });
      };
      readers.set(scannerId, new ScanReader({ ...scanner, clock, sink, feedback }));
    }
    let lineNumber = 0;
    let rest = '';
    let isTooLong = false;
    const take = (text: string) => {
      lineNumber += 1;
      const reason = isTooLong || text.length > LONGEST_LINE ? tooLong : this.#take(text, readers);
      isTooLong = false;
      if (reason !== undefined) answer({ kind: 'refused', reason, line: lineNumber });
    };
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line);
      if (rest.length > LONGEST_LINE) {
        isTooLong = true;
        rest = '';
      }
    });
    socket.on('error', () => undefined); // 'close' follows
    socket.on('close', () => {
      for (const reader of readers.values()) reader.stop();
      this.#sockets.delete(socket);
      this.#tellParts();
    });
  }

  /** @returns why the line was refused */
  #take(text: string, readers: ReadonlyMap<ScannerId, ScanReader>): string | undefined {
    if (text.trim() === '') return undefined;
    let tree: unknown;
    try {
      tree = JSON.parse(text);
    } catch {
      return 'not JSON';
    }
    const parsed = SimulatedLineSchema.safeParse(tree);
    if (!parsed.success) return explainIssues(parsed.error);
    return parsed.data.kind === 'advert'
      ? this.#takeAdvert(parsed.data)
      : takeScan(parsed.data, readers);
  }

  #takeAdvert(line: SimulatedLine & { kind: 'advert' }): string | undefined {
    const { receiverId } = line;
    if (!this.#options.receivers.includes(receiverId)) {
      return `receiverId: '${receiverId}' is no simulated receiver of soglia.yaml`;
    }
    const heardAtMs = this.#options.clock();
    const rssiDbm = line.rssiDbm;
    const frames = decodeAdverts(fromHex(line.payload) ?? new Uint8Array());
    let isOurs = false;
    for (const frame of frames) {
      const carried = tokenOfFrame(frame);
      if (carried === undefined) continue;
      isOurs = true;
      this.#sink?.heard({ receiverId, ...carried, rssiDbm, heardAtMs });
    }
    if (!isOurs && this.#sink?.listed(receiverId, frames, line.address) === false) {
      this.#sink.droppedAdvert(receiverId);
    }
    return undefined;
  }

  /** Simulated parts work while somebody simulates them. */
  #tellParts(): void {
    const part =
      this.#sockets.size > 0
        ? ({ state: 'working' } as const)
        : ({ state: 'missing', reason: NOBODY } as const);
    for (const receiverId of this.#options.receivers) this.#sink?.receiver(receiverId, part);
    for (const { scannerId } of this.#options.scanners) this.#sink?.scanner(scannerId, part);
  }
}

const tooLong = `longer than ${String(LONGEST_LINE)} characters`;

function takeScan(
  line: SimulatedLine & { kind: 'scan' },
  readers: ReadonlyMap<ScannerId, ScanReader>,
): string | undefined {
  const reader = readers.get(line.scannerId);
  if (reader === undefined) {
    return `scannerId: '${line.scannerId}' is no simulated scanner of soglia.yaml`;
  }
  reader.push(fromHex(line.data) ?? new Uint8Array());
  return undefined;
}

/** Whether a living process listens on the socket. */
function isAnswered(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const settle = (isAlive: boolean) => {
      socket.destroy();
      resolve(isAlive);
    };
    socket.setTimeout(1_000, () => {
      settle(true);
    });
    socket.once('connect', () => {
      settle(true);
    });
    socket.once('error', () => {
      settle(false);
    });
  });
}
