import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { openForReading } from '../../edge/db/open-database.ts';
import { EnrolmentCodeMadeSchema } from '../../kernel/protocol/console-api.ts';
import { PurchaseAnswerSchema } from '../../kernel/protocol/pos-api.ts';
import { EnrolmentClient } from '../../node/enrolment-client.ts';
import { askOperator } from '../../node/operator-client.ts';
import { type RunningProcess, startProcess } from '../support/process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

/** What a till asks at once; each goes on once it has its answer. */
const LANES = 8;

/** What a till asked for; asked again under the same id until it has its answer. */
interface Asked {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> & { readonly requestId: string };
  answer?: string;
}

/** One till whose store is killed: it remembers what it asked and what it was answered. */
class StubbornTill {
  readonly asked: Asked[] = [];
  readonly #folder = tempDir();
  #url = '';
  #token = '';

  async connect(url: string, operatorSocket: string): Promise<void> {
    const now = () => Date.now();
    const client = await EnrolmentClient.open({ url, folder: this.#folder, kind: 'till', now });
    if (this.#url === '') {
      const body = { kind: 'till', name: 'till' };
      const ask = { method: 'POST', path: '/v1/enrolment-codes', body } as const;
      const { code } = await askOperator(operatorSocket, EnrolmentCodeMadeSchema, ask);
      await client.enrol(code.replace('-', ''), 'till');
    }
    this.#token = await client.token();
    this.#url = url;
  }

  get answered(): readonly Asked[] {
    return this.asked.filter(({ answer }) => answer !== undefined);
  }
  get unanswered(): readonly Asked[] {
    return this.asked.filter(({ answer }) => answer === undefined);
  }

  /** Sells two bottles and takes one back, again and again, until the store is gone. */
  async sell(): Promise<void> {
    for (;;) {
      const line = { line: 1, gtin: '04006381333931', quantity: 2, unitPriceMinor: 995 };
      const basket = { currency: 'EUR', lines: [line] };
      const sums = { pricedAt: Date.now(), effects: [], tenderMinor: 1_990 };
      const requestId = uuidv7();
      const made = await this.#first('purchases', { requestId, basket, codes: [], ...sums });
      if (made === undefined) return;
      const purchase = PurchaseAnswerSchema.parse(JSON.parse(made));
      if (purchase.kind !== 'recorded') throw new Error(made);
      const lines = [{ line: 1, quantity: 1 }];
      const path = `purchases/${purchase.purchaseId}/returns`;
      if ((await this.#first(path, { requestId: uuidv7(), lines })) === undefined) return;
    }
  }

  /** @throws where the store does not answer */
  async ask({ path, body }: Asked): Promise<string> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${this.#url}/v1/pos/${path}`, init);
    const text = await response.text();
    expect(response.status, text).toBe(200);
    return text;
  }

  async #first(path: string, body: Asked['body']): Promise<string | undefined> {
    const asked: Asked = { path, body };
    this.asked.push(asked);
    try {
      asked.answer = await this.ask(asked);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch's own, for a line that broke
    }
    return asked.answer;
  }
}

/** Requests on disk, each with its answer, and how many facts there are of them. */
function onDisk(file: string) {
  const db = openForReading(file);
  try {
    const kept = new Map(
      db
        .prepare<[], { id: string; answer: string }>(
          `SELECT request_id AS id, answer FROM purchase UNION ALL SELECT request_id, answer FROM purchase_return`,
        )
        .all()
        .map(({ id, answer }) => [id, answer]),
    );
    const facts = db
      .prepare<[], number>(
        `SELECT count(*) FROM journal WHERE type IN ('purchase-made', 'purchase-returned')`,
      )
      .pluck()
      .get();
    return { kept, facts };
  } finally {
    db.close();
  }
}

test('[pos-3] [pos-7] [inv-1] kill -9 while a till sells and takes back: what was answered is there once, and a retry gets its answer', async () => {
  const dataDir = tempDir();
  const file = join(dataDir, 'store.db');
  const till = new StubbornTill();
  const open = async (): Promise<RunningProcess> => {
    const script = ['--import', 'tsx', 'test/support/till-store-process.ts', dataDir];
    const store = startProcess(process.execPath, script);
    const [, url = '', socket = ''] = (await store.line(/^open /, 60_000)).split(' ');
    await till.connect(url, socket);
    return store;
  };
  /** Each request has one answer, however often it is asked, and is written once. */
  const settle = async () => {
    await Promise.all(
      till.asked.map(async (asked) => {
        const again = await till.ask(asked);
        expect(again).toBe((asked.answer ??= again));
      }),
    );
    const { kept, facts } = onDisk(file);
    expect(Object.fromEntries(kept)).toEqual(
      Object.fromEntries(till.asked.map(({ body, answer }) => [body.requestId, answer])),
    );
    expect(facts).toBe(till.asked.length);
  };
  const killed = await open();
  const selling = Promise.all(Array.from({ length: LANES }, () => till.sell()));
  await until('answers', 30_000, () => till.answered.length > 4 * LANES);
  await pause(Math.random() * 100);
  await killed.kill();
  await selling;
  expect(till.unanswered.length).toBeGreaterThan(0);
  const { kept, facts } = onDisk(file);
  for (const { body, answer } of till.answered) expect(kept.get(body.requestId)).toBe(answer);
  expect(facts).toBe(kept.size);

  const store = await open();
  await settle();
  await store.stop();
}, 90_000);
