import { createHash, randomBytes, randomUUID, webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { Server } from 'socket.io';
import { uuidv7 } from 'uuidv7';
import { PURPOSES, type Purpose } from '../../kernel/domain/cohort.ts';
import { parse } from '../../kernel/parse.ts';
import {
  AlarmsAcknowledgedSchema,
  type AlarmView,
  CONSOLE_NAMESPACE,
  ConsoleSessionRequestSchema,
  type ConsoleNews,
  type CustomerView,
  type OfferResults,
  type OffersSchema,
  OfferPutSchema,
  type StoreView,
  StorePutSchema,
  type TimelineEntry,
} from '../../kernel/protocol/console-api.ts';
import { TokenRequestSchema, tokenProof } from '../../kernel/protocol/enrolment.ts';
import {
  ConfirmRequestSchema,
  ConsentActsSchema,
  type ConsentAct,
  consentProof,
  type Joined,
  JoinRequestSchema,
  type PhoneView,
} from '../../kernel/protocol/phone-api.ts';
import { confirmationProof, type ConfirmationOutcome } from '../../kernel/protocol/relay.ts';
import type { ShopPart } from '../../kernel/protocol/shop-part.ts';
import { encodeOwnCard } from '../../kernel/scans/own-code.ts';
import type { z } from 'zod';

type Offer = z.infer<typeof OffersSchema>['offers'][number];
interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}
interface Phone {
  readonly phoneId: string;
  readonly publicKey: Buffer;
  readonly joined: Joined;
  readonly view: PhoneView;
  readonly acts: ConsentAct[];
}

/**
 * Head office as its pages see it: real HTTP and socket.io, everything in memory. It checks what the pages send (the
 * schemas, each signature) and lets a test say what to answer.
 */
export interface HqForPages {
  readonly url: string;
  /** Everything that came in, `METHOD /path`. */
  readonly requests: string[];
  readonly joinTokens: Set<string>;
  readonly consoleTokens: Set<string>;
  readonly phones: Phone[];
  readonly stores: StoreView[];
  /** By store. */
  readonly parts: Map<string, ShopPart[]>;
  readonly offers: Offer[];
  /** By offer; one that is not here has no hold-out. */
  readonly results: Map<string, OfferResults>;
  readonly customers: CustomerView[];
  readonly alarms: AlarmView[];
  readonly timelines: Map<string, TimelineEntry[]>;
  /** `METHOD /path` (or its start) → what to answer instead. */
  readonly refusals: Map<string, Refusal>;
  confirmation: ConfirmationOutcome;
  readonly confirmed: { readonly stationId: string; readonly nonce: string }[];
  tell(news: ConsoleNews): void;
  stop(): Promise<void>;
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.webmanifest': 'application/manifest+json',
};
const webRoot = new URL('../../dist/web/', import.meta.url).pathname;

class Refused extends Error {
  readonly refusal: Refusal;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.refusal = { status, code, message };
  }
}

