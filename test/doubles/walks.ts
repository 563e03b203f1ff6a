import { type GuidedWalk, stopsOf } from '../../kernel/domain/calibration.ts';
import type { FloorPlan } from '../../kernel/domain/zone-map.ts';
import type { TrackRow } from '../../cli/zones/track.ts';

/** A shop of 18 m by 12 m in three zones, a receiver near each corner of each. */
export const SHOP_PLAN: FloorPlan = {
  zones: [
    { zoneId: 'entrance', x: [0, 6], y: [0, 12] },
    { zoneId: 'aisles', x: [6, 12], y: [0, 12] },
    { zoneId: 'counter', x: [12, 18], y: [0, 12] },
  ],
  receivers: [1, 5, 8, 13, 17].flatMap((x) =>
    [1, 11].map((y) => ({ receiverId: `r${String(x)}-${String(y)}`, x, y, z: 2.2 })),
  ),
};

/** The same numbers for the same seed: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Somebody who walks from the door to the counter and back at 0.7 m/s, stopping on the way. Each receiver hears twice a
 * second, by log-distance loss, with a body that shadows what lies behind and 5 dB of noise.
 */
export function aWalk({
  seed = 1,
  plan = SHOP_PLAN,
  transmitterDb = 0,
  deaf = [] as string[],
} = {}): TrackRow[] {
  const random = randomFrom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const stops = [1.5, 9, 16.5, 9, 1.5];
  const rows: TrackRow[] = [];
  let [x, stop, restMs, heading] = [stops[0] ?? 0, 1, 0, 1];
  for (let atMs = 0; stop < stops.length; atMs += 500) {
    const target = stops[stop] ?? 0;
    if (restMs > 0) restMs -= 500;
    else if (Math.abs(target - x) < 0.4) [restMs, stop] = [6_000, stop + 1];
    else x += (heading = Math.sign(target - x)) * 0.35;
    const y = 6 + 3 * Math.sin(x);
    for (const receiver of plan.receivers) {
      if (deaf.includes(receiver.receiverId)) continue;
      const distanceM = Math.hypot(receiver.x - x, receiver.y - y, (receiver.z ?? 2) - 1.2);
      const isBehind = Math.sign(receiver.x - x) !== heading;
      const rssiDbm =
        -57 + transmitterDb - 27 * Math.log10(distanceM) - (isBehind ? 7 : 0) + 5 * normal();
      rows.push({
        atMs: atMs + random() * 400,
        receiverId: receiver.receiverId,
        beaconId: 'b',
        rssiDbm: Math.round(rssiDbm),
        x,
        y,
      });
    }
  }
  return rows.sort((a, b) => a.atMs - b.atMs);
}

/**
 * Somebody who goes from stop to stop of a plan at 1 m/s and turns while standing. Heard as in `aWalk`, by receivers of which
 * some hear more or less than their kind.
 */
export function aGuidedWalk({
  seed = 1,
  plan = SHOP_PLAN,
  transmitterDb = 0,
  offsetsDb = {},
  noiseDb = 5,
  deaf = [],
  standMs = 20_000,
}: {
  readonly seed?: number;
  readonly plan?: FloorPlan;
  readonly transmitterDb?: number;
  readonly offsetsDb?: Readonly<Record<string, number>>;
  readonly noiseDb?: number;
  readonly deaf?: readonly string[];
  readonly standMs?: number;
} = {}): GuidedWalk {
  const random = randomFrom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const hearings: GuidedWalk['hearings'][number][] = [];
  const standings: GuidedWalk['standings'][number][] = [];
  let atMs = 0;
  const heardAt = (x: number, y: number, heading: number) => {
    for (const receiver of plan.receivers) {
      const { receiverId } = receiver;
      if (deaf.includes(receiverId)) continue;
      const [dx, dy] = [receiver.x - x, receiver.y - y];
      const distanceM = Math.hypot(dx, dy, (receiver.z ?? 2) - 1.2);
      const isBehind = Math.cos(Math.atan2(dy, dx) - heading) < -0.3;
      const gainDb = transmitterDb + (offsetsDb[receiverId] ?? 0) - (isBehind ? 7 : 0);
      const rssiDbm = Math.round(-57 + gainDb - 27 * Math.log10(distanceM) + noiseDb * normal());
      hearings.push({ receiverId, rssiDbm, atMs });
    }
    atMs += 500;
  };
  let [x, y] = [plan.zones[0]?.x[0] ?? 0, plan.zones[0]?.y[0] ?? 0];
  for (const stop of stopsOf(plan)) {
    while (Math.hypot(stop.x - x, stop.y - y) > 0.5) {
      const heading = Math.atan2(stop.y - y, stop.x - x);
      x += 0.5 * Math.cos(heading);
      y += 0.5 * Math.sin(heading);
      heardAt(x, y, heading);
    }
    const fromMs = atMs;
    for (let turn = 0; atMs < fromMs + standMs; turn += Math.PI / 5) heardAt(stop.x, stop.y, turn);
    standings.push({ ...stop, fromMs, untilMs: atMs });
  }
  return { standings, hearings };
}
