import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { uuidv7 } from 'uuidv7';
import { DeviceIdSchema } from '../kernel/domain/ids.ts';
import { makePrivateFolder } from '../node/atomic-file.ts';
import { nodeCrypto } from '../node/crypto.ts';
import { EnrolmentAuthority } from '../node/enrolment-authority.ts';
import { createHttpServer, type Route } from '../node/http-server.ts';
import { listen, type Listening } from '../node/listening.ts';
import type { Log } from '../node/logs.ts';
import type { Clock } from './clock.ts';
import { createAlarms } from './alarms/alarms.ts';
import { SqlDeviceRepository } from './db/device-repository.ts';
import { databaseFiles } from './db/database-files.ts';
import { openDatabase } from './db/open-database.ts';
import { type Committed, sqlUnitOfWork } from './db/sql-unit-of-work.ts';
import { authenticator, type HqCaller, sessionCookieOf } from './http/callers.ts';
import { consoleRoutes } from './http/console-routes.ts';
import { healthRoutes } from './http/health-routes.ts';
import { createMetrics } from './http/metrics.ts';
import { noticeRoutes } from './http/notice-routes.ts';
import { phoneRoutes } from './http/phone-routes.ts';
import { privacyRoutes } from './http/privacy-routes.ts';
import { STORE_RATE, storeRoutes } from './http/store-routes.ts';
import type { BucketSize } from './token-bucket.ts';
import { createIntake } from './ingest/intake.ts';
import { createOffers } from './offers/offers.ts';
import { createCohort } from './profiles/cohort.ts';
import { confirmBy } from './profiles/confirmation.ts';
import { createConsents } from './profiles/consents.ts';
import { createConsoleAccess } from './profiles/console-access.ts';
import { createCustomers } from './profiles/customers.ts';
import { createJoining } from './profiles/joining.ts';
import { reportBy } from './profiles/phone-report.ts';
import { couponMovesOf } from './profiles/coupon-moves.ts';
import { visitorsOf } from './profiles/visitors.ts';
import { createErasures } from './privacy/erasures.ts';
import { createRetention } from './privacy/retention.ts';
import { createSubjects } from './privacy/subjects.ts';
import { createFeed } from './publishing/feed.ts';
import { createPublishing } from './publishing/publishing.ts';
import { openBundleSigner } from './publishing/signing-key.ts';
import { createStores } from './publishing/stores.ts';
import { ResultsThread } from './results/results-thread.ts';
import { type Gateways, serveSockets } from './realtime/gateways.ts';

const DATABASE = 'hq.sqlite';
const SWEEP_MS = 3_600_000;

export interface HqOptions {
  /** Holds the database, the signing key and the operator socket; made 0700 where it is not there. */
  readonly dataDir: string;
  /** 4100 unless told; 0: any free one. */
  readonly port?: number;
  readonly host?: string;
  /** Where phones and browsers reach HQ; its own address unless told. */
  readonly publicUrl?: string;
  /** Who answers for the data, as notices and consent texts name them; the first store's name unless told. */
  readonly controller?: string;
  /** Where the built pages lie. */
  readonly webDir?: string;
  readonly log: Log;
  readonly clock?: Clock;
  readonly storeRate?: BucketSize;
}
export interface RunningHq {
  readonly url: string;
  readonly operatorSocket: string;
  /** All that is allowed: what no row names is denied. */
  readonly routes: readonly Pick<Route<HqCaller>, 'method' | 'path' | 'who'>[];
  stop(): Promise<void>;
}

/**
 * Starts head office.
 * @throws {SogliaError} 'storage/failed' or 'config/invalid', in words, where it cannot
 */
export async function start(options: HqOptions): Promise<RunningHq> {
  const { dataDir, log, clock = () => Date.now(), port = 4100, host = '127.0.0.1' } = options;
  await makePrivateFolder(dataDir);
  const opened = await openDatabase(join(dataDir, DATABASE));
  try {
    return await serve({ ...options, clock, port, host }, opened);
  } catch (error) {
    await opened.close();
    log.error('could not start', {}, error);
    throw error;
  }
}

