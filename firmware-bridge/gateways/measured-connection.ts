import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** Of the four bytes that say how long an MQTT packet is, each gives seven bits (MQTT 3.1.1, section 2.2.3). */
const LENGTH_BITS = 7;
const MOST_LENGTH_BYTES = 4;

/**
 * A connection that ends as soon as a packet of MQTT says it is longer than the limit: parsers here collect a packet
 * whole, 256 MB of it if the other side says so. Reads no faster than it is read.
 */
export class MeasuredConnection extends Duplex {
  readonly #socket: Socket;
  readonly #limitBytes: number;
  readonly #tooLarge: () => void;
  /** Bytes of the packet that are still to come; undefined while its head is. */
  #left: number | undefined;
  #lengthBytes = -1; // the type comes before
  #length = 0;

  constructor(socket: Socket, limitBytes: number, tooLarge: () => void) {
    super();
    this.#socket = socket;
    this.#limitBytes = limitBytes;
    this.#tooLarge = tooLarge;
    this.on('error', () => undefined); // 'close' follows
    for (const event of ['connect', 'secureConnect'] as const) {
      socket.once(event, () => this.emit(event));
    }
    socket.on('data', (chunk: Buffer) => {
      if (!this.#isWithin(chunk)) {
        this.#tooLarge();
        this.destroy();
      } else if (!this.push(chunk)) socket.pause();
    });
    socket.once('end', () => this.push(null));
    socket.once('error', (error) => this.destroy(error));
    socket.once('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void) {
    this.#socket.write(chunk, encoding, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #isWithin(chunk: Buffer): boolean {
    for (let at = 0; at < chunk.length;) {
      if (this.#left === undefined) {
        if (!this.#takeHead(chunk[at] ?? 0)) return false;
        at += 1;
      } else {
        const some = Math.min(this.#left, chunk.length - at);
        this.#left -= some;
        at += some;
      }
      if (this.#left === 0) this.#startPacket();
    }
    return true;
  }

  #takeHead(byte: number): boolean {
    if (this.#lengthBytes >= 0) this.#length += (byte & 0x7f) << (LENGTH_BITS * this.#lengthBytes);
    this.#lengthBytes += 1;
    if (this.#lengthBytes === 0) return true;
    if (this.#length > this.#limitBytes) return false;
    if ((byte & 0x80) === 0) this.#left = this.#length;
    else if (this.#lengthBytes === MOST_LENGTH_BYTES) return false;
    return true;
  }

  #startPacket(): void {
    this.#left = undefined;
    this.#lengthBytes = -1;
    this.#length = 0;
  }
}
