import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { SogliaError } from '../../kernel/errors.ts';
import { EnrolmentCodeMadeSchema } from '../../kernel/protocol/console-api.ts';
import { askOperator } from '../../node/operator-client.ts';

export interface SiteOptions {
  /** The built page: dist/web/kiosk. */
  readonly folder: string;
  readonly edgeUrl: string;
  readonly stationId: string;
  /** Of the edge on this machine. Without one the page needs a code in its address. */
  readonly operatorSocket?: string | undefined;
}

export interface SiteRequest {
  readonly method: string;
  readonly path: string;
  /** True for requests that our own page made; only those may ask for a code. */
  readonly isOwn: boolean;
}

export interface SiteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

export type Site = (request: SiteRequest) => Promise<SiteAnswer>;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/**
 * The kiosk's pages, the same behind the loopback server and behind Electron's own protocol. The files are read once:
 * what is not among them does not exist, whatever a path may look like.
 * @throws {SogliaError} 'config/invalid' where the page was not built
 */
export function createSite(options: SiteOptions): Site {
  const files = filesOf(options.folder);
  const headers = headersFor(options.edgeUrl);
  const { edgeUrl, stationId } = options;
  return async ({ method, path, isOwn }) => {
    if (path === '/local/configuration' && method === 'GET')
      return json(200, { edgeUrl, stationId }, headers);
    if (path === '/local/enrolment-code' && method === 'POST') {
      if (!isOwn) return json(403, denied('only the kiosk page may ask for a code'), headers);
      return enrolmentCode(options, headers);
    }
    const file = files.get(path === '/' ? '/index.html' : path);
    if (file === undefined || (method !== 'GET' && method !== 'HEAD')) {
      const nothing = { code: 'request/not-found', message: 'there is nothing here' };
      return json(404, nothing, headers);
    }
    return {
      status: 200,
      headers: { ...headers, 'content-type': file.type, 'cache-control': file.caching },
      body: method === 'HEAD' ? '' : file.bytes,
    };
  };
}

const denied = (message: string) => ({ code: 'request/denied', message });

async function enrolmentCode(
  { operatorSocket, stationId }: SiteOptions,
  headers: SiteAnswer['headers'],
): Promise<SiteAnswer> {
  if (operatorSocket === undefined) {
    return json(404, denied('this kiosk knows no operator socket: enter a code'), headers);
  }
  try {
    const made = await askOperator(operatorSocket, EnrolmentCodeMadeSchema, {
      method: 'POST',
      path: '/v1/enrolment-codes',
      body: { kind: 'kiosk', name: stationId },
      deadlineMs: 2_500,
    });
    return json(200, made, headers);
  } catch (error) {
    if (!(error instanceof SogliaError)) throw error;
    return json(503, { code: error.code, message: error.message }, headers);
  }
}

interface File {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly caching: string;
}

function filesOf(folder: string): Map<string, File> {
  const files = new Map<string, File>();
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (cause) {
    const words = `${folder}: no kiosk page there; build it with: npm run build`;
    throw new SogliaError('config/invalid', words, { cause });
  }
  for (const name of names) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const path = `/${relative(folder, name).split(sep).join('/')}`;
    // Names under assets/ carry a hash of their content.
    const isForever = path.startsWith('/assets/');
    const caching = isForever ? 'public, max-age=31536000, immutable' : 'no-store';
    files.set(path, { bytes: readFileSync(name), type, caching });
  }
  if (files.has('/index.html')) return files;
  throw new SogliaError('config/invalid', `${folder}: no index.html; build it with: npm run build`);
}

function headersFor(edgeUrl: string): Readonly<Record<string, string>> {
  const edge = new URL(z.url().parse(edgeUrl));
  const socket = `${edge.protocol === 'https:' ? 'wss:' : 'ws:'}//${edge.host}`;
  const policy = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' data:",
    'font-src': "'self'",
    'connect-src': `'self' ${edge.origin} ${socket}`,
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
    'require-trusted-types-for': "'script'",
    'trusted-types': "'none'",
  };
  const permissions = ['camera', 'microphone', 'geolocation', 'usb', 'serial', 'hid', 'bluetooth'];
  return {
    'content-security-policy': Object.entries(policy)
      .map(([name, value]) => `${name} ${value}`)
      .join('; '),
    'permissions-policy': permissions.map((name) => `${name}=()`).join(', '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}

function json(status: number, body: object, headers: SiteAnswer['headers']): SiteAnswer {
  return {
    status,
    headers: { ...headers, 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}
