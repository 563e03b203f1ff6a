import { randomBytes } from 'node:crypto';
import { start, type RunningBridge } from '../firmware-bridge/main.ts';
import type { Source, SourceSink } from '../firmware-bridge/source.ts';
import { ReceiverIdSchema } from '../kernel/domain/ids.ts';
import { fromHex } from '../kernel/hex.ts';
import { encodeSightingBatch } from '../kernel/protocol/sighting-batch.ts';
import { readConfiguration } from '../node/configuration.ts';
import { createLog } from '../node/logs.ts';
import { until } from '../test/support/until.ts';
import { answerQuestions } from './support/processes.ts';
import { wallClock } from './support/wall-clock.ts';

/*
 * A bridge whose radios hear what the benchmark says: injected at its source port, so that everything after it is the
 * bridge's own, the link to the edge included.
 */
export interface StartRadio {
  readonly config: string;
  readonly dataDir: string;
  readonly edgeUrl: string;
  readonly enrolmentCode: string;
  readonly receivers: readonly string[];
}
export interface Traffic {
  readonly perSecond: number;
  /** Hex; each is heard by one receiver, always the same. */
  readonly members: readonly string[];
  /** How many of all sightings are of members, 0 to 1; the others are strangers' tokens, each heard once. */
  readonly memberShare: number;
}
export interface TrafficReport {
  readonly seconds: number;
  /** Given to the bridge. */
  readonly heard: number;
  /** That the bridge did not bring to the edge in time. */
  readonly dropped: number;
}
export interface OneSighting {
  readonly receiver: string;
  readonly token: string;
  readonly rssiDbm: number;
}

const EVERY_MS = 5;
const RSSI_DBM = -70;
const STRANGERS = 4_096;

const now = wallClock();
let bridge: RunningBridge | undefined;
let sink: SourceSink | undefined;
let receivers: readonly ReturnType<typeof ReceiverIdSchema.parse>[] = [];
let stopTraffic: (() => TrafficReport) | undefined;

const source: Source = {
  simulated: false,
  start: (given) => {
    sink = given;
    return Promise.resolve();
  },
  stop: () => Promise.resolve(),
};

answerQuestions({
  async start({ config, dataDir, edgeUrl, enrolmentCode, receivers: names }: StartRadio) {
    const log = createLog('bridge', { level: 'warn' });
    const configuration = { ...readConfiguration(config), receivers: [], scanners: [] };
    receivers = names.map((name) => ReceiverIdSchema.parse(name));
    const started = await start({
      ...{ configuration, dataDir, edgeUrl, enrolmentCode, log },
      sources: [source],
    });
    bridge = started;
    await until('the bridge at the edge', 20_000, () => started.isConnected());
  },

  traffic(traffic: Traffic) {
    stopTraffic = beginTraffic(traffic);
  },

  stopTraffic: () => stopTraffic?.(),

  /** @returns when it was heard, on the wall clock */
  sight({ receiver, token, rssiDbm }: OneSighting): number {
    const heardAt = now();
    hear(ReceiverIdSchema.parse(receiver), tokenOf(token), rssiDbm);
    return heardAt;
  },

  /** Sightings per second that JSON.parse reads from as many bytes as batches of this size have. */
  jsonParse(batchSize: number): number {
    const sightings = Array.from({ length: batchSize }, () => ({
      receiverId: ReceiverIdSchema.parse('entrance'),
      carrier: 'eid' as const,
      token: randomBytes(8),
      rssiDbm: RSSI_DBM,
      ageMs: 10,
    }));
    const { length } = encodeSightingBatch(sightings);
    const one = '{"receiverId":"entrance","carrier":"eid","token":"0011223344556677","ageMs":10}';
    const count = Math.floor((length - 2) / (one.length + 1));
    const text = `[${Array.from({ length: count }, () => one).join()}]`.padEnd(length);
    let batches = 0;
    const begun = performance.now();
    while (performance.now() - begun < 2_000) {
      JSON.parse(text);
      batches += 1;
    }
    return (batches * batchSize * 1_000) / (performance.now() - begun);
  },

  stop: () => bridge?.stop(),
});

/** By the clock, not by the count of timers: what a late timer missed comes with the next. */
function beginTraffic({ perSecond, members, memberShare }: Traffic): () => TrafficReport {
  const tokens = members.map(tokenOf);
  const random = randomBytes(8 * STRANGERS);
  const dropped = bridge?.droppedSightings() ?? 0;
  const begun = performance.now();
  let heard = 0;
  let ofMembers = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - begun) * perSecond) / 1_000;
    for (; heard < due; heard += 1) {
      if (ofMembers < heard * memberShare && tokens.length > 0) {
        const index = ofMembers % tokens.length;
        const token = tokens[index];
        const receiver = receivers[index % receivers.length];
        if (token !== undefined && receiver !== undefined) hear(receiver, token, RSSI_DBM);
        ofMembers += 1;
      } else {
        const receiver = receivers[heard % receivers.length];
        if (receiver !== undefined) hear(receiver, strangerOf(random, heard), RSSI_DBM);
      }
    }
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    const seconds = (performance.now() - begun) / 1_000;
    return { seconds, heard, dropped: (bridge?.droppedSightings() ?? 0) - dropped };
  };
}

/** Another one each time, without asking the system for randomness each time. */
function strangerOf(random: Uint8Array, count: number): Uint8Array {
  const at = (count % STRANGERS) * 8;
  const token = random.slice(at, at + 8);
  new DataView(token.buffer).setUint32(0, (count * 2_654_435_761) >>> 0);
  return token;
}

function hear(receiverId: (typeof receivers)[number], token: Uint8Array, rssiDbm: number): void {
  sink?.heard({ receiverId, carrier: 'eid', token, rssiDbm, heardAtMs: performance.now() });
}

function tokenOf(hex: string): Uint8Array {
  const token = fromHex(hex);
  if (token === undefined) throw new Error(`${hex} is no token`);
  return token;
}
