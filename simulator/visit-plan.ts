import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Gtin, ReceiverId, ScannerId, ZoneId } from '../kernel/domain/ids.ts';

/** What the simulator needs to know of a shop. Zones in the order in which people walk through them. */
export interface ShopFloor {
  readonly zones: readonly ZoneId[];
  readonly receivers: readonly { readonly receiverId: ReceiverId; readonly zoneId: ZoneId }[];
  /** Where something can be scanned, and the zone it stands in. */
  readonly scanners: readonly { readonly scannerId: ScannerId; readonly zoneId: ZoneId }[];
  readonly gtins: readonly Gtin[];
}

export type Shown = 'card' | 'code' | 'coupon' | { readonly gtin: Gtin };
/** One thing that happens during a visit, `atMs` after its start. */
export type VisitStep =
  | {
      readonly kind: 'heard';
      readonly atMs: number;
      readonly receiverId: ReceiverId;
      readonly rssiDbm: number;
    }
  | {
      readonly kind: 'scan';
      readonly atMs: number;
      readonly scannerId: ScannerId;
      readonly shown: Shown;
    };

const ADVERT_EVERY_MS = 1_000;
/** RSSI in the receiver's own zone, and what each zone further away costs, dB. */
const NEAR_DBM = -58;
const ZONE_LOSS_DB = 14;
const NOISE_DB = 6;
/** A receiver two zones away hears next to nothing. */
const FARTHEST_ZONE = 1;

/**
 * One visit, made of a seed: the shopper enters, walks from zone to zone, stops, scans where there is a scanner, and leaves.
 * The same seed and floor give the same visit.
 * @returns steps in order of time
 */
export function planVisit(floor: ShopFloor, seed: number): readonly VisitStep[] {
  const rng = xoroshiro128plus(seed);
  const chance = (probability: number) => uniformFloat64(rng) < probability;
  const steps: VisitStep[] = [];
  let atMs = 0;
  let hasCard = false;
  floor.zones.forEach((zoneId, position) => {
    if (position > 0 && !chance(0.85)) return;
    const stayMs = uniformInt(rng, 8, 30) * 1_000;
    const scanner = floor.scanners.find((candidate) => candidate.zoneId === zoneId);
    const scans = scanner === undefined ? [] : scansAt(stayMs);
    for (let passed = 0; passed < stayMs; passed += ADVERT_EVERY_MS) {
      hearAt(atMs + passed, position);
    }
    if (scanner !== undefined) {
      for (const { afterMs, shown } of scans) {
        steps.push({ kind: 'scan', atMs: atMs + afterMs, scannerId: scanner.scannerId, shown });
      }
    }
    atMs += stayMs;
  });
  return steps.sort((a, b) => a.atMs - b.atMs);

  function hearAt(at: number, position: number): void {
    for (const { receiverId, zoneId } of floor.receivers) {
      const away = Math.abs(floor.zones.indexOf(zoneId) - position);
      if (away > FARTHEST_ZONE) continue;
      const rssiDbm = NEAR_DBM - away * ZONE_LOSS_DB + uniformInt(rng, -NOISE_DB, NOISE_DB);
      steps.push({ kind: 'heard', atMs: at, receiverId, rssiDbm });
    }
  }

  /** The card or code first, then perhaps a product and a coupon; nothing without the act that opens a session. */
  function scansAt(stayMs: number): readonly { readonly afterMs: number; readonly shown: Shown }[] {
    const scans: { afterMs: number; shown: Shown }[] = [];
    const pause = () => uniformInt(rng, 2, 4) * 1_000;
    let afterMs = pause();
    if (!hasCard && chance(0.75)) {
      hasCard = true;
      scans.push({ afterMs, shown: chance(0.7) ? 'card' : 'code' });
      afterMs += pause();
    }
    if (floor.gtins.length > 0 && chance(0.6)) {
      const gtin = floor.gtins[uniformInt(rng, 0, floor.gtins.length - 1)];
      if (gtin !== undefined) scans.push({ afterMs, shown: { gtin } });
      afterMs += pause();
    }
    if (hasCard && chance(0.5)) scans.push({ afterMs, shown: 'coupon' });
    return scans.filter((scan) => scan.afterMs < stayMs);
  }
}
