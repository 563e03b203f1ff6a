import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { endLater } from './endings.ts';

/** The cable between two machines, in the hands of a test. Ends with the test. */
export interface CuttableLine {
  /** Where the far end seems to be. */
  readonly url: string;
  /** Nothing gets through any more, and nobody answers at the address. */
  cut(): void;
  mend(): void;
}

/** Carries bytes to `url`, until it is cut. */
export async function cuttableLine(url: string): Promise<CuttableLine> {
  const { hostname, port } = new URL(url);
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const cut = () => {
    isCut = true;
    for (const socket of open) socket.destroy();
  };
  endLater(async () => {
    cut();
    server.close();
    await once(server, 'close');
  });
  return { url: `http://127.0.0.1:${String(address.port)}`, cut, mend: () => (isCut = false) };
}
