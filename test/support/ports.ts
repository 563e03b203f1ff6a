import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Below what Linux (32768) and others (49152) give to whoever asks for port 0 or connects. */
const OURS = { from: 20_000, below: 32_768 };

/**
 * A loopback port that was free a moment ago, for programs that cannot take port 0 and say which one they got, or that
 * must have the same one again after a restart: nobody gets it in between by asking for any port.
 */
export async function freePort(): Promise<number> {
  let refusal: unknown;
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(OURS.from, OURS.below);
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    } catch (error) {
      refusal = error; // somebody has it
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error('no free port on the loopback interface', { cause: refusal });
}

/** The port of a server that listens on port 0. */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
