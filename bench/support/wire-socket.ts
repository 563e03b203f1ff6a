import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { within } from '../../test/support/until.ts';

type Answered = (answer: string) => void;

const CONNECTED_WITHIN_MS = 10_000;
const READ_BYTES = 16 * 1024;
/** RFC 6455, section 5.2: a whole text message; its length follows in 16 bits. */
const WHOLE_TEXT = 0x81;
const CLOSE = 0x88;
const LENGTH_IN_16_BITS = 126;
const MASKED = 0x80;
const NO_MASK = '\0\0\0\0';

/**
 * As much of a Socket.IO client (protocol 5 over Engine.IO protocol 4 over WebSocket) as a load generator needs: one
 * namespace, events that are answered, ASCII. It is not what is measured, but works on the same processors: a client of the
 * library takes as long for a message as the server, and one of `ws` half as long; this one a quarter.
 */
export class WireSocket {
  readonly #socket: Socket;
  readonly #namespace: string;
  readonly #waiting = new Map<number, Answered>();
  #nextId = 0;
  /** Of a message whose rest has not come. */
  #rest: Buffer | undefined;
  #isUpgraded = false;
  #listen: (text: string) => void = () => undefined;

  private constructor({ hostname, port, pathname, host }: URL) {
    this.#namespace = pathname === '/' ? '' : `${pathname},`;
    this.#socket = connect({
      ...{ host: hostname, port: Number(port), noDelay: true },
      // One buffer for all that is read: without it each read takes one of 64 KiB, and a collector to get rid of it.
      onread: {
        buffer: Buffer.allocUnsafe(READ_BYTES),
        callback: (length, buffer) => {
          this.#read(Buffer.from(buffer.buffer, buffer.byteOffset, length));
          return true;
        },
      },
    });
    this.#socket.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\n` +
        `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    );
  }

  /** @param url - with the namespace as its path; @throws {Error} where the server refuses, or after 10 s */
  static async connect(url: string, auth: Readonly<Record<string, string>>): Promise<WireSocket> {
    const wire = new WireSocket(new URL(url));
    const connected = new Promise<void>((resolve, reject) => {
      wire.#socket.on('error', reject);
      wire.#socket.on('close', () => reject(new Error('the server closed the connection')));
      wire.#listen = (text) => {
        if (text === '2') wire.#send('3');
        else if (text.startsWith('0')) wire.#send(`40${wire.#namespace}${JSON.stringify(auth)}`);
        else if (text.startsWith('40')) resolve();
        else if (text.startsWith('44') || text.startsWith('HTTP')) reject(new Error(text));
        else if (text.startsWith('43')) wire.#answer(text);
      };
    });
    await within(`a connection to ${url}`, CONNECTED_WITHIN_MS, connected);
    return wire;
  }

  /**
   * @param payload - as JSON
   * @param answered - with what the server answers, as JSON; never called where it does not
   */
  ask(event: string, payload: string, answered: Answered): void {
    const id = (this.#nextId += 1);
    this.#waiting.set(id, answered);
    this.#send(`42${this.#namespace}${String(id)}["${event}",${payload}]`);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Latin-1, so that frame and message are one string and one write. A mask of zeros is one too, and nothing to reckon. */
  #send(ascii: string): void {
    const high = String.fromCharCode(ascii.length >> 8, ascii.length & 0xff);
    const short = String.fromCharCode(WHOLE_TEXT, MASKED | ascii.length);
    const long = String.fromCharCode(WHOLE_TEXT, MASKED | LENGTH_IN_16_BITS) + high;
    const head = ascii.length < LENGTH_IN_16_BITS ? short : long;
    this.#socket.write(head + NO_MASK + ascii, 'latin1');
  }

  #read(piece: Buffer): void {
    let bytes = this.#rest === undefined ? piece : Buffer.concat([this.#rest, piece]);
    if (!this.#isUpgraded) {
      const ends = bytes.indexOf('\r\n\r\n');
      const head = bytes.toString('latin1', 0, Math.max(0, ends));
      this.#isUpgraded = head.startsWith('HTTP/1.1 101 ');
      if (ends >= 0 && !this.#isUpgraded) this.#listen(head);
      bytes = this.#isUpgraded ? bytes.subarray(ends + 4) : bytes;
    }
    let at = 0;
    while (this.#isUpgraded) {
      const length = bytes[at + 1];
      if (length === undefined) break;
      const isLong = length === LENGTH_IN_16_BITS;
      if (isLong && at + 4 > bytes.length) break;
      const begins = at + (isLong ? 4 : 2);
      const ends = begins + (isLong ? bytes.readUInt16BE(at + 2) : length);
      if (ends > bytes.length) break;
      if (bytes[at] === WHOLE_TEXT) this.#listen(bytes.toString('latin1', begins, ends));
      else if (bytes[at] === CLOSE) this.close();
      at = ends;
    }
    // The next read takes the same buffer.
    this.#rest = at === bytes.length ? undefined : Buffer.from(bytes.subarray(at));
  }

  /** `43/handheld,17[{…}]` */
  #answer(text: string): void {
    const begins = text.indexOf('[');
    const id = Number(text.slice(2 + this.#namespace.length, begins));
    const answered = this.#waiting.get(id);
    this.#waiting.delete(id);
    answered?.(text.slice(begins + 1, -1));
  }
}