export async function startHqForPages(): Promise<HqForPages> {
  const sessions = new Set<string>();
  const nonces = new Map<string, string>();
  const tokens = new Map<string, Phone>();
  const hq: Omit<HqForPages, 'url' | 'tell' | 'stop'> = {
    requests: [],
    joinTokens: new Set(),
    consoleTokens: new Set(),
    phones: [],
    stores: [],
    parts: new Map(),
    offers: [],
    results: new Map(),
    customers: [],
    alarms: [],
    timelines: new Map(),
    refusals: new Map(),
    confirmation: { kind: 'opened' },
    confirmed: [],
  };

  const cookieOf = (header: string | undefined) =>
    /soglia=([0-9a-f-]+)/.exec(header ?? '')?.[1] ?? '';
  const asDesk = (request: IncomingMessage) => {
    if (!sessions.has(cookieOf(request.headers.cookie))) {
      throw new Refused(401, 'request/denied', 'no session');
    }
  };
  const asPhone = (request: IncomingMessage): Phone => {
    const phone = tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''));
    if (phone === undefined) throw new Refused(401, 'device/denied', 'no token');
    return phone;
  };

  type Route = (
    request: IncomingMessage,
    body: unknown,
    part: string,
    response: ServerResponse,
  ) => unknown;
  const routes: Readonly<Record<string, Route>> = {
    'GET /v1/phone/texts': (request) => ({
      texts: textsIn(new URL(request.url ?? '', 'http://hq').searchParams.get('language') ?? 'it'),
    }),
    'POST /v1/phone/join': (_request, body) => {
      const join = parse(JoinRequestSchema, body);
      if (!hq.joinTokens.delete(join.joinToken)) {
        throw new Refused(403, 'request/denied', 'the joining link is spent');
      }
      const phone = phoneOf(join);
      hq.phones.push(phone);
      return phone.joined;
    },
    'POST /v1/token': async (_request, body) => {
      const { deviceId, nonce, signature } = parse(TokenRequestSchema, body);
      const phone = hq.phones.find((one) => one.phoneId === deviceId);
      if (phone === undefined) throw new Refused(401, 'device/unknown', 'no such device');
      if (nonce === undefined || signature === undefined) {
        const fresh = randomBytes(16).toString('base64url');
        nonces.set(fresh, deviceId);
        return { nonce: fresh };
      }
      if (nonces.get(nonce) !== deviceId) throw new Refused(401, 'device/denied', 'stale nonce');
      nonces.delete(nonce);
      await mustBeSigned(phone, signature, tokenProof('hq', deviceId, nonce));
      const token = randomBytes(32).toString('base64url');
      tokens.set(token, phone);
      return { token, expiresAt: Date.now() + 900_000 };
    },
    'GET /v1/phone/me': (request) => asPhone(request).view,
    'POST /v1/phone/consents': async (request, body) => {
      const phone = asPhone(request);
      for (const act of parse(ConsentActsSchema, body).acts) {
        await mustBeSigned(phone, act.signature, consentProof(act));
        phone.acts.push(act);
        const entry = phone.view.consents.find((one) => one.purpose === act.purpose)!;
        const year = 31_536_000_000;
        const since = act.given ? { since: act.at, expiresAt: act.at + year } : {};
        Object.assign(entry, {
          since: undefined,
          expiresAt: undefined,
          ...since,
          given: act.given,
        });
      }
      return phone.view;
    },
    'POST /v1/phone/confirm': async (request, body) => {
      const phone = asPhone(request);
      const { storeId, stationId, nonce, signature } = parse(ConfirmRequestSchema, body);
      await mustBeSigned(phone, signature, confirmationProof(storeId, stationId, nonce));
      hq.confirmed.push({ stationId, nonce });
      return hq.confirmation;
    },
    'POST /v1/console/session': (_request, body, _part, response) => {
      const { token } = parse(ConsoleSessionRequestSchema, body);
      if (!hq.consoleTokens.delete(token)) throw new Refused(401, 'request/denied', 'spent');
      const session = randomUUID();
      sessions.add(session);
      response.setHeader('set-cookie', `soglia=${session}; HttpOnly; SameSite=Strict; Path=/`);
      return {};
    },
    'GET /v1/stores': (request) => (asDesk(request), { stores: hq.stores }),
    'GET /v1/stores/': (request, _body, part) => (
      asDesk(request),
      { parts: hq.parts.get(part.split('/')[0] ?? '') ?? [] }
    ),
    'PUT /v1/stores/': (request, body, storeId) => {
      asDesk(request);
      hq.stores.push(aStore({ storeId, name: parse(StorePutSchema, body).name, enrolled: false }));
      return {};
    },
    'POST /v1/enrolment-codes': (request) => {
      asDesk(request);
      return { code: '7K2MX9QP4D', expiresAt: Date.now() + 600_000 };
    },
    'GET /v1/offers': (request) => (asDesk(request), { offers: hq.offers }),
    'GET /v1/offers/': (request, _body, part) => {
      asDesk(request);
      const none: OfferResults = { kind: 'not-measured', reason: 'no-experiment' };
      return hq.results.get(part.split('/')[0] ?? '') ?? none;
    },
    'PUT /v1/offers/': (request, body, offerId) => {
      asDesk(request);
      const offer = parse(OfferPutSchema, body);
      const at = hq.offers.findIndex((one) => one.offerId === offerId);
      const version = (hq.offers[at]?.version ?? 0) + 1;
      const next = { ...offer, offerId, version, changedAt: Date.now(), published: false } as Offer;
      hq.offers.splice(at < 0 ? hq.offers.length : at, at < 0 ? 0 : 1, next);
      return next;
    },
    'POST /v1/publications': (request, body) => {
      asDesk(request);
      const wanted = (body as { storeIds: string[] }).storeIds;
      hq.offers.splice(0, Infinity, ...hq.offers.map((one) => ({ ...one, published: true })));
      const published = hq.stores
        .filter((store) => wanted.includes(store.storeId))
        .map((store) => ({ storeId: store.storeId, version: ++store.publishedVersion }));
      return { published };
    },
    'GET /v1/customers': (request) => (asDesk(request), { customers: hq.customers }),
    'GET /v1/alarms': (request) => (asDesk(request), { alarms: hq.alarms }),
    'POST /v1/alarms/acknowledged': (request, body) => {
      asDesk(request);
      const { alarmIds } = parse(AlarmsAcknowledgedSchema, body);
      for (const alarm of hq.alarms)
        if (alarmIds.includes(alarm.alarmId)) alarm.acknowledgedAt = Date.now();
      return {};
    },
    'POST /v1/customers/timeline': (request, body) => {
      asDesk(request);
      return { entries: hq.timelines.get((body as { customerId: string }).customerId) ?? [] };
    },
    'PUT /v1/customers/segments': (request, body) => {
      asDesk(request);
      const { customerId } = body as { customerId: string };
      const customer = hq.customers.find((one) => one.customerId === customerId);
      Object.assign(customer ?? {}, body);
      return {};
    },
    'POST /v1/joins': (request) => {
      asDesk(request);
      const joinToken = randomBytes(32).toString('base64url');
      hq.joinTokens.add(joinToken);
      const origin = `http://${request.headers.host ?? ''}`;
      const url = `${origin}/phone/#join=${joinToken}`;
      return { url, joinToken, expiresAt: Date.now() + 3_600_000 };
    },
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '/').split('?')[0]!;
    const key = `${request.method ?? ''} ${path}`;
    hq.requests.push(key);
    response.setHeader('content-security-policy', POLICY);
    if (!path.startsWith('/v1/')) return serveFile(path, response);
    const refusal = [...hq.refusals].find(([start]) => key.startsWith(start))?.[1];
    if (refusal !== undefined) throw new Refused(refusal.status, refusal.code, refusal.message);
    const body = await bodyOf(request);
    const prefix = Object.keys(routes).find((one) => one.endsWith('/') && key.startsWith(one));
    const route = routes[key] ?? (prefix === undefined ? undefined : routes[prefix]);
    if (route === undefined) throw new Refused(404, 'request/not-found', key);
    const part = prefix === undefined ? '' : decodeURIComponent(key.slice(prefix.length));
    sendJson(response, 200, await route(request, body, part, response));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const { status, code, message } =
        error instanceof Refused
          ? error.refusal
          : { status: 400, code: 'request/invalid', message: (error as Error).message };
      sendJson(response, status, { code, message });
    });
  });
  const io = new Server(server, { transports: ['websocket'] });
  io.of(CONSOLE_NAMESPACE).use((socket, next) => {
    const isKnown = sessions.has(cookieOf(socket.handshake.headers.cookie));
    next(isKnown ? undefined : new Error('request/denied'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(hq, {
    url: `http://127.0.0.1:${port}`,
    tell: (news: ConsoleNews) => void io.of(CONSOLE_NAMESPACE).emit('news', news),
    stop: async () => {
      await io.close();
    },
  });
}

export function aStore(change: Partial<Record<keyof StoreView, unknown>> = {}): StoreView {
  const store = { enrolled: true, online: true, publishedVersion: 0, members: 0, events: 0 };
  return { storeId: 'bottega', name: 'Bottega Soglia', ...store, ...change } as StoreView;
}

function phoneOf(join: z.infer<typeof JoinRequestSchema>): Phone {
  const phoneId = uuidv7();
  const cardNumber = encodeOwnCard(randomBytes(8));
  const view = {
    ...(join.firstName === undefined ? {} : { firstName: join.firstName }),
    language: join.language,
    cardNumber,
    points: 320,
    consents: PURPOSES.map((purpose) => ({ purpose, given: false })),
    coupons: [],
  };
  const joined = {
    phoneId,
    resolverKey: RESOLVER_KEY,
    rotationExponent: 9,
    cardNumber,
    codeId: randomBytes(8).toString('hex'),
    codeKey: randomBytes(32).toString('base64url'),
  } as Joined;
  return { phoneId, publicKey: Buffer.from(join.signingKey, 'base64url'), joined, view, acts: [] };
}

/** The public key of the published EID registration vector (standards, section 2). */
const RESOLVER_KEY = Buffer.from(
  '29769a045dcb811ba3025985b9de91eb9a57dadbceb68a1e6a3c2b1af4868e1f',
  'hex',
).toString('base64url');

async function mustBeSigned(phone: Phone, signature: string, text: string): Promise<void> {
  const curve = { name: 'ECDSA', namedCurve: 'P-256' };
  const { subtle } = webcrypto;
  const key = await subtle.importKey('raw', phone.publicKey, curve, false, ['verify']);
  const bytes = Buffer.from(signature, 'base64url');
  const hash = { name: 'ECDSA', hash: 'SHA-256' };
  const isGood = await subtle.verify(hash, key, bytes, Buffer.from(text, 'utf8'));
  if (!isGood) throw new Refused(403, 'device/denied', 'the signature does not verify');
}

const TITLES: Readonly<Record<Purpose, readonly [string, string]>> = {
  recognise: ['Riconoscermi quando arrivo', 'Recognise me when I come in'],
  personalise: ['Scegliere offerte per me', 'Choose offers for me'],
  market: ['Scrivermi delle novità', 'Send me news'],
  staff: ['Farmi riconoscere dal personale', 'Let the staff recognise me'],
  'show-name': ['Mostrare il mio nome al totem', 'Show my name at the kiosk'],
};
const BODIES = [
  'Bottega Soglia usa il segnale Bluetooth del tuo telefono per sapere che sei in negozio e invitarti al totem. Le visite restano in negozio 7 giorni e da noi 12 mesi. Il tuo sì vale 12 mesi; lo ritiri quando vuoi, qui, con un tocco.',
  'Bottega Soglia uses your phone’s Bluetooth signal to know that you are in the shop and to invite you to the kiosk. Visits are kept 7 days in the shop and 12 months with us. Your yes lasts 12 months; take it back here whenever you like, with one tap.',
] as const;

function textsIn(language: string) {
  return PURPOSES.map((purpose) => {
    const [it, en] = TITLES[purpose];
    const shown = { purpose, version: '2026-01', language, title: language === 'it' ? it : en };
    const body = BODIES[language === 'it' ? 0 : 1];
    const text = `${purpose}\n${shown.version}\n${language}\n${shown.title}\n${body}`;
    return { ...shown, body, sha256: createHash('sha256').update(text, 'utf8').digest('hex') };
  });
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function serveFile(path: string, response: ServerResponse): Promise<void> {
  const file = normalize(path.endsWith('/') ? `${path}index.html` : path);
  const bytes = await readFile(join(webRoot, file)).catch(() => undefined);
  if (bytes === undefined) throw new Refused(404, 'request/not-found', path);
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  response.end(bytes);
}
