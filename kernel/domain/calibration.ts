import { ZoneFilter } from './zone-filter.ts';
import { expectedDbmAt, type FloorPlan, zoneMapOf } from './zone-map.ts';

export interface WalkHearing {
  readonly receiverId: string;
  /** Below 0. */
  readonly rssiDbm: number;
  readonly atMs: number;
}
/** A place to stand at: metres. */
export interface Stop {
  readonly zoneId: string;
  readonly x: number;
  readonly y: number;
}
/** Somebody stood there, from the first instant to the last. */
export interface Standing extends Stop {
  readonly fromMs: number;
  readonly untilMs: number;
}
/** One transmitter carried from place to place, and all that was heard of it meanwhile, in order of time. */
export interface GuidedWalk {
  readonly standings: readonly Standing[];
  readonly hearings: readonly WalkHearing[];
}

/** Each zone has a place for so many square metres, and three at most. */
const M2_PER_STOP = 30;
const MOST_STOPS = 3;

/** Where to stand: along the longer side of each zone, as far from its ends as from each other's parts. */
export function stopsOf({ zones }: Pick<FloorPlan, 'zones'>): readonly Stop[] {
  const areas = zones.filter((zone, i) => zones.findIndex((z) => z.zoneId === zone.zoneId) === i);
  return areas.flatMap(({ zoneId, x, y }) => {
    const [width, depth] = [x[1] - x[0], y[1] - y[0]];
    const count = Math.min(MOST_STOPS, Math.max(1, Math.round((width * depth) / M2_PER_STOP)));
    return Array.from({ length: count }, (_, i) => {
      const [along, middle] = [(i + 0.5) / count, 0.5];
      const [right, up] = width >= depth ? [along, middle] : [middle, along];
      return { zoneId, x: x[0] + right * width, y: y[0] + up * depth };
    });
  });
}

/** How much more or less than its kind a receiver hears. */
export interface ReceiverOffset {
  readonly receiverId: string;
  readonly offsetDb: number;
  /** Over how many standings. */
  readonly standings: number;
}

/** Fewer hearings in one standing say nothing. */
const LEAST_HEARINGS = 5;
/** How far receivers of one shop differ, by maker and place, dB. */
const OFFSET_SPREAD_DB = 6;
/** What one standing is off even so: bodies, shelves, reflections, dB; at least. */
const LEAST_SPREAD_DB = 2;
const ROUNDS = 30;
const STEP_DB = 0.5;

/**
 * Offsets under which each receiver's mean at each standing is as expected, but for what all receivers share at that standing:
 * the transmitter and the body that carries it. A median polish (Tukey, Exploratory Data Analysis, chapter 11), since a
 * shelf in the way of one receiver at one place says nothing of it elsewhere; drawn to 0 the less it stands on. Offsets are
 * relative: the usual receiver has 0. Receivers that were not heard are left out.
 */
export function offsetsOf(plan: FloorPlan, walk: GuidedWalk): readonly ReceiverOffset[] {
  const misses = walk.standings.map((standing) => missesAt(plan, walk.hearings, standing));
  const receivers = plan.receivers.map(({ receiverId }) => receiverId);
  const heard = receivers.filter((id) => misses.some((at) => at.has(id)));
  let offsets = new Map(heard.map((id) => [id, 0]));
  let shared = misses.map(() => 0);
  for (let round = 0; round < ROUNDS; round += 1) {
    shared = misses.map((at) =>
      medianOf([...at].map(([id, missDb]) => missDb - (offsets.get(id) ?? 0))),
    );
    const raw = heard.map((id) => medianOf(residuals(misses, shared, id)));
    const usual = medianOf(raw);
    offsets = new Map(heard.map((id, i) => [id, (raw[i] ?? 0) - usual]));
  }
  const left = heard.flatMap((id) =>
    residuals(misses, shared, id).map((missDb) => Math.abs(missDb - (offsets.get(id) ?? 0))),
  );
  const spreadDb = Math.max(LEAST_SPREAD_DB, 1.4826 * medianOf(left));
  return heard.map((receiverId) => {
    const standings = residuals(misses, shared, receiverId).length;
    const trust = OFFSET_SPREAD_DB ** 2 / (OFFSET_SPREAD_DB ** 2 + spreadDb ** 2 / standings);
    const offsetDb = Math.round(((offsets.get(receiverId) ?? 0) * trust) / STEP_DB) * STEP_DB;
    return { receiverId, offsetDb: offsetDb === 0 ? 0 : offsetDb, standings };
  });
}

/** By receiver: how much more was heard there than expected without offsets, dB. */
function missesAt(
  plan: FloorPlan,
  hearings: readonly WalkHearing[],
  standing: Standing,
): ReadonlyMap<string, number> {
  const during = hearings.filter(({ atMs }) => atMs >= standing.fromMs && atMs <= standing.untilMs);
  return new Map(
    plan.receivers.flatMap((receiver) => {
      const own = during.filter(({ receiverId }) => receiverId === receiver.receiverId);
      if (own.length < LEAST_HEARINGS) return [];
      const meanDbm = own.reduce((sum, { rssiDbm }) => sum + rssiDbm, 0) / own.length;
      const bare = { ...receiver, offsetDb: 0 };
      const missDb = meanDbm - expectedDbmAt(bare, standing.x, standing.y);
      return [[receiver.receiverId, missDb] as const];
    }),
  );
}

