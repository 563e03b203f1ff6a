import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { uuidv7 } from 'uuidv7';
import type { DeviceId, StationId } from '../kernel/domain/ids.ts';
import type { SogliaError } from '../kernel/errors.ts';
import type { PersonalFeatures } from '../kernel/protocol/personal-features.ts';
import { readAccuracyReport } from '../node/accuracy-report.ts';
import type { Configuration } from '../node/configuration.ts';
import { nodeCrypto } from '../node/crypto.ts';
import { EnrolmentAuthority } from '../node/enrolment-authority.ts';
import { EnrolmentClient } from '../node/enrolment-client.ts';
import { createHttpServer } from '../node/http-server.ts';
import { listen } from '../node/listening.ts';
import type { Log } from '../node/logs.ts';
import { CarrierThread } from './carrier.ts';
import { openForReading } from './db/open-database.ts';
import { StoreReader } from './db/store-reader.ts';
import { deviceRepository, Devices } from './devices/devices.ts';
import { inShort, ShopHealth } from './devices/shop-health.ts';
import { hqOverHttp } from './http/hq-http.ts';
import { createMetrics } from './http/metrics.ts';
import { edgeRoutes, OPERATOR, operatorRoutes } from './http/routes.ts';
import { thisMachine } from './machine.ts';
import { Gateways } from './realtime/gateways.ts';
import { openHqLine, type HqLine } from './realtime/hq-line.ts';
import { openShopFloor } from './shop-floor.ts';
import { openStoreFile, type StoreFile } from './store-file.ts';
import { connectToHq } from './sync/connect.ts';
import { keptTimeOf, type Machine, TrustedClock } from './trusted-clock.ts';
import { VERSION } from './version.ts';
import { factOf } from './writes.ts';

export interface EdgeOptions {
  readonly configuration: Configuration;
  /** Holds database, keys and the operator socket; made 0700 if it is not there. */
  readonly dataDir: string;
  /** Instead of the configured one; 0: any free one. */
  readonly port?: number;
  /** Of `dataDir`, where its opening has begun already. */
  readonly storeFile?: StoreFile;
  readonly log: Log;
  readonly machine?: Machine;
  /** Uniform, 0 to below 1, in place of the machine's own chance: what screens lead with is drawn by it. */
  readonly draw?: () => number;
  /** How often to ask HQ without a hint, ms. */
  readonly pollMs?: number;
  /** For the first enrolment at HQ: a code, or the operator socket of an HQ on this machine. */
  readonly enrolmentCode?: string | undefined;
  readonly hqOperatorSocket?: string | undefined;
  /** Built pages for `/handheld/`; found by itself where they are built. */
  readonly handheldFolder?: string;
}
export interface Running {
  readonly url: string;
  readonly operatorSocket: string;
  /** Settles if the disk cannot be trusted any more: nothing is acknowledged from then on, so the process must end. */
  readonly failed: Promise<SogliaError>;
  stop(): Promise<void>;
}

const POLL_MS = 15_000;
const DRAWS = 2 ** 47;
const TICK_MS = 250;
const DROPPED_MS = 1_000;
const SLOW_TICK_MS = 5_000;
const KEEP_TIME_MS = 60_000;
const SWEEP_MS = 3_600_000;

/**
 * Opens the store: serves what it has at once, and goes on without HQ for as long as it must.
 * @throws {SogliaError} 'storage/failed' for a damaged database, 'config/invalid' for an address in use
 */
