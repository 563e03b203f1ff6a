import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

const GRACE_MS = 2_000;

/**
 * The connections that an HTTP server gave away: WebSockets. One whose other end is gone, or does not answer the closing
 * handshake, would hold a server's end for half a minute, which is longer than whoever stops a service waits.
 */
export class UpgradedSockets {
  readonly #open = new Set<Duplex>();

  constructor(server: Server) {
    server.on('upgrade', (_request, socket: Duplex) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
  }

  /** @param closing - settles once all are closed; those that are not within 2 s are cut */
  async cutIfSilent(closing: Promise<unknown>): Promise<void> {
    const cut = setTimeout(() => {
      for (const socket of this.#open) socket.destroy();
    }, GRACE_MS);
    try {
      await closing;
    } finally {
      clearTimeout(cut);
    }
  }
}
