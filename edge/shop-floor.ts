import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pseudonym, ScannerId, StationId } from '../kernel/domain/ids.ts';
import { BundleSchema } from '../kernel/domain/offer.ts';
import { ReplayWatch } from '../kernel/domain/replay-watch.ts';
import { zoneMapOf } from '../kernel/domain/zone-map.ts';
import { parse } from '../kernel/parse.ts';
import type { PricesPost } from '../kernel/protocol/pos-api.ts';
import type { Configuration } from '../node/configuration.ts';
import { nodeCrypto } from '../node/crypto.ts';
import type { Log } from '../node/logs.ts';
import { Cohort } from './consent/cohort.ts';
import { DamagedRows } from './consent/damaged-rows.ts';
import { LeaseGuard } from './consent/lease-guard.ts';
import { type AskHq, Visitors } from './consent/visitors.ts';
import { withoutWithdrawn } from './consent/withdrawing.ts';
import { leaseFileAt } from './db/lease-file.ts';
import { createChallenge } from './engagement/challenges.ts';
import { Engagement } from './engagement/engagement.ts';
import { Kiosk } from './engagement/kiosk.ts';
import { StaffChecks } from './engagement/staff-checks.ts';
import { Verdicts } from './engagement/verdicts.ts';
import { randomIds as ids } from './ids.ts';
import { Catalogue } from './offers/catalogue.ts';
import { Decisions } from './offers/decisions.ts';
import { PriceJournal } from './offers/price-journal.ts';
import { ProductLookUp } from './offers/product-look-up.ts';
import { DropFolder } from './pos/drop-folder.ts';
import { CodesAtTill } from './pos/codes-at-till.ts';
import { Till } from './pos/till.ts';
import { TestWalks } from './presence/test-walks.ts';
import { StoreLedger } from './offers/store-ledger.ts';
import { storeTimeIn } from './offers/store-time.ts';
import { Visits } from './presence/visits.ts';
import type { StoreReads } from './reads.ts';
import { PhoneReports } from './recognition/phone-reports.ts';
import { Recogniser } from './recognition/recogniser.ts';
import type { RowKey } from './recognition/token-builder.ts';
import { MOST_SET_BACK_MS } from './recognition/token-keys.ts';
import { type Recognisable, TokenTable } from './recognition/token-table.ts';
import { TokenThread } from './recognition/token-thread.ts';
import { type AskForCoupon, CouponMoves } from './redemption/coupon-moves.ts';
import { Redemption } from './redemption/redemption.ts';
import type { TrustedClock } from './trusted-clock.ts';
import { factOf, type Writer } from './writes.ts';

export interface ShopFloorParts {
  readonly configuration: Configuration;
  readonly dataDir: string;
  /** The database's file, for the thread that reads it by itself. */
  readonly database: string;
  readonly reads: StoreReads;
  readonly writer: Writer;
  readonly clock: TrustedClock;
  readonly log: Log;
  readonly report: (error: unknown) => void;
  /** Uniform, 0 to below 1; of chance nobody can foresee. */
  readonly draw: () => number;
  readonly askHq: AskHq;
  readonly askForCoupon: AskForCoupon;
  readonly stationChanged: (stationId: StationId) => void;
  /** HQ is to be asked for the cohort again. */
  readonly cohortWanted: () => void;
}
export type ShopFloor = Awaited<ReturnType<typeof openShopFloor>>;

/** So many people are waited for before the doors open, and not longer than this: others come in while it serves. */
const WAITED_FOR = 2_000;
/** What a store lives through without a line (fault-10): longer it is not thought to have been off. */
const LONGEST_OFF_MS = 30 * 86_400_000;
const KNOWN_WITHIN_MS = 2_000;