export async function start(options: EdgeOptions): Promise<Running> {
  const { configuration, dataDir, log } = options;
  const { store, stations } = configuration;
  const endings: (() => void | Promise<void>)[] = [];
  const ended = new AbortController();
  const report = (error: unknown) => {
    if (!ended.signal.aborted) log.error('something failed', {}, error);
  };

  const { file, failed, writer: opening } = options.storeFile ?? openStoreFile(dataDir);
  const writer = await opening;
  const stop = async () => {
    ended.abort();
    for (const end of endings.reverse()) {
      try {
        await end();
      } catch (error) {
        log.error('a part did not stop', {}, error);
      }
    }
  };
  endings.push(() => writer.stop());
  try {
    const reading = openForReading(file);
    endings.push(() => void reading.close());
    const reads = new StoreReader(reading);
    const epoch = reads.meta('edge_epoch') ?? '';
    const clock = new TrustedClock(
      options.machine ?? thisMachine(),
      keptTimeOf(reads.meta('time')),
      Number(reads.meta('high_water_time') ?? '0'),
      (byMs) => {
        log.warn('time was set: sessions end, visits begin anew', { durationMs: byMs });
        floor.timeSet(byMs);
      },
    );

    let wakePull: () => void = () => undefined; // the first pull comes by itself
    let hqLine: HqLine | undefined;
    const floor = await openShopFloor({
      configuration,
      dataDir,
      reads,
      writer,
      clock,
      log,
      report,
      draw: options.draw ?? (() => randomInt(DRAWS) / DRAWS),
      database: file,
      askHq: async (ask) => hqLine?.ask(ask),
      askForCoupon: async (ask) => hqLine?.askForCoupon(ask),
      stationChanged: (stationId: StationId) => gateways.stationChanged(stationId),
      cohortWanted: () => wakePull(),
    });
    endings.push(() => floor.close());

    const authority = new EnrolmentAuthority({
      audience: store.id,
      devices: deviceRepository(writer, reads, clock),
      crypto: nodeCrypto,
      now: () => clock.now(),
      newDeviceId: () => uuidv7() as DeviceId,
      alarm: (deviceKind) =>
        log.warn('an enrolment code was burned by wrong tries', { deviceKind }),
    });
    const devices = new Devices(authority, store.id, stations);

    const client = await EnrolmentClient.open({
      url: configuration.hq.url,
      folder: join(dataDir, 'hq'),
      kind: 'store',
      now: () => clock.now(),
    });
    let hqReachable = false;
    const sync = connectToHq({
      client,
      carrier: new CarrierThread({ file, url: configuration.hq.url }, client, ended.signal),
      hq: hqOverHttp(configuration.hq.url, client, ended.signal),
      floor,
      reads,
      writer,
      clock,
      epoch,
      storeId: store.id,
      pollMs: options.pollMs ?? POLL_MS,
      enrolmentCode: options.enrolmentCode,
      hqOperatorSocket: options.hqOperatorSocket,
      log,
      heardFrom: (time) => {
        const wasCoarse = clock.isCoarse;
        clock.heard(time);
        if (wasCoarse) void keepTime().catch(report);
      },
      reached: (isReached) => {
        if (isReached === hqReachable) return;
        hqReachable = isReached;
        log.info(isReached ? 'HQ answers' : 'HQ does not answer', { url: configuration.hq.url });
        gateways.handheldsChanged();
      },
      enrolled: () => {
        hqLine = openHqLine({
          url: configuration.hq.url,
          client,
          hinted: () => sync.wakePull(),
          confirm: (confirmation) => floor.engagement.confirm(confirmation),
          report: (phoneReport) => floor.phoneReports.take(phoneReport),
          release: (ask) => floor.couponMoves.release(ask),
          random: Math.random,
          failed: report,
        });
      },
    });
    writer.onCommitted(() => sync.wakePush());
    wakePull = () => sync.wakePull();

    const health = new ShopHealth({
      configuration,
      clock,
      changed: (parts, anew) => {
        const fact = factOf({ type: 'parts-changed', anew, parts: [...parts], at: clock.now() });
        writer.write('record', { facts: [fact] }).catch(report);
      },
    });
    const unsent = () => reads.unsent(epoch);
    const lease = () => floor.cohort.lease;
    const status = async () => ({
      storeId: store.id,
      version: VERSION,
      hq: { url: configuration.hq.url, enrolled: client.enrolled !== undefined, hqReachable },
      personalFeatures: inWords(floor.personalFeatures()),
      leaseNotAfter: lease()?.notAfter ?? null,
      members: floor.cohort.size,
      recognisable: floor.recognisable(),
      bundleVersion: floor.catalogue.version,
      waiting: unsent(),
      visits: floor.visits.count,
      zones: await measured(),
      sockets: gateways.connected,
      bridge: health.report ?? null,
      parts: health.all(),
    });
    /** By the last guided walk; null: nobody has walked yet. */
    const measured = async () => {
      const report = await readAccuracyReport(dataDir);
      return report ? { accuracy: report.accuracy, measuredAt: report.measuredAt } : null;
    };
    const { counts } = floor.recogniser;
    const metrics = createMetrics(
      {
        sightingsResolved: () => counts.resolved,
        sightingsUnresolved: () => counts.unresolved,
        batchesRejected: () => counts.rejectedBatches,
        writesWaiting: () => writer.waiting,
        factsUnsent: unsent,
        visitsOpen: () => floor.visits.count,
        sessionsOpen: () => floor.sessions(),
        members: () => floor.cohort.size,
        recognisable: () => floor.recognisable(),
        damagedRows: () => floor.damaged.found,
        bundleVersion: () => floor.catalogue.version,
        hqReachable: () => (hqReachable ? 1 : 0),
        personalFeatures: () => (floor.personalFeatures().kind === 'on' ? 1 : 0),
        timeCoarse: () => (clock.isCoarse ? 1 : 0),
        replays: () => counts.replays,
        leaseSecondsLeft: () => Math.max(0, ((lease()?.notAfter ?? 0) - clock.now()) / 1_000),
        sockets: () => gateways.connected,
      },
      floor.visits.moments,
      health,
    );
    const isReady = () => !ended.signal.aborted && writer.isServing;
    const parts = () => inShort(health.all());
    const routeParts = {
      ...{ devices, isReady, metrics, status, parts, walks: floor.walks, till: floor.till },
      personalFeatures: () => floor.personalFeatures(),
      takePrices: floor.takePrices,
    };

    const kioskPort = String(configuration.kiosk.port);
    const allowedOrigins = [
      `http://127.0.0.1:${kioskPort}`,
      `http://localhost:${kioskPort}`,
      'app://kiosk',
    ];
    const handheld = options.handheldFolder ?? builtHandheld();
    const server = createHttpServer({
      routes: edgeRoutes(routeParts),
      authenticate: (request) => Promise.resolve(authority.bearerOf(request.headers.authorization)),
      statics: handheld === undefined ? [] : [{ path: '/handheld/', folder: handheld }],
      allowedOrigins,
      report,
    });
    const handheldState = () => ({
      storeName: floor.catalogue.storeName,
      simulated: floor.simulated,
      hqReachable,
      waiting: unsent(),
      personalFeatures: floor.personalFeatures(),
      kiosks: stations.filter(({ kind, touch }) => kind === 'kiosk' && touch).map(({ id }) => id),
    });
    let recordableTokens: string[] = [];
    const gateways = new Gateways(server, {
      authority,
      engagement: floor.engagement,
      verdicts: floor.verdicts,
      staffChecks: floor.staffChecks,
      redemption: floor.redemption,
      recogniser: floor.recogniser,
      clock,
      handheldState,
      bridgeSettings: () => ({
        recordableTokens,
      }),
      bridgeHealth: (report) => health.take(report),
      allowedOrigins,
      report,
    });
    const { host } = configuration.edge;
    const port = options.port ?? configuration.edge.port;
    const listening = await listen(server, { host, port });
    endings.push(() => listening.close());
    endings.push(() => gateways.close());
    const operator = createHttpServer({
      routes: operatorRoutes(routeParts),
      authenticate: () => Promise.resolve(OPERATOR),
      report,
    });
    const operatorSocket = join(dataDir, 'operator.sock');
    const operating = await listen(operator, { socketPath: operatorSocket });
    endings.push(() => operating.close());

    let told = '';
    const slowly = async () => {
      await floor.turnTokens();
      floor.visits.keep();
      health.tick();
      recordableTokens = [...floor.testTokens()];
      gateways.settingsChanged();
      const news = JSON.stringify(handheldState());
      if (news !== told) gateways.handheldsChanged();
      told = news;
    };
    const timers = [
      setInterval(() => {
        clock.check();
        floor.tick();
      }, TICK_MS),
      setInterval(() => void floor.takeDropped().catch(report), DROPPED_MS),
      setInterval(() => void keepTime().catch(report), KEEP_TIME_MS),
      setInterval(() => void slowly().catch(report), SLOW_TICK_MS),
      setInterval(() => void floor.keepPrices().catch(report), SLOW_TICK_MS),
      setInterval(() => void sweep().catch(report), SWEEP_MS),
    ];
    const sweep = async () => {
      const swept = await writer.write('sweep', { now: clock.counted() });
      for (const [event, count] of Object.entries(swept) as [string, number][])
        if (count > 0) log.info('rows went, their time being over', { event, count });
    };
    endings.push(() => {
      for (const timer of timers) clearInterval(timer);
    });
    const keepTime = async () => {
      await writer.write('keep-time', clock.kept());
    };
    await keepTime(); // a start counts, however soon it ends
    endings.push(keepTime);
    await writer.write('record', {
      facts: [factOf({ type: 'edge-started', version: VERSION, at: clock.now() })],
    });
    await floor.leaseKnown;
    sync.start();
    endings.push(() => sync.stop());
    endings.push(() => hqLine?.close());
    return { url: listening.url, operatorSocket, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function inWords(features: PersonalFeatures): string {
  if (features.kind === 'on') return 'on';
  const since =
    features.since === undefined ? '' : ` since ${new Date(features.since).toISOString()}`;
  const why = {
    'no-lease': 'no lease from HQ',
    'not-renewed': 'HQ has not renewed the lease; coupons work',
    clock: 'the lease is over by a clock that may be wrong; coupons work',
  }[features.why];
  return `off${since}: ${why}`;
}

/** Where `vite build` puts the pages: in development below .cache, in a release below dist. */
function builtHandheld(): string | undefined {
  const folders = ['../.cache/web/handheld', '../dist/web/handheld', '../web/handheld'];
  return folders
    .map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
    .find((folder) => existsSync(folder));
}
