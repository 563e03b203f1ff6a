import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import { readOfferFile } from '../../cli/offer-file.ts';
import { start, type HqOptions, type RunningHq } from '../../hq/main.ts';
import type { Purpose } from '../../kernel/domain/cohort.ts';
import type { CustomerId, Epoch } from '../../kernel/domain/ids.ts';
import {
  EnrolmentCodeMadeSchema,
  JoinMadeSchema,
  type TimelineEntry,
  TimelineSchema,
} from '../../kernel/protocol/console-api.ts';
import {
  CHAIN_START,
  type Change,
  type PullAnswer,
  PullAnswerSchema,
  type PushedEvent,
  type PushRequest,
  type Stream,
} from '../../kernel/protocol/hq-sync.ts';
import { type JournalBody, LANE_OF, type Lane } from '../../kernel/protocol/journal-events.ts';
import type { ConsentText } from '../../kernel/protocol/phone-api.ts';
import { nodeCrypto } from '../../node/crypto.ts';
import { EnrolmentClient } from '../../node/enrolment-client.ts';
import { contentHashOf, rowHashOf } from '../../node/journal-chain.ts';
import { createLog } from '../../node/logs.ts';
import { askOperator } from '../../node/operator-client.ts';
import { consentTexts, join as joinAs, type Phone } from '../../phone/sdk/phone.ts';
import type { PhoneIdentity, PhonePlatform } from '../../phone/sdk/platform.ts';
import { endLater } from './endings.ts';
import { tempDir } from './temp-dir.ts';

/** Head office in this process, on real sockets, with a clock that the test moves. */
export interface TestOffice {
  readonly hq: RunningHq;
  readonly dataDir: string;
  readonly clock: { now: number };
  ask<T>(
    schema: z.ZodType<T>,
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: unknown,
  ): Promise<T>;
  makeStore(storeId: string, name?: string): Promise<void>;
  /** The offers of the example shop, to every store. */
  publishDemo(): Promise<void>;
  enrolStore(storeId: string): Promise<TestStore>;
  joinPhone(how: JoinOptions): Promise<Phone>;
  timeline(customerId: CustomerId): Promise<readonly TimelineEntry[]>;
  /** What HQ shows in Italian before asking for this. */
  text(purpose: Purpose): Promise<ConsentText>;
}
export interface JoinOptions {
  readonly storeIds: readonly string[];
  readonly customerId?: CustomerId;
  readonly segments?: readonly string[];
  readonly firstName?: string;
}

export async function startOffice(options: Partial<HqOptions> = {}): Promise<TestOffice> {
  const dataDir = options.dataDir ?? tempDir();
  const clock = { now: Date.now() };
  const log = createLog('hq', { level: 'silent' });
  const hq = await start({ port: 0, log, clock: () => clock.now, ...options, dataDir });
  endLater(() => hq.stop());
  const ask: TestOffice['ask'] = (schema, method, path, body) =>
    askOperator(hq.operatorSocket, schema, { method, path, body });
  const anything = z.unknown();
  return {
    hq,
    dataDir,
    clock,
    ask,
    makeStore: async (storeId, name = 'Bottega Prova') => {
      await ask(anything, 'PUT', `/v1/stores/${storeId}`, { name });
    },
    async publishDemo() {
      const file = readOfferFile('deploy/demo/offers.yaml');
      await ask(anything, 'POST', '/v1/offers/import', file);
      await ask(anything, 'POST', '/v1/publications', {});
    },
    async enrolStore(storeId) {
      const { code } = await ask(EnrolmentCodeMadeSchema, 'POST', '/v1/enrolment-codes', {
        kind: 'store',
        name: storeId,
      });
      const client = await EnrolmentClient.open({
        url: hq.url,
        folder: join(tempDir(), 'device'),
        kind: 'store',
        now: () => clock.now,
      });
      await client.enrol(code.replace('-', ''), storeId);
      return new TestStore(hq.url, client);
    },
    async joinPhone({ storeIds, customerId, segments = [], firstName }) {
      const invited = { storeIds, segments, ...(customerId === undefined ? {} : { customerId }) };
      const { joinToken } = await ask(JoinMadeSchema, 'POST', '/v1/joins', invited);
      const named = firstName === undefined ? {} : { firstName };
      const joining = { hqUrl: hq.url, joinToken, language: 'it', ...named };
      return joinAs(
        memoryPhone(() => clock.now),
        joining,
      );
    },
    async text(purpose) {
      const platform = memoryPhone(() => clock.now);
      const found = (await consentTexts(platform, hq.url, 'it')).find(
        (each) => each.purpose === purpose,
      );
      if (found === undefined) throw new Error(`no text for ${purpose}`);
      return found;
    },
    timeline: async (customerId) =>
      (await ask(TimelineSchema, 'POST', '/v1/customers/timeline', { customerId })).entries,
  };
}

