import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AdvertReader } from '../firmware-bridge/ble/advert-reader.ts';
import type { DeviceProperties } from '../firmware-bridge/ble/bluez.ts';
import { decodeAdverts } from '../kernel/adverts/advert.ts';
import { meaningOfScan } from '../kernel/scans/scan.ts';
import { quantile } from './row.ts';
import { advertMix, scanMix, strangersAsBluezTells } from './support/radio-mix.ts';
import { answerQuestions } from './support/processes.ts';

/** Rates are medians. */
export interface DecodeReport {
  readonly adverts: Rates & { readonly heapBytesPerStranger: number };
  readonly scans: Rates;
  readonly bridgeStrangers: { readonly perSecond: number; readonly heapBytesEach: number };
}
interface Rates {
  readonly perSecond: number;
  readonly parsedPerSecond: number;
}

const ROUNDS = 7;
const ROUND_MS = 300;
const WARM_UP_MS = 1_000;
/** Few enough that the young generation is not collected in between. */
const COUNTED_ADVERTS = 20_000;
const DEVICE = '/org/bluez/hci0/dev_00_11_22_33_44_55';

/** What was made, so that nothing is optimised away. */
let made = 0;

answerQuestions({
  measure(): DecodeReport {
    const adverts = advertMix();
    const scans = scanMix();
    const strangers = strangersAsBluezTells();
    const strangersPayloads = adverts.filter((payload) => isStranger(payload));
    const reader = new AdvertReader(() => performance.now());
    const readAdvert = (payload: Uint8Array) => (made += decodeAdverts(payload).length);
    const readScan = (frame: Uint8Array) => (made += meaningOfScan(frame).kind.length);
    const readStranger = (properties: DeviceProperties) => {
      if (reader.read(DEVICE, properties) !== undefined) made += 1;
    };
    const [advertsPerSecond, advertsParsed] = rates(adverts, readAdvert);
    const [scansPerSecond, scansParsed] = rates(scans, readScan);
    return {
      adverts: {
        perSecond: advertsPerSecond,
        parsedPerSecond: advertsParsed,
        heapBytesPerStranger: heapBytesEach(strangersPayloads, readAdvert),
      },
      scans: { perSecond: scansPerSecond, parsedPerSecond: scansParsed },
      bridgeStrangers: {
        perSecond: median(alternating([() => perSecond(strangers, readStranger, ROUND_MS)])[0]),
        heapBytesEach: heapBytesEach(strangers, readStranger),
      },
    };
  },
});

function isStranger(payload: Uint8Array): boolean {
  return decodeAdverts(payload)[0].kind === 'rejected';
}

/** Ours, and JSON.parse of one document a frame, of as many bytes. */
function rates(frames: readonly Uint8Array[], read: (frame: Uint8Array) => void): [number, number] {
  const documents = frames.map(({ length }) => `{"t":"${'0'.repeat(Math.max(length - 8, 0))}"}`);
  const parse = (text: string) => (made += Object.keys(JSON.parse(text) as object).length);
  const [ours, parsed] = alternating([
    () => perSecond(frames, read, ROUND_MS),
    () => perSecond(documents, parse, ROUND_MS),
  ]);
  return [median(ours), median(parsed)];
}

/** Each by turns, so that what else the machine does falls on all alike. The first turn warms up. */
function alternating(turns: readonly (() => number)[]): readonly number[][] {
  for (const turn of turns) {
    const begun = performance.now();
    while (performance.now() - begun < WARM_UP_MS) turn();
  }
  const results: number[][] = turns.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    turns.forEach((turn, i) => results[i]?.push(turn()));
  }
  return results;
}

const median = (values: readonly number[] = []) => quantile(values, 0.5);

function perSecond<T>(inputs: readonly T[], read: (input: T) => void, forMs: number): number {
  let count = 0;
  const begun = performance.now();
  let spent: number;
  do {
    for (const input of inputs) read(input);
    count += inputs.length;
    spent = performance.now() - begun;
  } while (spent < forMs);
  return (count * 1_000) / spent;
}

function heapBytesEach<T>(inputs: readonly T[], read: (input: T) => void): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const counts: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < COUNTED_ADVERTS; i += 1) read(inputs[i % inputs.length] as T);
    counts.push((process.memoryUsage().heapUsed - before) / COUNTED_ADVERTS);
  }
  return Math.max(median(counts), 0);
}
