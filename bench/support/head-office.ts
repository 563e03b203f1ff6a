import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { uuidv7 } from 'uuidv7';
import type { HeldLease } from '../../edge/consent/lease.ts';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import {
  DeviceIdSchema,
  type Epoch,
  EpochSchema,
  LeaseIdSchema,
  StoreIdSchema,
} from '../../kernel/domain/ids.ts';
import { BundleSchema } from '../../kernel/domain/offer.ts';
import { parse } from '../../kernel/parse.ts';
import type { Enrolled, TokenAnswer } from '../../kernel/protocol/enrolment.ts';
import {
  type BundleManifest,
  type Change,
  type PullAnswer,
  PullQuerySchema,
  type PushAnswer,
  type Stream,
} from '../../kernel/protocol/hq-sync.ts';
import { listen } from '../../node/listening.ts';
import { type Crowd, LEASE_MS } from './crowd.ts';

/**
 * Head office as one store sees it, with a whole cohort at once: joining a thousand phones at the real one takes
 * minutes, since it admits them at the pace of people. Signs, numbers and answers as SPEC.md says; keeps nothing.
 */
export interface HeadOffice {
  readonly url: string;
  close(): Promise<void>;
}
export interface HeadOfficeOptions {
  readonly storeId: string;
  readonly crowd: Crowd;
  readonly lease: HeldLease;
  readonly hqEpoch: Epoch;
  /** For `--hq-operator-socket`. */
  readonly operatorSocket: string;
}

const DAY_MS = 86_400_000;
const TOKEN_LIFE_MS = 15 * 60_000;
/** Events per second that it takes from a store. */
const MAX_RATE = 1_000;

export async function openHeadOffice(options: HeadOfficeOptions): Promise<HeadOffice> {
  const { hqEpoch, lease } = options;
  const { content, bundleKey, change: bundle } = publish(options);
  const streams: Readonly<Record<Stream, readonly Change[]>> = {
    erase: [],
    keys: [leaseChangeOf(lease)],
    catalogue: [bundle],
    cohort: options.crowd.rows.map((row: CohortRow) => ({ kind: 'row', row })),
    config: [],
  };

  const answers: Readonly<Record<string, (request: IncomingMessage) => unknown>> = {
    'POST /v1/enrolment-codes': () => ({ code: '00000-00000', expiresAt: Date.now() + DAY_MS }),
    'POST /v1/enrol': (): Enrolled => ({
      deviceId: DeviceIdSchema.parse(uuidv7()),
      audience: 'hq',
      store: {
        storeId: StoreIdSchema.parse(options.storeId),
        hqEpoch,
        bundleKeys: [bundleKey],
      },
    }),
    'POST /v1/token': async (request): Promise<TokenAnswer> =>
      'nonce' in ((await bodyOf(request)) as object)
        ? { token: randomBytes(32).toString('base64url'), expiresAt: Date.now() + TOKEN_LIFE_MS }
        : { nonce: randomBytes(16).toString('base64url') },
    'GET /v1/pull': ({ url = '' }): PullAnswer => {
      const query = new URL(url, 'http://hq').searchParams;
      const { stream, rev, limit } = parse(PullQuerySchema, Object.fromEntries(query));
      const changes = streams[stream]
        .slice(rev, rev + limit)
        .map((change, i) => ({ rev: rev + i + 1, change }));
      const more = rev + changes.length < streams[stream].length;
      return { hqEpoch, reset: false, changes, more, serverTime: Date.now() };
    },
    'POST /v1/push': async (request): Promise<PushAnswer> => {
      const lastSeq = lastSeqIn(await bytesOf(request));
      return { hqEpoch, lastSeq, serverTime: Date.now(), maxRate: MAX_RATE };
    },
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const path = new URL(request.url ?? '', 'http://hq').pathname;
    if (path.startsWith('/v1/snapshot/')) {
      response.end(content);
      return;
    }
    const answer = answers[`${request.method ?? ''} ${path}`];
    response.statusCode = answer === undefined ? 404 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify((await answer?.(request)) ?? { code: 'none', message: 'none' }));
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    serve(request, response).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  };
  const listening = await listen(createServer(listener), { host: '127.0.0.1', port: 0 });
  const operating = await listen(createServer(listener), { socketPath: options.operatorSocket });
  return {
    url: listening.url,
    async close() {
      await Promise.all([listening.close(), operating.close()]);
    },
  };
}

function publish({ storeId, crowd }: HeadOfficeOptions) {
  const now = Date.now();
  const bundle = BundleSchema.parse({
    storeId,
    storeName: 'Bottega Soglia',
    version: 1,
    publishedAt: now,
    offers: crowd.offers,
    products: [],
    notice: {
      version: '1',
      controller: 'Bottega Soglia',
      line: { it: 'Riconosciamo solo chi ha detto sì.', en: 'We recognise only who said yes.' },
      url: 'http://127.0.0.1/notice',
    },
  });
  const content = Buffer.from(JSON.stringify(bundle));
  const manifest = JSON.stringify({
    stream: 'catalogue',
    storeId,
    version: 1,
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: content.length,
    notBefore: now - DAY_MS,
    expires: now + 30 * DAY_MS,
  } satisfies BundleManifest);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const change: Change = {
    kind: 'bundle',
    manifest,
    signature: sign(null, Buffer.from(manifest), privateKey).toString('base64url'),
    keyId: createHash('sha256').update(raw).digest('hex').slice(0, 16),
  };
  return { content, bundleKey: raw.toString('base64url'), change };
}

export function newLease(): HeldLease {
  return {
    leaseId: LeaseIdSchema.parse(uuidv7()),
    sealingKey: randomBytes(32),
    indexKey: randomBytes(32),
    notAfter: Date.now() + LEASE_MS,
  };
}

export function newEpoch(): Epoch {
  return EpochSchema.parse(randomBytes(16).toString('hex'));
}

function leaseChangeOf({ leaseId, sealingKey, indexKey, notAfter }: HeldLease): Change {
  return {
    kind: 'lease',
    leaseId,
    sealingKey: Buffer.from(sealingKey).toString('base64url'),
    indexKey: Buffer.from(indexKey).toString('base64url'),
    notAfter,
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  return JSON.parse((await bytesOf(request)).toString('utf8')) as unknown;
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * The number of a batch's last event. Found and not parsed: a shop's head office is another machine, and 500 events read by
 * their schema would keep a processor of this one from it for 4 ms.
 */
function lastSeqIn(body: Buffer): number {
  const found = /"seq":(\d+)/.exec(body.toString('latin1', body.lastIndexOf('"seq":')));
  return Number(found?.[1] ?? 0);
}
