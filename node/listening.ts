import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { SogliaError } from '../kernel/errors.ts';

export type ListenAt =
  /** Port 0: any free one. */
  { readonly host: string; readonly port: number } | { readonly socketPath: string };

export interface Listening {
  /** `http://127.0.0.1:4200`, or the path of the socket. */
  readonly url: string;
  /** 0 for a Unix socket. */
  readonly port: number;
  /** Takes no more requests, lets those under way end within the grace, then cuts them. */
  close(): Promise<void>;
}

const GRACE_MS = 2_000;
const STALE_SOCKET_DEADLINE_MS = 1_000;

/**
 * @throws {SogliaError} 'config/invalid' in words where the address is taken or not allowed
 */
export async function listen(server: Server, at: ListenAt): Promise<Listening> {
  if ('socketPath' in at) {
    await removeStaleSocket(at.socketPath);
    await bind(server, { path: at.socketPath }, at.socketPath);
    await chmod(at.socketPath, 0o600); // its folder is 0700, so nobody else got in before this line
    return { url: at.socketPath, port: 0, close: () => close(server) };
  }
  await bind(server, at, `${at.host}:${String(at.port)}`);
  const { port } = server.address() as AddressInfo;
  const host = at.host.includes(':') ? `[${at.host}]` : at.host;
  return { url: `http://${host}:${String(port)}`, port, close: () => close(server) };
}

async function bind(
  server: Server,
  at: { host: string; port: number } | { path: string },
  name: string,
): Promise<void> {
  const listening = once(server, 'listening');
  server.listen(at);
  try {
    await listening;
  } catch (cause) {
    throw new SogliaError('config/invalid', `cannot listen at ${name}: ${inWords(cause)}`, {
      cause,
    });
  }
}

function inWords(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return 'another program uses this address; stop it, or set another port';
    case 'EACCES':
      return 'this user may not; ports below 1024 need a right of their own';
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** A socket file outlives its process. One that somebody answers at is left alone: binding then fails in words. */
async function removeStaleSocket(path: string): Promise<void> {
  const isServed = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.setTimeout(STALE_SOCKET_DEADLINE_MS);
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(true));
    socket.once('error', () => settle(false));
  });
  if (!isServed) await rm(path, { force: true });
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(cut);
}