type Opened = Awaited<ReturnType<typeof openDatabase>>;

async function serve(
  options: HqOptions & Required<Pick<HqOptions, 'clock' | 'port' | 'host'>>,
  opened: Opened,
): Promise<RunningHq> {
  const { dataDir, log, clock, port, host } = options;
  const signer = await openBundleSigner(join(dataDir, 'bundle-key.pem'));
  let gateways = undefined as Gateways | undefined; // there once the server is
  let url = options.publicUrl ?? `http://${host}:${String(port)}`;
  const publicUrl = () => url;

  const rows = rowMaker(log, () => cohort.makeRows());
  const database = sqlUnitOfWork(opened.db, (committed) => {
    tell(gateways, committed);
    if (committed.rowsMarked) rows.wake();
  });
  const cohort = createCohort(database, nodeCrypto, clock);
  const authority = new EnrolmentAuthority({
    audience: 'hq',
    devices: new SqlDeviceRepository(opened.db, clock),
    crypto: nodeCrypto,
    now: clock,
    newDeviceId: () => DeviceIdSchema.parse(uuidv7()),
    alarm: (deviceKind) => log.error('an enrolment code was burned by wrong tries', { deviceKind }),
  });
  authority.onRevoked((deviceId) => gateways?.cut(deviceId));
  const access = createConsoleAccess(database, nodeCrypto, clock, publicUrl);
  const stores = createStores(database, nodeCrypto, clock, options.controller);
  const offers = createOffers(database, clock);
  const publishing = createPublishing(database, signer, clock, publicUrl);
  const results = new ResultsThread(join(dataDir, DATABASE), clock);
  const customers = createCustomers(database, nodeCrypto, clock);
  const joining = createJoining(database, nodeCrypto, clock, publicUrl);
  const consents = createConsents(database, nodeCrypto, clock);
  const alarms = createAlarms(database, clock);
  const { hqEpoch } = opened;
  const files = databaseFiles(opened.db, join(dataDir, DATABASE));
  const erasures = createErasures({
    database,
    files,
    clock,
    revoke: (phoneId) => authority.revoke(phoneId),
  });
  const retention = createRetention(database, files, clock, (rule, count) =>
    log.info('rows went, their time being over', { event: rule, count }),
  );
  const feed = createFeed({
    ...{ database, hqEpoch, crypto: nodeCrypto, clock, publishing },
    makeRows: (storeId) => cohort.makeRows(storeId),
    erasuresApplied: (storeId, rev) => erasures.applied(storeId, rev),
  });
  const intake = createIntake(database, hqEpoch, nodeCrypto, clock, {
    quarantined: ({ storeId, lane }, seq) =>
      log.error('an epoch is quarantined: two payloads under one number', { storeId, lane, seq }),
    notUnderstood: (storeId, type, v) =>
      log.warn('an event was kept that is not understood', { storeId, event: type, version: v }),
  });
  const away = { kind: 'refused', reason: 'store-away' } as const;
  const confirm = confirmBy(
    database,
    async (storeId, answer) => (await gateways?.confirm(storeId, answer)) ?? away,
  );
  const report = reportBy(
    database,
    clock,
    async (storeId, heard) => (await gateways?.report(storeId, heard)) ?? away,
  );
  const isReady = () => stores.controller().then(yes, no);

  const routes: Route<HqCaller>[] = [
    ...healthRoutes(isReady),
    ...noticeRoutes(() => stores.controller()),
    ...storeRoutes({
      ...{ authority, hqEpoch, feed, intake, clock },
      bundleKeys: [signer.publicKey],
      rate: options.storeRate ?? STORE_RATE,
    }),
    ...phoneRoutes({ joining, consents, customers, confirm, report, clock }),
    ...privacyRoutes({ erasures, subjects: createSubjects(database, clock) }),
    ...consoleRoutes({
      ...{ access, authority, stores, offers, publishing, results, customers, joining, alarms },
      metrics: createMetrics(alarms),
      isOnline: (storeId) => gateways?.isOnline(storeId) ?? false,
      isSecure: () => url.startsWith('https:'),
    }),
  ];
  const failed = (error: unknown) => log.error('a request failed here', {}, error);
  const webDir = options.webDir ?? builtPages();
  const publicOrigins = options.publicUrl === undefined ? [] : [new URL(options.publicUrl).origin];
  const server = createHttpServer<HqCaller>({
    routes,
    report: failed,
    authenticate: authenticator(authority, access),
    allowedOrigins: publicOrigins,
    statics: ['console', 'phone'].map((app) => ({
      path: `/${app}/`,
      folder: join(webDir, app),
    })),
  });
  const operatorServer = createHttpServer<HqCaller>({
    routes,
    report: failed,
    authenticate: () => Promise.resolve({ kind: 'operator' }),
  });
  gateways = serveSockets(server, {
    clock,
    holderOf: (token) => authority.holderOf(token),
    sessionUntil: async (cookie) => {
      const token = sessionCookieOf(cookie);
      return token === undefined ? undefined : access.sessionUntil(token);
    },
    allowedOrigins: () => publicOrigins,
    find: visitorsOf(database, nodeCrypto, clock),
    moveCoupon: couponMovesOf(
      ...([database, nodeCrypto, clock] as const),
      async (holder, ask) => (await gateways?.release(holder, ask)) ?? away,
    ),
    failed,
  });

  let swept = Promise.resolve();
  const sweep = () => {
    swept = retention.sweep().catch((error: unknown) => {
      log.error('what is over could not be removed; it is tried again', {}, error);
    });
  };
  const sweeping = setInterval(sweep, SWEEP_MS);
  const operatorSocket = join(dataDir, 'operator.sock');
  const listening: Listening[] = [];
  const stop = stopper(log, [
    () => gateways.close(),
    ...[0, 1].map((i) => async () => listening[i]?.close()),
    () => {
      clearInterval(sweeping);
      return swept;
    },
    () => rows.ended(),
    () => results.close(),
    () => opened.close(),
  ]);
  try {
    listening.push(await listen(operatorServer, { socketPath: operatorSocket }));
    listening.push(await listen(server, { host, port }));
  } catch (error) {
    await Promise.all(listening.map((each) => each.close()));
    await gateways.close();
    throw error;
  }
  const own = listening[1]?.url ?? url;
  url = options.publicUrl ?? own;
  sweep();
  rows.wake(); // what a crash left to be made
  log.info('ready', { url: own });
  return { url: own, operatorSocket, routes, stop };
}

