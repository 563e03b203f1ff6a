import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { Server } from 'socket.io';
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import { BundleSchema, type Bundle } from '../../kernel/domain/offer.ts';
import type { DeviceId, Epoch, LeaseId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { parse } from '../../kernel/parse.ts';
import { EnrolRequestSchema, TokenRequestSchema } from '../../kernel/protocol/enrolment.ts';
import {
  CHAIN_START,
  PullQuerySchema,
  PushRequestSchema,
  type Change,
  type PullAnswer,
  type PushedEvent,
  type Stream,
} from '../../kernel/protocol/hq-sync.ts';
import type { Lane } from '../../kernel/protocol/journal-events.ts';
import {
  ConfirmationOutcomeSchema,
  ReleaseOutcomeSchema,
  ReportOutcomeSchema,
  STORE_NAMESPACE,
  type Confirmation,
  type PhoneReport,
  type ReleaseAsk,
} from '../../kernel/protocol/relay.ts';
import { answerOf } from '../../kernel/protocol/reply.ts';
import { nodeCrypto } from '../../node/crypto.ts';
import { EnrolmentAuthority, type TokenHolder } from '../../node/enrolment-authority.ts';
import {
  createHttpServer,
  type GuardedRoute,
  type OpenRoute,
  type Route,
} from '../../node/http-server.ts';
import { contentHashOf, rowHashOf } from '../../node/journal-chain.ts';
import { listen } from '../../node/listening.ts';
import { MemoryDevices } from './memory-devices.ts';

const HOUR_MS = 3_600_000;

/** Head office as an edge meets it: a real server that checks what it is sent and says what a test puts in. */
export class HqForEdge {
  readonly streams: Record<Stream, { rev: number; change: Change }[]> = {
    erase: [],
    keys: [],
    catalogue: [],
    cohort: [],
    config: [],
  };
  readonly events = new Map<Lane, PushedEvent[]>();
  readonly indexKey = randomBytes(32);
  hqEpoch = randomBytes(16).toString('hex') as Epoch;
  /** How many requests were pushed; each may be answered otherwise by a test. */
  pushes = 0;
  failPushes = false;
  /** What becomes of an answer to a pull on its way. */
  tamper: (answer: PullAnswer, stream: Stream) => unknown = (answer) => answer;
  url = '';
  readonly #snapshots = new Map<string, Buffer>();
  readonly #bundleKey: KeyObject;
  readonly #bundlePublicKey: Buffer;
  readonly #authority: EnrolmentAuthority;
  #rev = 0;
  #io: Server | undefined;
  #close: () => Promise<void> = () => Promise.resolve();

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.#bundleKey = privateKey;
    this.#bundlePublicKey = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    this.#authority = new EnrolmentAuthority({
      audience: 'hq',
      devices: new MemoryDevices(),
      crypto: nodeCrypto,
      now: () => Date.now(),
      newDeviceId: () => uuidv7() as DeviceId,
      alarm: () => undefined,
    });
  }

  async open(port = 0): Promise<this> {
    const server = createHttpServer<TokenHolder>({
      routes: this.#routes(),
      authenticate: (request) =>
        Promise.resolve(this.#authority.bearerOf(request.headers.authorization)),
      report: () => undefined,
    });
    const io = new Server(server, { transports: ['websocket'], serveClient: false });
    io.of(STORE_NAMESPACE).use((socket, next) => {
      const { token } = socket.handshake.auth as { token?: string };
      next(this.#authority.holderOf(token) ? undefined : new Error('request/denied'));
    });
    io.of(STORE_NAMESPACE).on('connection', (socket) => {
      socket.on('credential', (_ask: unknown, reply: (answer: object) => void) => {
        reply({ ok: true, outcome: { kind: 'unknown' } }); // its people are all in the cohort
      });
      socket.on('coupon', (_ask: unknown, reply: (answer: object) => void) => {
        reply({ ok: true, outcome: { kind: 'refused', reason: 'unknown' } }); // and so are their coupons
      });
    });
    const listening = await listen(server, { host: '127.0.0.1', port });
    this.url = listening.url;
    this.#io = io;
    this.#close = async () => {
      io.disconnectSockets(true);
      await io.close();
      await listening.close();
    };
    return this;
  }

  async close(): Promise<void> {
    await this.#close();
    this.#close = () => Promise.resolve();
  }

  enrolmentCode(storeId: string): string {
    return this.#authority.createCode('store', storeId).code;
  }

  say(stream: Stream, ...changes: Change[]): void {
    for (const change of changes) this.streams[stream].push({ rev: (this.#rev += 1), change });
    this.#io?.of(STORE_NAMESPACE).emit('hint', { streams: [stream] });
  }

  lease(notAfter = Date.now() + 72 * HOUR_MS, leaseId = uuidv7() as LeaseId): LeaseId {
    this.say('keys', {
      kind: 'lease',
      leaseId,
      sealingKey: randomBytes(32).toString('base64url'),
      indexKey: this.indexKey.toString('base64url'),
      notAfter,
    });
    return leaseId;
  }

  publish(bundle: Bundle, given: { expires?: number; tamper?: boolean } = {}): void {
    const content = Buffer.from(JSON.stringify(BundleSchema.parse(bundle)));
    const sha256 = createHash('sha256').update(content).digest('hex');
    this.#snapshots.set(sha256, content);
    const manifest = JSON.stringify({
      stream: 'catalogue',
      storeId: bundle.storeId,
      version: bundle.version,
      sha256,
      bytes: content.length,
      notBefore: Date.now() - HOUR_MS,
      expires: given.expires ?? Date.now() + 14 * 24 * HOUR_MS,
    });
    this.say('catalogue', {
      kind: 'bundle',
      manifest: given.tamper === true ? manifest.replace('"version":', '"version": ') : manifest,
      signature: sign(null, Buffer.from(manifest), this.#bundleKey).toString('base64url'),
      keyId: createHash('sha256').update(this.#bundlePublicKey).digest('hex').slice(0, 16),
    });
  }

  /** Relays a phone's answer, as HQ does. */
  async confirm(confirmation: Confirmation) {
    const [socket] = await this.#io!.of(STORE_NAMESPACE).fetchSockets();
    const answer: unknown = await socket!.timeout(2_000).emitWithAck('confirmation', confirmation);
    return answerOf(ConfirmationOutcomeSchema).parse(answer);
  }

  /** Relays what a phone heard, as HQ does. */
  async report(report: PhoneReport) {
    const [socket] = await this.#io!.of(STORE_NAMESPACE).fetchSockets();
    const answer: unknown = await socket!.timeout(2_000).emitWithAck('report', report);
    return answerOf(ReportOutcomeSchema).parse(answer);
  }

  /** Asks for the right to a coupon, as HQ does. */
  async release(ask: ReleaseAsk) {
    const [socket] = await this.#io!.of(STORE_NAMESPACE).fetchSockets();
    const answer: unknown = await socket!.timeout(2_000).emitWithAck('release', ask);
    return answerOf(ReleaseOutcomeSchema).parse(answer);
  }

  get hasLine(): boolean {
    return (this.#io?.of(STORE_NAMESPACE).sockets.size ?? 0) > 0;
  }

  /** Bodies of one type that have arrived, in order. */
  bodies(type: string): Record<string, unknown>[] {
    return [...this.events.values()]
      .flat()
      .filter((event) => event.type === type && event.body !== undefined)
      .map(({ body }) => JSON.parse(body!) as Record<string, unknown>);
  }

  #routes(): readonly Route<TokenHolder>[] {
    const open: readonly OpenRoute[] = [
      {
        method: 'POST',
        path: '/v1/enrol',
        who: 'anybody',
        handle: async (request, response) => {
          const { deviceId, name } = await this.#authority.enrol(
            parse(EnrolRequestSchema, request.body),
          );
          const bundleKeys = [this.#bundlePublicKey.toString('base64url')];
          const store = { storeId: name, hqEpoch: this.hqEpoch, bundleKeys };
          response.json({ deviceId, audience: 'hq', store });
        },
      },
      {
        method: 'POST',
        path: '/v1/token',
        who: 'anybody',
        handle: async (request, response) => {
          response.json(await this.#authority.token(parse(TokenRequestSchema, request.body)));
        },
      },
    ];
    const guarded: readonly GuardedRoute<TokenHolder>[] = [
      {
        method: 'POST',
        path: '/v1/push',
        who: ['store'],
        bodyLimitBytes: 256 * 1024,
        handle: (request, response) => response.json(this.#take(request.body)),
      },
      {
        method: 'GET',
        path: '/v1/pull',
        who: ['store'],
        handle: (request, response) => response.json(this.#give(request.query)),
      },
      {
        method: 'GET',
        path: '/v1/snapshot/:sha256',
        who: ['store'],
        handle: (request, response) => {
          const content = this.#snapshots.get(z.string().parse(request.params['sha256']));
          response.type('application/octet-stream').send(content);
        },
      },
    ];
    return [...open, ...guarded];
  }

  #take(body: unknown) {
    this.pushes += 1;
    if (this.failPushes) throw new SogliaError('store/busy', 'told to fail');
    const { lane, previousHash, events } = parse(PushRequestSchema, body);
    const had = this.events.get(lane) ?? [];
    const last = had.length;
    const [first] = events;
    if (first!.seq > last + 1) throw new SogliaError('sync/gap', `has ${String(last)}`);
    const known = had.slice(0, first!.seq - 1);
    if (this.#hashAfter(lane, known) !== previousHash)
      throw new SogliaError('sync/conflict', 'the chain does not fit');
    for (const event of events) {
      const { salt, body: text, contentHash } = event;
      if (salt !== undefined && contentHashOf(salt, text!) !== contentHash)
        throw new SogliaError('sync/conflict', 'a body does not fit its hash');
    }
    this.events.set(lane, [...had, ...events.filter(({ seq }) => seq > last)]);
    const lastSeq = Math.max(last, events.at(-1)!.seq);
    return { hqEpoch: this.hqEpoch, lastSeq, serverTime: Date.now(), maxRate: 100_000 };
  }

  #hashAfter(lane: Lane, events: readonly PushedEvent[]): string {
    return events.reduce(
      (previous, { seq, type, contentHash }) =>
        rowHashOf(previous, { lane, seq, type, contentHash }),
      CHAIN_START,
    );
  }

  #give(query: unknown): unknown {
    const { stream, hqEpoch, rev, limit } = parse(PullQuerySchema, query);
    const reset = hqEpoch !== undefined && hqEpoch !== this.hqEpoch;
    const after = reset ? 0 : rev;
    const news = this.streams[stream].filter((one) => one.rev > after);
    const answer: PullAnswer = {
      hqEpoch: this.hqEpoch,
      reset,
      changes: news.slice(0, limit),
      more: news.length > limit,
      serverTime: Date.now(),
    };
    return this.tamper(answer, stream);
  }
}
