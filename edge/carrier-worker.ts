import { parentPort, workerData } from 'node:worker_threads';
import { SogliaError } from '../kernel/errors.ts';
import { PushAnswerSchema, type PushRequest } from '../kernel/protocol/hq-sync.ts';
import { workInBackground } from '../node/background-thread.ts';
import { postJson } from '../node/http-client.ts';
import type { CarrierData, CarryAsk, FromCarrier } from './carrier-messages.ts';
import { openForReading } from './db/open-database.ts';
import { StoreReader } from './db/store-reader.ts';
import type { Carried } from './sync/hq-api.ts';

const DEADLINE_MS = 15_000;

/** Reads, prints and sends the journal in a thread of its own: scans and redemptions never wait for a batch to be made. */
function run({ file, url }: CarrierData): (ask: CarryAsk) => Promise<FromCarrier> {
  let reads: StoreReader | undefined;

  const carry = async ({
    epoch,
    lane,
    afterSeq,
    token,
  }: CarryAsk): Promise<Carried | undefined> => {
    const range = read(() =>
      (reads ??= new StoreReader(openForReading(file))).laneAfter(lane, afterSeq),
    );
    const firstSeq = range?.events[0]?.seq;
    if (range === undefined || firstSeq === undefined) return undefined;
    const { previousHash, events } = range;
    const body = { epoch, lane, previousHash, events: [...events] } satisfies PushRequest;
    const ask = { body, token, deadlineMs: DEADLINE_MS, unreachable: 'hq/unreachable' } as const;
    const answer = await postJson(`${url}/v1/push`, PushAnswerSchema, ask);
    return { firstSeq, events: events.length, answer };
  };
  return async (ask) => {
    try {
      return { id: ask.id, carried: await carry(ask) };
    } catch (error) {
      if (!(error instanceof SogliaError)) throw error;
      return { id: ask.id, failure: { code: error.code, message: error.message } };
    }
  };
}

/** SQLite's own errors lose their words between threads. */
function read<T>(from: () => T): T {
  try {
    return from();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SogliaError('storage/failed', `the journal cannot be read: ${reason}`, { cause });
  }
}

const port = parentPort;
if (port !== null) {
  workInBackground();
  const carry = run(workerData as CarrierData);
  // A bug ends the thread, and the main thread hears of it.
  port.on('message', (ask: CarryAsk) => void carry(ask).then((said) => port.postMessage(said)));
}