const yes = () => true;
const no = () => false;

function tell(gateways: Gateways | undefined, { hints, news }: Committed): void {
  for (const [storeId, streams] of hints) gateways?.hint(storeId, [...streams]);
  for (const item of new Map(news.map((each) => [JSON.stringify(each), each])).values())
    gateways?.news(item);
}

/** Makes rows in the background, one run at a time; a wake during a run means another run after it. */
function rowMaker(log: Log, makeRows: () => Promise<void>) {
  let running: Promise<void> | undefined;
  let isWoken = false;
  let isEnded = false;
  async function run(): Promise<void> {
    while (isWoken && !isEnded) {
      isWoken = false;
      try {
        await makeRows();
      } catch (error) {
        log.error('rows could not be made; they stay marked', {}, error);
        return;
      }
    }
  }
  return {
    wake() {
      isWoken = true;
      running ??= run().finally(() => (running = undefined));
    },
    async ended() {
      isEnded = true;
      await running;
    },
  };
}

/** Every step is done even where one fails; a second call waits for the first. */
function stopper(log: Log, steps: readonly (() => Promise<unknown>)[]): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  async function stopAll(): Promise<void> {
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        log.error('a part did not stop cleanly', {}, error);
      }
    }
    log.info('stopped');
  }
  return () => (stopped ??= stopAll());
}

/** `dist/web`, from the sources and compiled. */
function builtPages(): string {
  const inSources = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(inSources ? '../dist/web' : '../web', import.meta.url));
}
