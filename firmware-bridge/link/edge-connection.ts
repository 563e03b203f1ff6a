import { type Socket, io } from 'socket.io-client';
import { SogliaError } from '../../kernel/errors.ts';
import { BRIDGE_NAMESPACE } from '../../kernel/protocol/bridge-events.ts';

export interface EdgeConnectionListener {
  /** What the edge told; not yet looked at. */
  settings(payload: unknown): void;
  /** Told once, never after `close`. */
  closed(reason: string): void;
}

const CONNECT_WITHIN_MS = 5_000;

/**
 * One socket to the edge, used until it closes and then never again: socket.io would send later, to whoever stands there
 * then, what was emitted while it was disconnected.
 */
export class EdgeConnection {
  readonly #socket: Socket;
  #isOpen = true;

  private constructor(socket: Socket, listener: EdgeConnectionListener) {
    this.#socket = socket;
    socket.on('settings', (payload: unknown) => {
      listener.settings(payload);
    });
    socket.on('disconnect', (reason) => {
      if (!this.#isOpen) return;
      this.#isOpen = false;
      listener.closed(reason);
    });
  }

  /** @throws {SogliaError} 'device/denied' where the edge refuses, 'time/out' where it does not answer */
  static async open(
    edgeUrl: string,
    token: string,
    listener: EdgeConnectionListener,
  ): Promise<EdgeConnection> {
    const socket = io(`${edgeUrl.replace(/\/$/, '')}${BRIDGE_NAMESPACE}`, {
      auth: { token },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      autoConnect: false,
    });
    const connection = new EdgeConnection(socket, listener);
    try {
      await connected(socket, edgeUrl);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** The edge's answer, not yet looked at. Rejects after `deadlineMs`, or at once when the socket closes. */
  ask(event: string, payload: unknown, deadlineMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.#isOpen || !this.#socket.connected) {
        reject(new SogliaError('time/out', 'the edge is away'));
        return;
      }
      this.#socket.timeout(deadlineMs).emit(event, payload, (error: unknown, answer: unknown) => {
        if (error === null || error === undefined) resolve(answer);
        else reject(new SogliaError('time/out', `no answer to '${event}' from the edge`));
      });
    });
  }

  close(): void {
    this.#isOpen = false;
    this.#socket.disconnect();
  }
}

function connected(socket: Socket, edgeUrl: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new SogliaError('time/out', `the edge at ${edgeUrl} does not answer`));
    }, CONNECT_WITHIN_MS);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.once('connect_error', (error) => {
      clearTimeout(timer);
      // `active` or not, socket.io marks a refusal of the namespace by leaving out its own transport's type.
      const isRefusal = !('type' in error);
      reject(
        isRefusal
          ? new SogliaError('device/denied', `the edge refuses this bridge: ${error.message}`)
          : new SogliaError('time/out', `nobody answers at ${edgeUrl}: is the edge running?`),
      );
    });
    socket.connect();
  });
}