/** A phone that keeps its identity in memory. */
export function memoryPhone(now: () => number): PhonePlatform {
  let kept: PhoneIdentity | undefined;
  return {
    crypto: nodeCrypto,
    now,
    async send({ url, method, headers, body, deadlineMs }) {
      const signal = AbortSignal.timeout(deadlineMs);
      const sent = body === undefined ? {} : { body };
      const response = await fetch(url, { method, headers: { ...headers }, signal, ...sent });
      return { status: response.status, text: await response.text() };
    },
    storage: {
      load: () => Promise.resolve(kept),
      save: (identity) => {
        kept = identity;
        return Promise.resolve();
      },
    },
  };
}

/** What an edge does towards HQ, by hand. */
export class TestStore {
  readonly #url: string;
  readonly client: EnrolmentClient;
  constructor(url: string, client: EnrolmentClient) {
    this.#url = url;
    this.client = client;
  }

  async fetch(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = {
      authorization: `Bearer ${await this.client.token()}`,
      'content-type': 'application/json',
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return fetch(`${this.#url}${path}`, { method, headers, ...sent });
  }

  async push(request: PushRequest): Promise<{ status: number; answer: Record<string, unknown> }> {
    const response = await this.fetch('POST', '/v1/push', request);
    return {
      status: response.status,
      answer: (await response.json()) as Record<string, unknown>,
    };
  }

  async pull(stream: Stream, rev = 0, more: Record<string, string> = {}): Promise<PullAnswer> {
    const query = new URLSearchParams({ stream, rev: String(rev), ...more });
    const response = await this.fetch('GET', `/v1/pull?${query.toString()}`);
    if (response.status !== 200) throw new Error(await response.text());
    return PullAnswerSchema.parse(await response.json());
  }

  async changes<K extends Change['kind']>(
    stream: Stream,
    kind: K,
  ): Promise<readonly Extract<Change, { kind: K }>[]> {
    const { changes } = await this.pull(stream);
    return changes
      .map(({ change }) => change)
      .filter((change): change is Extract<Change, { kind: K }> => change.kind === kind);
  }
}

/** A journal as an edge would write it: numbered and chained per lane. */
export class TestJournal {
  readonly epoch: Epoch;
  readonly rows = new Map<Lane, { event: PushedEvent; previousHash: string }[]>();
  constructor(epoch = randomBytes(16).toString('hex') as Epoch) {
    this.epoch = epoch;
  }

  write(body: JournalBody): PushedEvent {
    return this.writeRaw(LANE_OF[body.type], body.type, JSON.stringify(body));
  }

  writeRaw(lane: Lane, type: string, body: string, v = 1): PushedEvent {
    const rows = this.rows.get(lane) ?? [];
    const salt = randomBytes(16).toString('hex');
    const event: PushedEvent = {
      seq: rows.length + 1,
      eventId: uuidv7() as PushedEvent['eventId'],
      type,
      v,
      contentHash: contentHashOf(salt, body),
      salt,
      body,
      bootId: '00'.repeat(16),
      monoMs: rows.length,
      wallMs: Date.now(),
    };
    const last = rows.at(-1);
    const previousHash =
      last === undefined ? CHAIN_START : rowHashOf(last.previousHash, { lane, ...last.event });
    this.rows.set(lane, [...rows, { event, previousHash }]);
    return event;
  }

  /** Events `from` to `to`, both included, as one push. */
  batch(lane: Lane, from = 1, to = this.rows.get(lane)?.length ?? 0): PushRequest {
    const rows = (this.rows.get(lane) ?? []).slice(from - 1, to);
    return {
      epoch: this.epoch,
      lane,
      previousHash: rows[0]?.previousHash ?? CHAIN_START,
      events: rows.map(({ event }) => event),
    };
  }
}
