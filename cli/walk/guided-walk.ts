import { chmodSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import {
  calibrate,
  type Calibration,
  type Standing,
  type Stop,
  stopsOf,
  UNCERTAIN,
  type WalkHearing,
  type WalkScore,
} from '../../kernel/domain/calibration.ts';
import type { FloorPlan } from '../../kernel/domain/zone-map.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { WalkBegunSchema, WalkHearingsSchema } from '../../kernel/protocol/walk-api.ts';
import { type AccuracyReport, writeAccuracyReport } from '../../node/accuracy-report.ts';
import { writeAtomically } from '../../node/atomic-file.ts';
import { readConfiguration } from '../../node/configuration.ts';
import { askOperator } from '../../node/operator-client.ts';
import { withOffsetsIn } from './offsets-in-file.ts';
import { openTestCredential } from './test-credential.ts';

export interface WalkOptions {
  readonly config: string;
  /** The store server's: its operator socket is there, and the report goes there. */
  readonly dataDir: string;
  /** By a phone's file, or by the number of a card that the person has too. */
  readonly who: { readonly phone: string } | { readonly card: string };
  /** For getting to a place, and for standing there. */
  readonly walkMs: number;
  readonly standMs: number;
  /** Nothing is put into the configuration. */
  readonly isDry: boolean;
  readonly signal: AbortSignal;
}

const GOOD = 0;
const NOT_BETTER = 2;
const INTERRUPTED = 130;
const ASK_EVERY_MS = 1_000;
/** How long the store may take to know a fresh credential, and the receivers to hear it. */
const FIRST_HEARD_WITHIN_MS = 120_000;

/**
 * Leads somebody through the shop, place by place, and makes of what was heard the receivers' offsets.
 * @returns the exit code: 0, 2 where zones would be told apart worse with the offsets, 130 where it was interrupted
 * @throws {SogliaError} where the store does not let it, or nobody hears the credential
 */
export async function guideWalk(options: WalkOptions): Promise<number> {
  const { config, dataDir, signal } = options;
  const { floor } = readConfiguration(config);
  if (floor === undefined)
    throw new SogliaError('config/invalid', `${config}: floor: no plan of zones and receivers yet`);
  const stops = stopsOf(floor);
  const line = await begin(options);
  try {
    introduce(options, stops.length);
    await untilHeard(line, signal);
    const standings: Standing[] = [];
    for (const [i, stop] of stops.entries()) {
      say(
        `${String(i + 1)}/${String(stops.length)}  Go to ${placeOf(stop)}: ${inS(options.walkMs)}.`,
      );
      await line.wait(options.walkMs, signal);
      const fromMs = line.nowMs;
      say(`     Stand there and turn round slowly: ${inS(options.standMs)}.`);
      await line.wait(options.standMs, signal);
      standings.push({ ...stop, fromMs, untilMs: line.nowMs });
      say(
        `     Heard by ${String(heardBy(line.hearings, fromMs).size)} of ${String(floor.receivers.length)} receivers.`,
      );
    }
    const hearings = [...line.hearings].sort((a, b) => a.atMs - b.atMs);
    return await conclude(floor, calibrate(floor, { standings, hearings }), hearings, options);
  } catch (error) {
    if (!signal.aborted) throw error;
    say('Interrupted: nothing is written.');
    return INTERRUPTED;
  } finally {
    await line.end();
    say(`The store has forgotten the walk; ${dataDir} has no strengths of it.`);
  }
}

/** The walk as the store hears it. */
interface WalkLine {
  readonly hearings: readonly WalkHearing[];
  /** By the store's clock. */
  readonly nowMs: number;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  end(): Promise<void>;
}

async function begin({ dataDir, who, signal }: WalkOptions): Promise<WalkLine> {
  const socket = `${dataDir}/operator.sock`;
  const { walkId } = await untilKnown();
  const hearings: WalkHearing[] = [];
  let nowMs = 0;
  const take = async () => {
    const path = `/v1/walks/${walkId}/hearings`;
    const taken = await askOperator(socket, WalkHearingsSchema, { method: 'POST', path });
    nowMs = taken.now;
    for (const { receiverId, rssiDbm, at } of taken.hearings)
      hearings.push({ receiverId, rssiDbm, atMs: at });
  };
  await take();
  return {
    hearings,
    get nowMs() {
      return nowMs;
    },
    async wait(ms, aborted) {
      const endsAt = nowMs + ms;
      while (nowMs < endsAt) {
        await pause(Math.min(ASK_EVERY_MS, endsAt - nowMs), undefined, { signal: aborted });
        await take();
      }
    },
    async end() {
      const request = { method: 'DELETE', path: `/v1/walks/${walkId}` } as const;
      await askOperator(socket, z.null(), request).catch(() => undefined); // it ends by itself
    },
  };

  /** A credential made a moment ago comes with the next rows from head office. */
  async function untilKnown() {
    for (const endsAt = Date.now() + FIRST_HEARD_WITHIN_MS; ;) {
      const body =
        'card' in who ? who : { token: (await openTestCredential(who.phone, Date.now())).token };
      try {
        const request = { method: 'POST', path: '/v1/walks', body } as const;
        return await askOperator(socket, WalkBegunSchema, request);
      } catch (error) {
        const isUnknown = error instanceof SogliaError && error.message.includes('does not know');
        if (!isUnknown || Date.now() > endsAt) throw error;
        await pause(ASK_EVERY_MS, undefined, { signal });
      }
    }
  }
}

async function untilHeard(line: WalkLine, signal: AbortSignal): Promise<void> {
  const endsAt = Date.now() + FIRST_HEARD_WITHIN_MS;
  while (line.hearings.length === 0) {
    if (Date.now() > endsAt)
      throw new SogliaError('radio/unavailable', 'no receiver hears the credential: is it on?');
    await line.wait(ASK_EVERY_MS, signal);
  }
}

function introduce({ walkMs, standMs }: WalkOptions, stops: number): void {
  const minutes = Math.ceil((stops * (walkMs + standMs)) / 60_000);
  say(
    `${String(stops)} places, about ${String(minutes)} min. Carry the credential as a shopper carries a phone.`,
  );
}

async function conclude(
  floor: FloorPlan,
  { offsets, before, after }: Calibration,
  hearings: readonly WalkHearing[],
  { config, dataDir, isDry }: WalkOptions,
): Promise<number> {
  const isBetter = (after.accuracy ?? 0) >= (before.accuracy ?? 0);
  const score = isBetter ? after : before;
  const silent = floor.receivers
    .map(({ receiverId }) => receiverId)
    .filter((id) => !heardBy(hearings, 0).has(id));
  say('');
  for (const text of matrixOf(score)) say(text);
  const known = score.recognisedAfterMs.filter((ms) => ms !== null).sort((a, b) => a - b);
  const median = known[known.length >> 1];
  say(
    `Right in ${shareOf(after)} of ${String(after.instants)} instants with the offsets below, in ${shareOf(before)} with those of ${config}.`,
  );
  if (median !== undefined)
    say(
      `Recognised after ${inS(median)} in the median, ${inS(known.at(-1) ?? 0)} at worst; ${String(score.recognisedAfterMs.length - known.length)} of ${String(score.recognisedAfterMs.length)} places never.`,
    );
  for (const { receiverId, offsetDb } of offsets)
    say(`  ${receiverId}: ${offsetDb > 0 ? '+' : ''}${String(offsetDb)} dB`);
  for (const id of silent) say(`  ${id}: heard nothing; look whether it is on`);
  const isWritten = isBetter && !isDry;
  if (isWritten) await write(config, offsets);
  else
    say(
      isBetter
        ? 'Nothing is put into the configuration.'
        : 'It would be worse: the offsets are not written.',
    );
  const report: AccuracyReport = {
    measuredAt: Date.now(),
    accuracy: (isWritten ? after : before).accuracy ?? 0,
    accuracyBefore: before.accuracy ?? 0,
    instants: score.instants,
    confusion: score.confusion,
    recognisedAfterMs: median ?? null,
    neverRecognised: score.recognisedAfterMs.length - known.length,
    offsetsDb: Object.fromEntries(
      offsets.map(({ receiverId, offsetDb }) => [receiverId, offsetDb]),
    ),
    silent,
    written: isWritten,
  };
  say(`Kept as ${await writeAccuracyReport(dataDir, report)}.`);
  return isBetter ? GOOD : NOT_BETTER;
}

async function write(config: string, offsets: Calibration['offsets']): Promise<void> {
  const path = realpathSync(config);
  const text = readFileSync(path, 'utf8');
  const changed = withOffsetsIn(text, config, offsets);
  if (changed.text === text) {
    say(`${config} says so already.`);
    return;
  }
  const { mode } = statSync(path);
  await writeAtomically(path, changed.text);
  chmodSync(path, mode & 0o777);
  say(`Written to ${config}; start the store again to use it:`);
  for (const line of changed.change) say(`  ${line}`);
}

/** Rows: where the person stood; columns: what was said. Instants, two a second. */
function matrixOf({ confusion }: WalkScore): readonly string[] {
  const zones = Object.keys(confusion);
  const others = Object.values(confusion).flatMap((row) => Object.keys(row));
  const columns = [...new Set([...zones, ...others.filter((id) => id !== UNCERTAIN), UNCERTAIN])];
  const width = Math.max(10, ...columns.map((id) => id.length)) + 2;
  const head = ['stood in', ...columns].map((text) => text.padEnd(width)).join('');
  const rows = zones.map((zone) =>
    [zone, ...columns.map((column) => String(confusion[zone]?.[column] ?? 0))]
      .map((text) => text.padEnd(width))
      .join(''),
  );
  return [head, ...rows].map((text) => text.trimEnd());
}

function heardBy(hearings: readonly WalkHearing[], fromMs: number): ReadonlySet<string> {
  return new Set(hearings.filter(({ atMs }) => atMs >= fromMs).map(({ receiverId }) => receiverId));
}

function placeOf({ zoneId, x, y }: Stop): string {
  return `${zoneId}, x ${x.toFixed(1)} m, y ${y.toFixed(1)} m`;
}

function inS(ms: number): string {
  return `${String(Math.round(ms / 100) / 10)} s`;
}

function shareOf({ accuracy }: WalkScore): string {
  return accuracy === null ? 'none' : accuracy.toFixed(2);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
