import type { ShopHealth } from '../devices/shop-health.ts';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** Numbers of the whole store, read when asked for. None has a label that points at a person or a person's device. */
export interface Figures {
  readonly sightingsResolved: () => number;
  readonly sightingsUnresolved: () => number;
  readonly batchesRejected: () => number;
  readonly writesWaiting: () => number;
  readonly factsUnsent: () => number;
  readonly visitsOpen: () => number;
  readonly sessionsOpen: () => number;
  readonly members: () => number;
  readonly recognisable: () => number;
  readonly damagedRows: () => number;
  readonly bundleVersion: () => number;
  readonly hqReachable: () => number;
  readonly personalFeatures: () => number;
  readonly timeCoarse: () => number;
  readonly replays: () => number;
  readonly leaseSecondsLeft: () => number;
  readonly sockets: () => number;
}

const NAMES = {
  sightingsResolved: ['soglia_sightings_resolved_total', 'Tokens heard that belong to somebody'],
  sightingsUnresolved: ['soglia_sightings_unresolved_total', 'Tokens heard that belong to nobody'],
  batchesRejected: ['soglia_sighting_batches_rejected_total', 'Batches that could not be read'],
  writesWaiting: ['soglia_writes_waiting', 'Writes that wait for their commit'],
  factsUnsent: ['soglia_journal_unsent', 'Facts that HQ has not committed'],
  visitsOpen: ['soglia_visits_open', 'Visits that are not over'],
  sessionsOpen: ['soglia_sessions_open', 'Kiosks with a session'],
  members: ['soglia_cohort_members', 'People whom the store may know'],
  recognisable: ['soglia_cohort_recognisable', 'People whom tokens resolve to'],
  damagedRows: ['soglia_cohort_damaged_rows_total', 'Rows found that do not open'],
  bundleVersion: ['soglia_bundle_version', 'Version of the offers that are served'],
  hqReachable: ['soglia_hq_reachable', '1 when HQ answered last time'],
  personalFeatures: ['soglia_personal_features', '1 while the store may know people'],
  timeCoarse: ['soglia_time_coarse', '1 until HQ was heard since the machine started'],
  replays: ['soglia_replay_alarms_total', 'Recorded tokens that were sent again'],
  leaseSecondsLeft: ['soglia_lease_seconds_left', 'Until the store may know nobody; 0: over'],
  sockets: ['soglia_sockets', 'Devices connected'],
} as const satisfies Record<keyof Figures, readonly [string, string]>;

/** What the shop itself has put up, by the names in `soglia.yaml`. */
type Parts = Pick<ShopHealth, 'all' | 'beaconFigures'>;

/**
 * The text that a Prometheus scrapes.
 * @param moments - how often each moment of presence was told, of anybody
 */
export function createMetrics(
  figures: Figures,
  moments: Readonly<Record<string, number>>,
  parts: Parts,
): () => Promise<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addParts(registry, parts);
  new Counter({
    name: 'soglia_presence_moments_total',
    help: 'People near, come in, in another zone, staying, uncertain, gone',
    labelNames: ['moment'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [moment, times] of Object.entries(moments)) this.inc({ moment }, times);
    },
  });
  for (const key of Object.keys(NAMES) as (keyof Figures)[]) {
    const [name, help] = NAMES[key];
    const read = figures[key];
    if (name.endsWith('_total')) {
      new Counter({
        name,
        help,
        registers: [registry],
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    } else {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
    }
  }
  return () => registry.metrics();
}

const BEACON_GAUGES = [
  ['soglia_beacon_seconds_since_heard', 'Since the beacon was heard', 'secondsSinceHeard'],
  ['soglia_beacon_battery_millivolts', 'As the beacon last told', 'batteryMv'],
  ['soglia_beacon_battery_percent', 'As the beacon last told', 'batteryPercent'],
  ['soglia_beacon_temperature_celsius', 'As the beacon last told', 'temperatureC'],
] as const;

function addParts(registry: Registry, parts: Parts): void {
  new Gauge({
    name: 'soglia_part_working',
    help: '1 where a bridge, receiver, scanner or beacon of the shop works',
    labelNames: ['kind', 'id'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { kind, id, state } of parts.all())
        this.set({ kind, id }, state === 'working' ? 1 : 0);
    },
  });
  for (const [name, help, field] of BEACON_GAUGES) {
    new Gauge({
      name,
      help,
      labelNames: ['beacon'],
      registers: [registry],
      collect() {
        this.reset();
        for (const figures of parts.beaconFigures()) {
          const figure = figures[field];
          if (figure !== undefined) this.set({ beacon: figures.id }, figure);
        }
      },
    });
  }
}
