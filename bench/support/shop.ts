import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EnrolmentCodeMadeSchema } from '../../kernel/protocol/console-api.ts';
import { askOperator } from '../../node/operator-client.ts';
import { freePort } from '../../test/support/ports.ts';
import { until } from '../../test/support/until.ts';
import { type Crowd, type CrowdSize, makeCrowd } from './crowd.ts';
import type { Endings } from './endings.ts';
import { newEpoch, newLease, openHeadOffice } from './head-office.ts';
import { type PreparedStore, prepareStore } from './prepared-store.ts';
import { type Part, root, startSoglia } from './processes.ts';

/** An edge of its own process with its whole cohort, and a head office for it in this one. */
export interface Shop {
  readonly edge: Part;
  readonly edgeUrl: string;
  readonly kioskUrl: string;
  readonly crowd: Crowd;
  /** soglia.yaml. */
  readonly config: string;
  readonly operatorSocket: string;
  readonly database: string;
  /** Settles once tokens resolve to everybody. */
  everybodyIsKnown(): Promise<unknown>;
  /** Stops the edge and starts it again. @param meanwhile - begun in the moment that the process is there */
  restart(meanwhile: (pid: number) => Promise<unknown>): Promise<void>;
  /** A folder of this part's own. */
  folder(name: string): string;
  enrolmentCode(kind: 'bridge' | 'kiosk' | 'handheld', name?: string): Promise<string>;
  /** By name; loop delays are since the last time that somebody asked. */
  metrics(): Promise<ReadonlyMap<string, number>>;
}
export interface ShopOptions extends CrowdSize {
  /** What soglia.yaml says beside addresses. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /**
   * So many have pulled their rows before: they lie in the database, and the crowd has tokens of this many. Without it the
   * whole cohort is pulled first.
   */
  readonly prepared?: { readonly tokens: number; readonly tell: (line: string) => void };
}

const STORE = 'bench';
const COHORT_WITHIN_MS = 180_000;
const StatusSchema = z.object({
  members: z.int(),
  recognisable: z.int(),
  bundleVersion: z.int(),
});

export async function openShop(options: ShopOptions, endings: Endings): Promise<Shop> {
  const top = temporaryFolder(endings);
  const folder = (name: string) => {
    mkdirSync(join(top, name), { recursive: true, mode: 0o700 });
    return join(top, name);
  };
  const data = folder('edge');
  const { crowd, lease, hqEpoch } = await cohortFor(options, data);
  const hqSocket = join(folder('hq'), 'operator.sock');
  const hq = await openHeadOffice({
    ...{ storeId: STORE, crowd, lease, hqEpoch, operatorSocket: hqSocket },
  });
  endings.add(() => hq.close());
  const [edgePort, kioskPort] = [await freePort(), await freePort()];
  const config = join(top, 'soglia.yaml');
  const configuration = {
    store: { id: STORE, timeZone: 'Europe/Rome' },
    hq: { url: hq.url },
    edge: { port: edgePort },
    kiosk: { port: kioskPort },
    ...options.configuration,
  };
  writeFileSync(config, JSON.stringify(configuration)); // JSON is YAML
  const toHq = ['--hq-operator-socket', hqSocket];
  const start = (started: (pid: number) => void = () => undefined) => {
    const args = ['edge', '--data', data, '--config', config, ...toHq];
    return startSoglia(args, endings, started);
  };
  let edge = await start();
  const operatorSocket = join(data, 'operator.sock');
  const edgeUrl = `http://127.0.0.1:${String(edgePort)}`;
  const everybodyIsKnown = () =>
    until('the whole cohort at the edge', COHORT_WITHIN_MS, async () => {
      const request = { method: 'GET', path: '/v1/status' } as const;
      const said = await askOperator(operatorSocket, StatusSchema, request);
      const { members, recognisable, bundleVersion } = said;
      return [members, recognisable].every((n) => n === options.members) && bundleVersion === 1;
    });
  await everybodyIsKnown();
  return {
    ...{ edgeUrl, crowd, config, operatorSocket, folder, everybodyIsKnown },
    get edge() {
      return edge;
    },
    async restart(meanwhile) {
      await edge.stop();
      let doing: Promise<unknown> | undefined;
      edge = await start((pid) => {
        doing = meanwhile(pid);
      });
      await doing;
    },
    kioskUrl: `http://127.0.0.1:${String(kioskPort)}/`,
    database: join(data, 'store.db'),
    async enrolmentCode(kind, name) {
      const body = { kind, ...(name === undefined ? {} : { name }) };
      const request = { method: 'POST', path: '/v1/enrolment-codes', body } as const;
      return (await askOperator(operatorSocket, EnrolmentCodeMadeSchema, request)).code;
    },
    async metrics() {
      const response = await fetch(`${edgeUrl}/metrics`, { signal: AbortSignal.timeout(5_000) });
      return parseMetrics(await response.text());
    },
  };
}

async function cohortFor(options: ShopOptions, data: string): Promise<PreparedStore> {
  const { members, prepared } = options;
  if (prepared !== undefined) return prepareStore(data, members, prepared.tokens, prepared.tell);
  const [lease, hqEpoch] = [newLease(), newEpoch()];
  return { crowd: await makeCrowd(options, lease.indexKey, Date.now()), lease, hqEpoch };
}

/** On the disk of this checkout, since a machine's temporary folder may be memory; its path is short for sockets. */
function temporaryFolder(endings: Endings): string {
  mkdirSync(`${root}.cache`, { recursive: true });
  const folder = mkdtempSync(`${root}.cache/b-`);
  endings.add(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Those without labels. */
function parseMetrics(text: string): ReadonlyMap<string, number> {
  const figures = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [name, value] = line.split(' ');
    if (name !== undefined && value !== undefined && /^[a-z]\w*$/.test(name))
      figures.set(name, Number(value));
  }
  return figures;
}
