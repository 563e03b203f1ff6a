import { createConnection, type Socket } from 'node:net';
import type { SimulatedLine } from '../kernel/protocol/simulated-lines.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** The line to the bridge's simulated source. What is said while it is down is lost, like an advert in the air. */
export class BridgeLine {
  readonly #path: string;
  readonly #hear: (answer: string) => void;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #isClosed = false;

  constructor(path: string, hear: (answer: string) => void) {
    this.#path = path;
    this.#hear = hear;
    this.#connect();
  }

  /** Whether it went out; what a full socket cannot take is lost too. */
  say(line: SimulatedLine): boolean {
    if (this.#socket?.writable !== true || this.#socket.writableNeedDrain) return false;
    this.#socket.write(`${JSON.stringify(line)}\n`);
    return true;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #connect(): void {
    const socket = createConnection(this.#path);
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      this.#socket = socket;
      this.#pauseMs = FIRST_PAUSE_MS;
    });
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(this.#hear);
    });
    socket.on('error', () => undefined); // 'close' follows, and tries again
    socket.on('close', () => {
      this.#socket = undefined;
      if (this.#isClosed) return;
      this.#timer = setTimeout(() => {
        this.#connect();
      }, this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    });
  }
}
