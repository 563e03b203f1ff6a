import { Gauge, Registry } from 'prom-client';
import type { Alarms } from '../alarms/alarms.ts';

/** The text that a Prometheus scrapes: numbers of head office, none of which points at a person. */
export function createMetrics(alarms: Pick<Alarms, 'counts'>): () => Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, which: 'all' | 'open') =>
    new Gauge({
      name,
      help,
      labelNames: ['kind'],
      registers: [registry],
      async collect() {
        for (const [kind, counts] of Object.entries(await alarms.counts()))
          this.set({ kind }, counts[which]);
      },
    });
  gauge('soglia_hq_alarms', 'Alarms that are kept, by kind', 'all');
  gauge('soglia_hq_alarms_open', 'Those that nobody has looked at', 'open');
  return () => registry.metrics();
}
