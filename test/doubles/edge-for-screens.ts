import { randomBytes, randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import { readFileSync } from 'node:fs';
import type { Socket as NetSocket } from 'node:net';
import { extname, join } from 'node:path';
import { Server, type Namespace, type Socket } from 'socket.io';
import { uuidv7 } from 'uuidv7';
import {
  EnrolRequestSchema,
  TokenRequestSchema,
  tokenProof,
} from '../../kernel/protocol/enrolment.ts';
import { HANDHELD_NAMESPACE, type HandheldState } from '../../kernel/protocol/handheld-events.ts';
import { SCREEN_HEARTBEAT } from '../../kernel/protocol/heartbeat.ts';
import {
  ExposureSchema,
  KIOSK_NAMESPACE,
  KioskActSchema,
  type Exposure,
  type KioskAct,
  type KioskState,
} from '../../kernel/protocol/kiosk-events.ts';
import { listen, type Listening } from '../../node/listening.ts';
import { nodeCrypto } from '../../node/crypto.ts';
import { endLater } from '../support/endings.ts';
import { tempDir } from '../support/temp-dir.ts';

type Answer = (payload: unknown) => object | undefined;

/**
 * The edge as screens know it: real HTTP, a real socket.io server and real signatures; what it says is up to the test.
 * Ends with the test or file that started it.
 */
export class EdgeForScreens {
  readonly operatorSocket: string;
  readonly exposures: Exposure[] = [];
  readonly acts: KioskAct[] = [];
  /** Commands of handhelds, by event; the answer is the test's. Undefined: no answer. */
  readonly handheldAnswers = new Map<string, Answer>();
  readonly handheldCommands: { readonly event: string; readonly payload: unknown }[] = [];
  /** False: exposures are heard but not answered. */
  answersExposures = true;
  /** Undefined: no answer. */
  answerToActs: Answer = () => ({ ok: true, outcome: null });
  tokensGiven = 0;
  readonly #http: HttpServer;
  readonly #io: Server;
  readonly #kiosks: Namespace;
  readonly #handhelds: Namespace;
  readonly #devices = new Map<string, { readonly publicKey: Uint8Array; nonce: string }>();
  readonly #codes = new Set<string>();
  readonly #tokens = new Set<string>();
  #listening: Listening | undefined;
  #port = 0;
  readonly #sockets = new Set<NetSocket>();
  #isSilent = false;
  #boot = randomUUID();
  #version = 0;
  #kioskState: KioskState | undefined;
  #handheldState: HandheldState | undefined;

  private constructor(operatorSocket: string) {
    this.operatorSocket = operatorSocket;
    this.#http = createServer((request, response) => {
      this.#answerHttp(request, response).catch(() => response.writeHead(500).end());
    });
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      if (this.#isSilent) silence(socket);
    });
    this.#io = new Server(this.#http, {
      transports: ['websocket'],
      cors: { origin: true },
      ...SCREEN_HEARTBEAT,
    });
    this.#kiosks = this.#guarded(KIOSK_NAMESPACE);
    this.#handhelds = this.#guarded(HANDHELD_NAMESPACE);
    this.#kiosks.on('connection', (socket) => this.#serveKiosk(socket));
    this.#handhelds.on('connection', (socket) => this.#serveHandheld(socket));
  }

  static async start(): Promise<EdgeForScreens> {
    const edge = new EdgeForScreens(join(tempDir(), 'operator.sock'));
    const operator = createServer((_request, response) => {
      const code = edge.code();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ code, expiresAt: Date.now() + 600_000 }));
    });
    const door = await listen(operator, { socketPath: edge.operatorSocket });
    await edge.comeBack();
    endLater(async () => {
      await door.close();
      await edge.goAway();
    });
    return edge;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  /** A one-time code, as a person would get from `soglia`. */
  code(): string {
    const code = Array.from(
      randomBytes(10),
      (byte) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[byte % 32],
    ).join('');
    this.#codes.add(code);
    return code;
  }

  show(state: KioskState, as: { readonly version?: number; readonly boot?: string } = {}): void {
    if (as.version === undefined && as.boot === undefined) this.#kioskState = state;
    const version = as.version ?? ++this.#version;
    this.#kiosks.emit('state', { boot: as.boot ?? this.#boot, version, state });
  }

  get version(): number {
    return this.#version;
  }

  showHandheld(state: HandheldState): void {
    this.#handheldState = state;
    this.#handhelds.emit('state', { boot: this.#boot, version: ++this.#version, state });
  }

  get kiosksConnected(): number {
    return this.#kiosks.sockets.size;
  }

  /** Sends what no edge of ours would. */
  sendRaw(message: unknown): void {
    this.#kiosks.emit('state', message);
  }

  forgetDevices(): void {
    this.#devices.clear();
    this.#tokens.clear();
  }

  /** The cable is cut: connections stay open, nothing comes through any more. */
  fallSilent(): void {
    this.#isSilent = true;
    for (const socket of this.#sockets) silence(socket);
  }

  /** The process ends: sockets closed, port refused. */
  async goAway(): Promise<void> {
    for (const namespace of [this.#kiosks, this.#handhelds]) namespace.disconnectSockets(true);
    for (const socket of this.#sockets) socket.destroy();
    await this.#listening?.close();
    this.#listening = undefined;
  }

  async comeBack(): Promise<void> {
    this.#boot = randomUUID();
    this.#version = 0;
    this.#listening = await listen(this.#http, { host: '127.0.0.1', port: this.#port });
    this.#port = this.#listening.port;
  }

  #guarded(name: string): Namespace {
    const namespace = this.#io.of(name);
    namespace.use((socket, next) => {
      const token: unknown = socket.handshake.auth['token'];
      if (typeof token === 'string' && this.#tokens.has(token)) next();
      else next(new Error('device/denied'));
    });
    return namespace;
  }

  #serveKiosk(socket: Socket): void {
    socket.on('exposure', (payload: unknown, reply: (answer: object) => void) => {
      this.exposures.push(ExposureSchema.parse(payload));
      if (this.answersExposures) reply({ ok: true, outcome: { recorded: 1 } });
    });
    socket.on('act', (payload: unknown, reply: (answer: object) => void) => {
      this.acts.push(KioskActSchema.parse(payload));
      const answer = this.answerToActs(payload);
      if (answer !== undefined) reply(answer);
    });
    const state = this.#kioskState;
    if (state !== undefined)
      socket.emit('state', { boot: this.#boot, version: this.#version, state });
  }

  #serveHandheld(socket: Socket): void {
    socket.onAny((event: string, payload: unknown, reply: (answer: object) => void) => {
      this.handheldCommands.push({ event, payload });
      const answer = this.handheldAnswers.get(event)?.(payload);
      if (answer !== undefined) reply(answer);
    });
    const state = this.#handheldState;
    if (state !== undefined)
      socket.emit('state', { boot: this.#boot, version: this.#version, state });
  }

  async #answerHttp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origin } = request.headers;
    if (origin !== undefined) response.setHeader('access-control-allow-origin', origin);
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-headers', 'content-type');
      response.writeHead(204).end();
      return;
    }
    const path = request.url ?? '/';
    if (path.startsWith('/handheld/')) {
      servePage(path.replace('/handheld/', ''), response);
      return;
    }
    const answer = await this.#answerApi(path, await bodyOf(request));
    response.setHeader('content-type', 'application/json');
    response.writeHead(answer === undefined ? 401 : 200);
    response.end(JSON.stringify(answer ?? { code: 'device/unknown', message: 'not known here' }));
  }

  async #answerApi(path: string, body: unknown): Promise<object | undefined> {
    if (path === '/v1/enrol') {
      const { code, publicKey } = EnrolRequestSchema.parse(body);
      if (!this.#codes.delete(code)) return undefined;
      const deviceId = uuidv7();
      this.#devices.set(deviceId, { publicKey: Buffer.from(publicKey, 'base64url'), nonce: '' });
      return { deviceId, audience: 'bottega' };
    }
    const { deviceId, nonce, signature } = TokenRequestSchema.parse(body);
    const device = this.#devices.get(deviceId);
    if (device === undefined) return undefined;
    if (nonce === undefined || signature === undefined) {
      device.nonce = randomBytes(16).toString('base64url');
      return { nonce: device.nonce };
    }
    const proof = new TextEncoder().encode(tokenProof('bottega', deviceId, device.nonce));
    const bytes = Buffer.from(signature, 'base64url');
    if (!(await nodeCrypto.verify(device.publicKey, bytes, proof))) return undefined;
    const token = randomBytes(24).toString('base64url');
    this.#tokens.add(token);
    this.tokensGiven += 1;
    return { token, expiresAt: Date.now() + 900_000 };
  }
}

function silence(socket: NetSocket): void {
  socket.pause();
  socket.write = () => true;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

function servePage(path: string, response: ServerResponse): void {
  const file = path === '' ? 'index.html' : path;
  try {
    const bytes = readFileSync(join(import.meta.dirname, '../../dist/web/handheld', file));
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
    response.setHeader('content-security-policy', policy);
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}
