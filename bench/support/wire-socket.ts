import WebSocket from 'ws';
import { within } from '../../test/support/until.ts';

type Answered = (answer: unknown) => void;

/**
 * As much of a Socket.IO client (protocol 5 over Engine.IO protocol 4) as a load generator needs: one namespace, events that
 * are answered. A client of the library takes as long for a message as the server that it measures, on the same processors.
 */
export class WireSocket {
  readonly #socket: WebSocket;
  readonly #namespace: string;
  readonly #waiting = new Map<number, Answered>();
  #nextId = 0;

  private constructor(socket: WebSocket, namespace: string) {
    this.#socket = socket;
    this.#namespace = namespace === '/' ? '' : `${namespace},`;
  }

  /** @param url - with the namespace as its path; @throws {Error} where the server refuses, or after 10 s */
  static async connect(url: string, auth: Readonly<Record<string, string>>): Promise<WireSocket> {
    const { host, pathname } = new URL(url);
    const address = `ws://${host}/socket.io/?EIO=4&transport=websocket`;
    const socket = new WebSocket(address, { perMessageDeflate: false });
    const wire = new WireSocket(socket, pathname);
    const connected = new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('the server closed the connection')));
      socket.on('message', (data: Buffer) => {
        wire.#receive(data.toString('utf8'), auth, resolve, reject);
      });
    });
    await within(`a connection to ${url}`, 10_000, connected);
    return wire;
  }

  /** @param answered - with what the server answers; never called where it does not */
  ask(event: string, payload: unknown, answered: Answered): void {
    const id = (this.#nextId += 1);
    this.#waiting.set(id, answered);
    this.#socket.send(`42${this.#namespace}${String(id)}${JSON.stringify([event, payload])}`);
  }

  close(): void {
    this.#socket.close();
  }

  #receive(
    text: string,
    auth: Readonly<Record<string, string>>,
    connected: () => void,
    refused: (error: Error) => void,
  ): void {
    if (text === '2') this.#socket.send('3');
    else if (text.startsWith('0')) this.#socket.send(`40${this.#namespace}${JSON.stringify(auth)}`);
    else if (text.startsWith('40')) connected();
    else if (text.startsWith('44')) refused(new Error(text));
    else if (text.startsWith('43')) this.#answer(text);
  }

  /** `43/handheld,17[{…}]` */
  #answer(text: string): void {
    const begins = text.indexOf('[');
    const id = Number(text.slice(2 + this.#namespace.length, begins));
    const answered = this.#waiting.get(id);
    this.#waiting.delete(id);
    answered?.((JSON.parse(text.slice(begins)) as unknown[])[0]);
  }
}
