import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** Numbers of the whole store, read when asked for. None has a label that points at a person or a device. */
export interface Figures {
  readonly sightingsResolved: () => number;
  readonly sightingsUnresolved: () => number;
  readonly batchesRejected: () => number;
  readonly writesWaiting: () => number;
  readonly factsUnsent: () => number;
  readonly visitsOpen: () => number;
  readonly sessionsOpen: () => number;
  readonly members: () => number;
  readonly bundleVersion: () => number;
  readonly hqReachable: () => number;
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
  bundleVersion: ['soglia_bundle_version', 'Version of the offers that are served'],
  hqReachable: ['soglia_hq_reachable', '1 when HQ answered last time'],
  leaseSecondsLeft: ['soglia_lease_seconds_left', 'Until the store may know nobody; 0: over'],
  sockets: ['soglia_sockets', 'Devices connected'],
} as const satisfies Record<keyof Figures, readonly [string, string]>;

/**
 * The text that a Prometheus scrapes.
 * @param moments - how often each moment of presence was told, of anybody
 */
export function createMetrics(
  figures: Figures,
  moments: Readonly<Record<string, number>>,
): () => Promise<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
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
