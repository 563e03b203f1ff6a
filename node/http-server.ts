import { createServer, type Server } from 'node:http';
import { sep } from 'node:path';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { SogliaError } from '../kernel/errors.ts';
import { httpProblemOf } from './http-problem.ts';

/** Whoever a credential belongs to. `kind` is what routes are opened for. */
export interface Caller {
  readonly kind: string;
}

interface AnyRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As Express writes it: /v1/offers/:offerId */
  readonly path: string;
  /** Read as JSON unless told; `bytes` takes any content type, as a Buffer. */
  readonly body?: 'json' | 'bytes';
  /** Largest body, bytes; 64 kB unless told. */
  readonly bodyLimitBytes?: number;
  /** Requests per minute and address, for routes that anybody may knock at; unlimited unless told. */
  readonly perMinute?: number;
}
export interface OpenRoute extends AnyRoute {
  readonly who: 'anybody';
  readonly handle: (request: Request, response: Response) => unknown;
}
export interface GuardedRoute<C extends Caller> extends AnyRoute {
  readonly who: readonly C['kind'][];
  readonly handle: (request: Request, response: Response, caller: C) => unknown;
}
/** One row of the table of what is allowed: what no row names is denied. */
export type Route<C extends Caller> = OpenRoute | GuardedRoute<C>;

export interface StaticFolder {
  /** With both slashes: /console/ */
  readonly path: string;
  readonly folder: string;
}

export interface HttpServerOptions<C extends Caller> {
  readonly routes: readonly Route<C>[];
  /** Whose credential a request carries; undefined: none, or one that is not (or no longer) good. */
  readonly authenticate: (request: Request) => Promise<C | undefined>;
  readonly statics?: readonly StaticFolder[];
  /** Pages of other origins that may call: the kiosk's. Exact, as in `Origin`. */
  readonly allowedOrigins?: readonly string[];
  /** Where our own pages may connect beside their own origin, such as the edge's ws: address. */
  readonly connectSources?: readonly string[];
  /** Bugs and failures of ours; the caller is told nothing of them. */
  readonly report: (error: unknown) => void;
}

const BODY_LIMIT_BYTES = 64 * 1024;
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * An HTTP server that denies whatever its routes do not name, to be listened with by `listen` (listening.ts).
 * 401 without a credential, 403 with one of another kind, 404 beyond the table; errors as `Problem`.
 */
export function createHttpServer<C extends Caller>(options: HttpServerOptions<C>): Server {
  const server = createServer(
    // Node looks for late requests every 30 s only, unless told.
    { connectionsCheckingInterval: 1_000 },
    createApp(options),
  );
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  return server;
}

function createApp<C extends Caller>(options: HttpServerOptions<C>): Express {
  const app = express();
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use(hardened(options.connectSources ?? []));
  app.use(onlyFrom(new Set(options.allowedOrigins)));
  for (const statics of options.statics ?? []) serveFolder(app, statics);
  app.use((_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  for (const route of options.routes) addRoute(app, route, options.authenticate);
  app.use(async (request) => {
    if ((await options.authenticate(request)) === undefined) throw new NoCredential();
    throw new SogliaError('request/not-found', 'there is nothing here');
  });
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    answerError(error, response, next, options.report);
  });
  return app;
}

class NoCredential extends Error {}

function addRoute<C extends Caller>(
  app: Express,
  route: Route<C>,
  authenticate: HttpServerOptions<C>['authenticate'],
): void {
  const limit = route.bodyLimitBytes ?? BODY_LIMIT_BYTES;
  const readBody =
    route.body === 'bytes' ? express.raw({ limit, type: () => true }) : express.json({ limit });
  const method = route.method.toLowerCase() as Lowercase<typeof route.method>;
  if (route.perMinute !== undefined) app[method](route.path, limited(route.perMinute));
  if (route.who === 'anybody') {
    app[method](route.path, readBody, (request, response) => route.handle(request, response));
    return;
  }
  const callers = new WeakMap<Request, C>();
  const authorise = async (request: Request, _response: Response, next: NextFunction) => {
    const caller = await authenticate(request);
    if (caller === undefined) throw new NoCredential();
    if (!route.who.includes(caller.kind)) {
      throw new SogliaError('request/denied', `not open to a ${caller.kind}`);
    }
    callers.set(request, caller);
    next();
  };
  app[method](route.path, authorise, readBody, (request: Request, response: Response) => {
    const caller = callers.get(request);
    if (caller === undefined) throw new NoCredential();
    return route.handle(request, response, caller);
  });
}

function answerError(
  error: unknown,
  response: Response,
  next: NextFunction,
  report: (error: unknown) => void,
): void {
  if (response.headersSent) {
    report(error);
    next(error); // Express then cuts the connection, so that half an answer is not taken for a whole one
    return;
  }
  if (error instanceof NoCredential) {
    response.setHeader('WWW-Authenticate', 'Bearer');
    response.status(401).json({ code: 'request/denied', message: 'a valid credential is needed' });
    return;
  }
  const { status, problem, isOurs } = httpProblemOf(error);
  if (isOurs) report(error);
  response.status(status).json(problem);
}

function hardened(connectSources: readonly string[]) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'connect-src': ["'self'", ...connectSources],
        'font-src': ["'self'"],
        'manifest-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    strictTransportSecurity: false, // plain HTTP serves loopback only; a TLS listener sends its own
    referrerPolicy: { policy: 'no-referrer' },
  });
}

/** Our own pages and those named may call; a page of anybody else can neither read nor change anything. */
function onlyFrom(allowed: ReadonlySet<string>) {
  return (request: Request, response: Response, next: NextFunction) => {
    const { origin, host } = request.headers;
    response.vary('Origin');
    if (origin !== undefined && allowed.has(origin)) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      if (request.method === 'OPTIONS') {
        response.setHeader('Access-Control-Allow-Headers', 'authorization, content-type');
        response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT, DELETE');
        response.setHeader('Access-Control-Max-Age', '600');
        response.status(204).end();
        return;
      }
    } else if (origin !== undefined && !isOwn(origin, host)) {
      throw new SogliaError('request/denied', 'not open to pages of another origin');
    }
    next();
  };
}

function isOwn(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}

function serveFolder(app: Express, { path, folder }: StaticFolder): void {
  const hashed = `${sep}assets${sep}`;
  const setHeaders = (response: Response, file: string) => {
    // Names under assets/ carry a hash of their content; everything else may change under its name.
    const isForever = file.includes(hashed);
    response.setHeader(
      'Cache-Control',
      isForever ? 'public, max-age=31536000, immutable' : 'no-cache',
    );
  };
  const files = express.static(folder, { cacheControl: false, dotfiles: 'ignore', setHeaders });
  app.use(path, files, (_request, response) => {
    response.status(404).json({ code: 'request/not-found', message: 'there is no such page' });
  });
}

function limited(perMinute: number) {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: ({ socket }) => ipKeyGenerator(socket.remoteAddress ?? '::1'), // none on a Unix socket
    handler: (_request, _response, next) => {
      next(new SogliaError('request/too-many', 'too many requests: wait a minute'));
    },
  });
}