function residuals(
  misses: readonly ReadonlyMap<string, number>[],
  shared: readonly number[],
  receiverId: string,
): readonly number[] {
  return misses.flatMap((at, i) => {
    const missDb = at.get(receiverId);
    return missDb === undefined ? [] : [missDb - (shared[i] ?? 0)];
  });
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** The plan with these offsets in place of its own; receivers that none is named for keep theirs. */
export function withOffsets(plan: FloorPlan, offsets: readonly ReceiverOffset[]): FloorPlan {
  const byId = new Map(offsets.map(({ receiverId, offsetDb }) => [receiverId, offsetDb]));
  const receivers = plan.receivers.map((receiver) => ({
    ...receiver,
    offsetDb: byId.get(receiver.receiverId) ?? receiver.offsetDb,
  }));
  return { ...plan, receivers };
}

/** How zones were told apart on a walk. */
export interface WalkScore {
  /** Share of the instants, two a second while standing, in the right zone; null where there is none. */
  readonly accuracy: number | null;
  readonly instants: number;
  /** True zone → reported zone, or `uncertain` → instants. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By standing: from standing there to the first report of its zone, ms; null: never. */
  readonly recognisedAfterMs: readonly (number | null)[];
}
export const UNCERTAIN = 'uncertain';
const INSTANT_MS = 500;

/** Scores every standing with the same plan. */
export function scoreWalk(plan: FloorPlan, walk: GuidedWalk): WalkScore {
  const reports = reportsOf(plan, walk);
  return scoreOf(walk.standings.map((standing, i) => ({ standing, reports: reports[i] ?? [] })));
}

export interface Calibration {
  readonly offsets: readonly ReceiverOffset[];
  readonly before: WalkScore;
  /** Each standing with the offsets that all others give: no place is judged by what was learnt there. */
  readonly after: WalkScore;
}

/** What the walk makes of the plan's receivers, and whether zones are told apart better by it. */
export function calibrate(plan: FloorPlan, walk: GuidedWalk): Calibration {
  const { standings } = walk;
  const after = scoreOf(
    standings.map((standing, i) => {
      const others = { ...walk, standings: standings.filter((_, j) => j !== i) };
      const reports = reportsOf(withOffsets(plan, offsetsOf(plan, others)), walk);
      return { standing, reports: reports[i] ?? [] };
    }),
  );
  return { offsets: offsetsOf(plan, walk), before: scoreWalk(plan, walk), after };
}

interface Report {
  readonly atMs: number;
  readonly zoneId: string | undefined;
}

/** By standing: what the filter says each half second. */
function reportsOf(plan: FloorPlan, { standings, hearings }: GuidedWalk): readonly Report[][] {
  const map = zoneMapOf(plan);
  const indexOf = new Map(map.receiverIds.map((id, i) => [id, i]));
  const filter = new ZoneFilter(map);
  const reports: Report[][] = standings.map(() => []);
  let next = 0;
  const endsAtMs = Math.max(0, ...standings.map(({ untilMs }) => untilMs));
  const beginsAtMs = Math.min(hearings[0]?.atMs ?? endsAtMs, standings[0]?.fromMs ?? endsAtMs);
  for (let now = beginsAtMs + INSTANT_MS; now <= endsAtMs; now += INSTANT_MS) {
    for (let one = hearings[next]; one !== undefined && one.atMs <= now; one = hearings[next]) {
      const receiver = indexOf.get(one.receiverId);
      if (receiver !== undefined) filter.hear(receiver, one.rssiDbm, one.atMs);
      next += 1;
    }
    filter.advance(now);
    const { zoneId } = filter.estimate;
    standings.forEach(({ fromMs, untilMs }, i) => {
      if (now > fromMs && now <= untilMs) reports[i]?.push({ atMs: now, zoneId });
    });
  }
  return reports;
}

function scoreOf(
  stood: readonly { readonly standing: Standing; readonly reports: readonly Report[] }[],
): WalkScore {
  const confusion: Record<string, Record<string, number>> = {};
  let [right, instants] = [0, 0];
  for (const { standing, reports } of stood) {
    const row = (confusion[standing.zoneId] ??= {});
    for (const { zoneId = UNCERTAIN } of reports) {
      row[zoneId] = (row[zoneId] ?? 0) + 1;
      instants += 1;
      if (zoneId === standing.zoneId) right += 1;
    }
  }
  const recognisedAfterMs = stood.map(({ standing, reports }) => {
    const first = reports.find(({ zoneId }) => zoneId === standing.zoneId);
    return first === undefined ? null : Math.round(first.atMs - standing.fromMs);
  });
  return {
    accuracy: instants === 0 ? null : right / instants,
    instants,
    confusion,
    recognisedAfterMs,
  };
}
