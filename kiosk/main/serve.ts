import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../../node/listening.ts';
import { createSite, type Site, type SiteOptions } from './site.ts';

export interface ServeOptions extends SiteOptions {
  /** On 127.0.0.1; 0 for any free one. */
  readonly port: number;
  readonly report: (error: unknown) => void;
}

export interface RunningKiosk {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Serves the kiosk's page to a browser on this machine, and to nobody else: 127.0.0.1 only, and only under that name,
 * so that a page of somebody else's that resolves to it gets nothing.
 * @throws {SogliaError} 'config/invalid' where the page was not built or the port is taken
 */
export async function serveKiosk(options: ServeOptions): Promise<RunningKiosk> {
  const site = createSite(options);
  const server = createServer((request, response) => {
    answer(site, request, response).catch((error: unknown) => {
      options.report(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  const listening = await listen(server, { host: '127.0.0.1', port: options.port });
  return { url: `${listening.url}/`, stop: () => listening.close() };
}

async function answer(site: Site, request: IncomingMessage, response: ServerResponse) {
  request.resume(); // no body of a request matters here
  const { host = '', origin } = request.headers;
  const port = String(request.socket.localPort);
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    response.writeHead(421).end();
    return;
  }
  const path = pathOf(request.url ?? '/');
  const isOwn = origin === `http://${host}`;
  const { status, headers, body } = await site({ method: request.method ?? 'GET', path, isOwn });
  response.writeHead(status, headers).end(body);
}

/** Without query; whatever cannot be read leads nowhere. */
const pathOf = (target: string) =>
  URL.canParse(target, 'http://kiosk') ? new URL(target, 'http://kiosk').pathname : '';