/** Everything that happens in the shop, put together: who is there, what they do, what they are shown. */
export async function openShopFloor(parts: ShopFloorParts) {
  const { configuration, reads, writer, clock, report } = parts;
  const { store, hq, stations, receivers, beacons, scanners, presence, session, floor } =
    configuration;
  const crypto = nodeCrypto;
  const phoneUrl = (hq.publicUrl ?? hq.url).replace(/\/+$/, '');
  const simulated = [...receivers, ...scanners].some(({ kind }) => kind === 'simulated');

  const builder = new TokenThread({ file: parts.database }, report);
  const tokens = new TokenTable(builder);
  const damaged = new DamagedRows(() => {
    parts.log.warn('rows of the cohort do not open: they are asked for anew');
    parts.cohortWanted();
  });
  const watch = new ReplayWatch();
  const recognition = {
    put: (person: Recognisable) => tokens.put(person),
    load: (key: RowKey) => tokens.load(key),
    forget: (pseudonym: Pseudonym) => {
      tokens.forget(pseudonym);
      watch.forget(pseudonym);
    },
    clear: () => {
      tokens.clear();
      watch.clear();
    },
  };
  const cohort = new Cohort(crypto, reads, recognition, damaged, () => clock.isCoarse);
  const catalogue = new Catalogue({ storeName: store.id, noticeUrl: `${phoneUrl}/phone/` });
  const storeTime = storeTimeIn(store.timeZone);
  const prices = new PriceJournal({ reads, writer, catalogue, storeTime });
  const products = new ProductLookUp(catalogue, configuration.codes.restricted, (gtin) =>
    prices.lowestOf(gtin, clock.now()),
  );
  const ledger = new StoreLedger(reads, storeTime, prices, configuration.coupons.owedAtMost);
  const latest = () =>
    clock.isCoarse ? (cohort.lease?.notAfter ?? clock.counted() + LONGEST_OFF_MS) : undefined;
  const decisions = new Decisions(
    { catalogue, crypto, reads, writer, ids, storeTime, latest, ledger: ledger.view.bind(ledger) },
    report,
  );
  const couponMoves = new CouponMoves({ ask: parts.askForCoupon, writer, clock });
  const redemption = new Redemption({
    ...{ cohort, catalogue, reads, ledger, moves: couponMoves, writer, clock },
  });
  const map = floor && zoneMapOf(floor);
  const visits = new Visits(writer, ids, presence, map, report);

  const visitors = new Visitors({
    crypto,
    cohort,
    withoutWithdrawn: (row) => withoutWithdrawn(reads, row),
    askHq: parts.askHq,
    writer,
    clock,
  });

  const kiosks = new Map<StationId, Kiosk>();
  for (const station of stations.filter(({ kind }) => kind === 'kiosk')) {
    const kiosk = new Kiosk(station, {
      catalogue,
      decisions,
      cohort,
      ids,
      timing: session,
      languages: store.languages,
      simulated,
      challenge: () => createChallenge(crypto, store.id, station.id, phoneUrl),
      changed: () => parts.stationChanged(station.id),
    });
    kiosks.set(station.id, kiosk);
  }
  const stationOf = new Map<ScannerId, StationId>(
    stations.flatMap((station) => station.scanners.map((id) => [id, station.id] as const)),
  );
  const engagement = new Engagement({
    storeId: store.id,
    kiosks,
    stationOf,
    crypto,
    cohort,
    visitors,
    couponMoves,
    catalogue,
    products,
    redemption,
    visits,
    ledger,
    storeTime,
    writer,
    ids,
    clock,
    draw: parts.draw,
    personalFeatures: () => leaseGuard.state,
  });
  const staffChecks = new StaffChecks({
    cohort,
    catalogue,
    redemption,
    openAt: (stationId, act) => engagement.openChecked(stationId, act),
    writer,
    ids,
    clock,
  });
  const verdicts = new Verdicts({
    crypto,
    cohort,
    visitors,
    catalogue,
    products,
    decisions,
    redemption,
    staffChecks,
    clock,
  });
  const till = new Till({
    codes: new CodesAtTill({
      crypto,
      cohort,
      visitors,
      catalogue,
      reads,
      moves: couponMoves,
      writer,
      clock,
      storeTime,
    }),
    ...{ catalogue, cohort, reads, writer, clock, ids, storeTime, latest, ledger },
  });
  const walks = new TestWalks({ tokens, cohort, clock, newId: randomUUID });
  const zoneOf = new Map(receivers.map(({ id, zone }) => [id, zone]));
  const recogniser = new Recogniser({
    tokens,
    presences: visits.presences,
    watch,
    zoneOf,
    liveAt: (heardAt) => (clock.isCoarse ? (cohort.lease?.notAfter ?? heardAt) : heardAt),
    tell: (event) => {
      visits.follow(event);
      engagement.follow(event);
    },
    overhear: (hearing) => walks.hear(hearing),
    replayed: (zoneId, at) => {
      parts.log.warn('a recorded token is sent again', { zoneId });
      const fact = factOf({ type: 'replay-suspected', zoneId, at });
      writer.write('record', { facts: [fact] }).catch(report);
    },
  });
  const phoneReports = new PhoneReports({
    storeId: store.id,
    beacons,
    crypto,
    cohort,
    clock,
    near: (recognised) => recogniser.near(recognised),
  });
  const leaseFile = leaseFileAt(join(parts.dataDir, 'lease.key'));
  const leaseGuard = new LeaseGuard({
    cohort,
    leaseFile,
    reads,
    writer,
    clock,
    off: (why) => {
      parts.log.warn(
        why === 'over'
          ? 'the lease is over: personal features are off until HQ renews it'
          : 'the lease is over by the clock, which may be wrong: personal features are off until HQ or the clock says otherwise',
      );
      engagement.leaseOver();
      for (const event of visits.endAll()) engagement.follow(event);
    },
    on: () => parts.log.info('the clock is right again: personal features are on'),
    report,
  });

  const kept = reads.bundle();
  if (kept !== undefined)
    catalogue.serve(parse(BundleSchema, JSON.parse(new TextDecoder().decode(kept.content))));
  visits.restore(reads);
  const tablesMade = tokens.turn(clock.now());
  const loading = tablesMade.then(() => leaseGuard.load()).catch(report);
  if (Number(reads.meta('cohort_rows') ?? '0') <= WAITED_FOR)
    await Promise.race([loading, pause(KNOWN_WITHIN_MS, undefined, { ref: false })]);

  const takePrices = async (list: PricesPost) => {
    const changed = await prices.take(list, clock.now());
    if (changed > 0) engagement.refresh();
    return changed;
  };
  const dropFolders = configuration.tills.map(
    ({ station: stationId, folder, currency }) =>
      new DropFolder({
        ...{ folder, stationId, currency, till, takePrices, storeTime, clock, log: parts.log },
        categoryOf: (gtin) => catalogue.product(gtin)?.category,
      }),
  );

  return {
    catalogue,
    cohort,
    couponMoves,
    crypto,
    damaged,
    engagement,
    ledger,
    leaseFile,
    /** Settles once the lease that lies here is known, if there is one: rows may come from then on. */
    leaseKnown: tablesMade,
    phoneReports,
    /** Writes down what has a price today; screens follow where a cut may be shown, or not any more. */
    keepPrices: async () => {
      if (!clock.isCoarse && (await prices.keep(clock.now()))) engagement.refresh();
    },
    /** The shop's own price list. */
    takePrices,
    /** What tills put into their folders; call it every second. */
    takeDropped: async () => {
      await Promise.all(dropFolders.map((folder) => folder.tick()));
    },
    recogniser,
    redemption,
    simulated,
    staffChecks,
    till,
    verdicts,
    visits,
    walks,
    personalFeatures: () => leaseGuard.state,
    /** How many people tokens may be resolved to. */
    recognisable: () => tokens.size,
    /** How many kiosks have a session. */
    sessions: () => [...kiosks.values()].filter((kiosk) => kiosk.session !== undefined).length,
    turnTokens: () => {
      watch.sweep(clock.now());
      return tokens.turn(clock.now());
    },
    testTokens: () => tokens.testTokens(clock.now()),
    close: () => builder.close(),
    /** Nothing that counts from a moment before holds any more. @param byMs - negative: time went back */
    timeSet: (byMs: number) => {
      engagement.timeSet();
      redemption.timeSet();
      till.timeSet();
      watch.clear();
      for (const event of visits.endAll()) engagement.follow(event);
      if (byMs < -MOST_SET_BACK_MS) leaseGuard.timeSetBack();
      tokens.turn(clock.now()).catch(report);
    },
    /** What time alone changes. Call it several times a second. */
    tick: () => {
      leaseGuard.check();
      for (const event of visits.sweep(clock.now())) engagement.follow(event);
      engagement.tick();
      walks.tick();
    },
  };
}
