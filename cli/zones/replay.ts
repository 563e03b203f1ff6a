import { ZoneFilter } from '../../kernel/domain/zone-filter.ts';
import { type FloorPlan, type ZoneArea, zoneAt, zoneMapOf } from '../../kernel/domain/zone-map.ts';
import type { TrackRow } from './track.ts';

/** What is made of a walk: told of each hearing in order of time, asked now and then. Undefined: uncertain. */
export interface Placer {
  hear(row: TrackRow): void;
  zoneAt(nowMs: number): string | undefined;
}
export type MakePlacer = (plan: FloorPlan) => Placer;

/** How a placer did on one walk, or on several. */
export interface ZoneScore {
  /** Share of the scored instants in the right zone; null where no instant scores. */
  readonly accuracy: number | null;
  /** Instants at least `MARGIN_M` from a border. */
  readonly instants: number;
  /** How often the reported zone became another one; uncertain is no change. */
  readonly changes: number;
  /** How often the true zone did, counted once the walker is `MARGIN_M` inside. */
  readonly crossings: number;
  /** From each true crossing of a border to the report of the new zone, ms; a crossing never reported has none. */
  readonly delays: readonly number[];
}

const INSTANT_MS = 500;
const MARGIN_M = 1.5;

/** The zone by the grid filter. */
export const byFilter: MakePlacer = (plan) => {
  const map = zoneMapOf(plan);
  const indexOf = new Map(map.receiverIds.map((id, i) => [id, i]));
  const filter = new ZoneFilter(map);
  return {
    hear({ receiverId, rssiDbm, atMs }) {
      const receiver = indexOf.get(receiverId);
      if (receiver !== undefined && rssiDbm < 0) filter.hear(receiver, rssiDbm, atMs);
    },
    zoneAt(nowMs) {
      filter.advance(nowMs);
      return filter.estimate.zoneId;
    },
  };
};

/** The zone of the receiver that heard strongest in the last half second: what others do. */
export const byNearestReceiver: MakePlacer = ({ zones, receivers }) => {
  const placeOf = new Map(receivers.map((receiver) => [receiver.receiverId, receiver]));
  let heard: TrackRow[] = [];
  let zone: string | undefined;
  return {
    hear(row) {
      if (placeOf.has(row.receiverId) && row.rssiDbm < 0) heard.push(row);
    },
    zoneAt() {
      const [first, ...others] = heard;
      heard = [];
      if (first === undefined) return zone;
      const strongest = others.reduce((a, b) => (b.rssiDbm > a.rssiDbm ? b : a), first);
      const place = placeOf.get(strongest.receiverId);
      zone = place && zoneAt(zones, place.x, place.y);
      return zone;
    },
  };
};

/** Replays a walk: every half second the reported zone stands beside the true one. Each beacon is a walk of its own. */
export function scoreTrack(
  plan: FloorPlan,
  rows: readonly TrackRow[],
  make: MakePlacer,
): ZoneScore {
  const beacons = [...new Set(rows.map(({ beaconId }) => beaconId))];
  return sumOf(
    beacons.map((beacon) =>
      scoreWalk(
        plan,
        rows.filter(({ beaconId }) => beaconId === beacon),
        make(plan),
      ),
    ),
  );
}

export function sumOf(scores: readonly ZoneScore[]): ZoneScore {
  const sum = (value: (score: ZoneScore) => number) =>
    scores.reduce((total, score) => total + value(score), 0);
  const instants = sum((score) => score.instants);
  const right = sum((score) => (score.accuracy ?? 0) * score.instants);
  return {
    accuracy: instants === 0 ? null : right / instants,
    instants,
    changes: sum((score) => score.changes),
    crossings: sum((score) => score.crossings),
    delays: scores.flatMap((score) => score.delays),
  };
}

function scoreWalk(plan: FloorPlan, rows: readonly TrackRow[], placer: Placer): ZoneScore {
  const [first] = rows;
  const endsAtMs = rows.at(-1)?.atMs ?? 0;
  let [right, instants, changes] = [0, 0, 0];
  let next = 0;
  let reported: string | undefined;
  const reports: { readonly atMs: number; readonly zone: string | undefined }[] = [];
  for (let now = (first?.atMs ?? 0) + INSTANT_MS; now <= endsAtMs; now += INSTANT_MS) {
    for (let row = rows[next]; row !== undefined && row.atMs <= now; row = rows[next]) {
      placer.hear(row);
      next += 1;
    }
    const zone = placer.zoneAt(now);
    if (zone !== undefined && reported !== undefined && zone !== reported) changes += 1;
    reported = zone ?? reported;
    reports.push({ atMs: now, zone });
    const place = rows[next - 1];
    if (place === undefined || marginM(plan.zones, place) < MARGIN_M) continue;
    instants += 1;
    if (zone === zoneAt(plan.zones, place.x, place.y)) right += 1;
  }
  const crossings = crossingsOf(plan.zones, rows);
  const delays = crossings.flatMap(({ atMs, zone }, i) => {
    const until = crossings[i + 1]?.atMs ?? Infinity;
    const told = reports.find((report) => report.atMs >= atMs && report.zone === zone);
    return told === undefined || told.atMs >= until ? [] : [Math.round(told.atMs - atMs)];
  });
  const accuracy = instants === 0 ? null : right / instants;
  return { accuracy, instants, changes, crossings: crossings.length, delays };
}

/** True crossings: when the border was passed, of those walks that then went `MARGIN_M` beyond it. */
function crossingsOf(
  zones: readonly ZoneArea[],
  rows: readonly TrackRow[],
): readonly { readonly atMs: number; readonly zone: string | undefined }[] {
  const crossings: { readonly atMs: number; readonly zone: string | undefined }[] = [];
  let settled: string | undefined;
  let [zone, sinceMs] = [undefined as string | undefined, 0];
  for (const row of rows) {
    const now = zoneAt(zones, row.x, row.y);
    if (now !== zone) [zone, sinceMs] = [now, row.atMs];
    if (now === settled || marginM(zones, row) < MARGIN_M) continue;
    if (settled !== undefined) crossings.push({ atMs: sinceMs, zone: now });
    settled = now;
  }
  return crossings;
}

/** How far it is to the next border between two zones, m; Infinity where there is none. */
function marginM(zones: readonly ZoneArea[], { x, y }: Pick<TrackRow, 'x' | 'y'>): number {
  const here = zoneAt(zones, x, y);
  const others = zones.filter(({ zoneId }) => zoneId !== here);
  return Math.min(
    ...others.map((other) => {
      const dx = Math.max(other.x[0] - x, 0, x - other.x[1]);
      const dy = Math.max(other.y[0] - y, 0, y - other.y[1]);
      return Math.hypot(dx, dy);
    }),
  );
}
