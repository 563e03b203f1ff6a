import { RELEASED_MOVE } from './released-coupon-repository.ts';
import type { Database, Statement } from 'better-sqlite3';
import type { Purpose } from '../../kernel/domain/cohort.ts';
import type {
  CouponId,
  DeviceId,
  Gtin,
  LeaseId,
  OfferId,
  Pseudonym,
  VisitId,
  ZoneId,
} from '../../kernel/domain/ids.ts';
import { type PriceHistory, spansOf } from '../../kernel/domain/price-history.ts';
import type { Slice } from '../../kernel/domain/escrow.ts';
import { CHAIN_START, type PushedEvent, type Stream } from '../../kernel/protocol/hq-sync.ts';
import { LANES, type Lane } from '../../kernel/protocol/journal-events.ts';
import type { DeviceKind } from '../../kernel/protocol/enrolment.ts';
import { PRICE_SOURCES, PRICES_SINCE } from './price-repository.ts';
import type {
  LaneRange,
  LookUpKind,
  NumberedRow,
  OfferCount,
  OpenVisit,
  KeptBundle,
  StoredCoupon,
  StoredDevice,
  StoredRow,
  StoreReads,
} from '../reads.ts';
import { OwedRepository } from './owed-repository.ts';

/** Text of a pushed batch at most (kernel/protocol/hq-sync.ts), leaving room for the JSON around the bodies. */
const MAX_BATCH_BYTES = 200_000;
const ROW_OVERHEAD_BYTES = 420;

interface JournalRow {
  readonly seq: number;
  readonly event_id: string;
  readonly type: string;
  readonly v: number;
  readonly previous_hash: string;
  readonly content_hash: string;
  readonly salt: string | null;
  readonly body: string | null;
  readonly boot_id: string;
  readonly mono_ms: number;
  readonly wall_ms: number;
}

/** What the main thread reads, through a connection that never waits for the writer's disk. */
export class StoreReader implements StoreReads {
  readonly #meta: Statement<[string], { readonly value: string }>;
  readonly #cursor: Statement<[Stream], { readonly hq_epoch: string; readonly rev: number }>;
  readonly #lane: Statement<[Lane, number, number], JournalRow>;
  readonly #ackedSeq: Statement<[Lane, string], { readonly seq: number }>;
  readonly #firstSeq: Statement<[Lane], { readonly seq: number | null }>;
  readonly #lastSeq: Statement<[Lane], { readonly seq: number | null }>;
  readonly #useOf: Statement<[CouponId], { readonly redeemed_at: number }>;
  readonly #releasedMove: Statement<[CouponId], { readonly move: number }>;
  readonly #row: Statement<[Pseudonym], CohortRowColumns>;
  readonly #lookUp: Statement<[LookUpKind, string, LeaseId], Pseudonym>;
  readonly #heldCoupons: Statement<[string], StoredCoupon>;
  readonly #rowsAfter: Statement<[number, number], CohortRowColumns & { readonly id: number }>;
  readonly #device: Statement<[string], DeviceColumns>;
  readonly #visits: Statement<[], VisitColumns>;
  readonly #bundle: Statement<[], KeptBundle>;
  readonly #withdrawals: Statement<[Pseudonym], { readonly purpose: Purpose; readonly at: number }>;
  readonly #owed: OwedRepository;
  readonly #offerCounts: Statement<[string], OfferCountColumns>;
  readonly #offerCount: Statement<[OfferId, string], OfferCountColumns>;
  readonly #shownOfDay: Statement<[Pseudonym, string], number>;
  readonly #usesOfPerson: Statement<[Pseudonym, OfferId, number], number>;
  readonly #purchaseAnswer: Statement<[string], { readonly answer: string }>;
  readonly #prices: Statement<
    [Gtin],
    { readonly source: string; readonly day: string; readonly minor: number }
  >;
  readonly #cuts: Statement<
    [Gtin],
    { readonly from: string; readonly until: string; readonly minor: number }
  >;

  constructor(db: Database) {
    this.#meta = db.prepare('SELECT value FROM meta WHERE key = ?');
    this.#cursor = db.prepare('SELECT hq_epoch, rev FROM cursor WHERE stream = ?');
    this.#lane = db.prepare(
      `SELECT seq, event_id, type, v, previous_hash, content_hash, salt, body, boot_id, mono_ms, wall_ms
       FROM journal WHERE lane = ? AND seq > ? ORDER BY seq LIMIT ?`,
    );
    this.#ackedSeq = db.prepare('SELECT seq FROM acked WHERE lane = ? AND epoch = ?');
    this.#firstSeq = db.prepare('SELECT min(seq) AS seq FROM journal WHERE lane = ?');
    this.#lastSeq = db.prepare('SELECT max(seq) AS seq FROM journal WHERE lane = ?');
    this.#useOf = db.prepare('SELECT redeemed_at FROM redemption WHERE coupon_id = ?');
    this.#releasedMove = db.prepare(RELEASED_MOVE);
    this.#row = db.prepare(
      'SELECT pseudonym, row_version, lease_id, sealed FROM cohort WHERE pseudonym = ?',
    );
    this.#lookUp = db
      .prepare<[LookUpKind, string, LeaseId], Pseudonym>(
        `SELECT look_up.pseudonym FROM look_up JOIN cohort USING (pseudonym)
         WHERE kind = ? AND hash = ? AND lease_id = ?`,
      )
      .pluck();
    this.#owed = new OwedRepository(db);
    this.#heldCoupons = db.prepare('SELECT pseudonym, sealed FROM held_coupon WHERE code_hash = ?');
    this.#rowsAfter = db.prepare(
      'SELECT id, pseudonym, row_version, lease_id, sealed FROM cohort WHERE id > ? ORDER BY id LIMIT ?',
    );
    this.#device = db.prepare(
      'SELECT device_id, kind, name, public_key, enrolled_at FROM device WHERE device_id = ? AND revoked_at IS NULL',
    );
    this.#visits = db.prepare(
      'SELECT visit_id, pseudonym, zone_id, started_at, last_heard_at FROM visit',
    );
    this.#bundle = db.prepare(
      'SELECT manifest, signature, key_id AS keyId, content FROM bundle ORDER BY version DESC LIMIT 1',
    );
    this.#withdrawals = db.prepare('SELECT purpose, at FROM withdrawal WHERE pseudonym = ?');
    this.#offerCounts = db.prepare(
      `SELECT offer_id, ${OFFER_COUNT} FROM
         (SELECT offer_id FROM outcome UNION SELECT offer_id FROM slice) AS counted
       ${OFFER_COUNT_TABLES}`,
    );
    this.#offerCount = db.prepare(
      `SELECT offer_id, ${OFFER_COUNT} FROM (SELECT ? AS offer_id) AS counted ${OFFER_COUNT_TABLES}`,
    );
    this.#shownOfDay = db
      .prepare<[Pseudonym, string], number>(
        'SELECT shown FROM shown_of_day WHERE pseudonym = ? AND day = ?',
      )
      .pluck();
    this.#usesOfPerson = db
      .prepare<[Pseudonym, OfferId, number], number>(
        'SELECT count(*) FROM use_of_person WHERE pseudonym = ? AND offer_id = ? AND at > ?',
      )
      .pluck();
    this.#purchaseAnswer = db.prepare('SELECT answer FROM purchase WHERE request_id = ?');
    this.#prices = db.prepare(
      'SELECT source, day, minor FROM price WHERE gtin = ? ORDER BY source, day, id',
    );
    this.#cuts = db.prepare(
      'SELECT from_day AS "from", until_day AS "until", minor FROM price_cut WHERE gtin = ?',
    );
  }

  meta(key: string): string | undefined {
    return this.#meta.get(key)?.value;
  }

  cursor(stream: Stream): { readonly hqEpoch: string; readonly rev: number } | undefined {
    const row = this.#cursor.get(stream);
    return row && { hqEpoch: row.hq_epoch, rev: row.rev };
  }

  /** The next events of a lane after `seq`, 500 or about 200 kB of text at most. */
  laneAfter(lane: Lane, seq: number): LaneRange | undefined {
    let bytes = 0;
    let previousHash: string | undefined;
    const events: PushedEvent[] = [];
    // Row by row: what does not fit is not read, since scans and screens wait meanwhile.
    for (const row of this.#lane.iterate(lane, seq, 500)) {
      previousHash ??= row.seq === 1 ? CHAIN_START : row.previous_hash;
      bytes += ROW_OVERHEAD_BYTES + (row.body?.length ?? 0) * 2;
      if (events.length > 0 && bytes > MAX_BATCH_BYTES) break;
      events.push(pushedEventOf(row));
    }
    return previousHash === undefined ? undefined : { previousHash, events };
  }

  ackedSeq(lane: Lane, epoch: string): number {
    return this.#ackedSeq.get(lane, epoch)?.seq ?? 0;
  }

  firstSeq(lane: Lane): number {
    return this.#firstSeq.get(lane)?.seq ?? 0;
  }

  lastSeq(lane: Lane): number {
    return this.#lastSeq.get(lane)?.seq ?? 0;
  }

  /** Facts that HQ has not committed yet. */
  unsent(epoch: string): number {
    return LANES.reduce(
      (sum, lane) => sum + Math.max(0, this.lastSeq(lane) - this.ackedSeq(lane, epoch)),
      0,
    );
  }

  /** When a coupon was used here; undefined: it was not. */
  redeemedAt(couponId: CouponId): number | undefined {
    return this.#useOf.get(couponId)?.redeemed_at;
  }

  releasedMove(couponId: CouponId): number | undefined {
    return this.#releasedMove.get(couponId)?.move;
  }

  owed(): number {
    return this.#owed.open;
  }

  offerCounts(day: string): readonly (readonly [OfferId, OfferCount])[] {
    return this.#offerCounts.all(day).map((row) => [row.offer_id, offerCountOf(row)]);
  }

  offerCount(offerId: OfferId, day: string): OfferCount {
    const row = this.#offerCount.get(offerId, day);
    if (row === undefined) throw new Error('a count without a row'); // the SELECT names one itself
    return offerCountOf(row);
  }

  shownOfDay(pseudonym: Pseudonym, day: string): number {
    return this.#shownOfDay.get(pseudonym, day) ?? 0;
  }

  usesOfPerson(pseudonym: Pseudonym, offerId: OfferId, since: number): number {
    return this.#usesOfPerson.get(pseudonym, offerId, since) ?? 0;
  }

  purchaseAnswer(requestId: string): string | undefined {
    return this.#purchaseAnswer.get(requestId)?.answer;
  }

  priceHistory(gtin: Gtin): PriceHistory | undefined {
    const keptSince = this.meta(PRICES_SINCE);
    const points = this.#prices.all(gtin);
    if (keptSince === undefined || points.length === 0) return undefined;
    const shelf = PRICE_SOURCES.flatMap((source) =>
      spansOf(points.filter((point) => point.source === source)),
    );
    return { keptSince, shelf, cuts: this.#cuts.all(gtin) };
  }

  cohortRow(pseudonym: Pseudonym): StoredRow | undefined {
    const row = this.#row.get(pseudonym);
    return row && storedRowOf(row);
  }

  lookUp(kind: LookUpKind, hash: string, leaseId: LeaseId): readonly Pseudonym[] {
    return this.#lookUp.all(kind, hash, leaseId);
  }

  heldCoupons(codeHash: string): readonly StoredCoupon[] {
    return this.#heldCoupons.all(codeHash);
  }

  /** The cohort in pages, by id. @param after - 0 for the first */
  cohortPage(after: number, limit: number): readonly NumberedRow[] {
    return this.#rowsAfter.all(after, limit).map((row) => ({ id: row.id, ...storedRowOf(row) }));
  }

  device(deviceId: string): StoredDevice | undefined {
    const row = this.#device.get(deviceId);
    if (row === undefined) return undefined;
    const { device_id: id, kind, name, public_key: publicKey, enrolled_at: enrolledAt } = row;
    return { deviceId: id, kind, name: name ?? undefined, publicKey, enrolledAt };
  }

  openVisits(): readonly OpenVisit[] {
    return this.#visits.all().map((row) => ({
      visitId: row.visit_id,
      pseudonym: row.pseudonym,
      zoneId: row.zone_id,
      startedAt: row.started_at,
      lastHeardAt: row.last_heard_at,
    }));
  }

  /** By purpose, when it was last withdrawn here. */
  withdrawals(pseudonym: Pseudonym): ReadonlyMap<Purpose, number> {
    return new Map(this.#withdrawals.all(pseudonym).map(({ purpose, at }) => [purpose, at]));
  }

  bundle(): KeptBundle | undefined {
    return this.#bundle.get();
  }
}

interface CohortRowColumns {
  readonly pseudonym: Pseudonym;
  readonly row_version: number;
  readonly lease_id: LeaseId;
  readonly sealed: Buffer;
}
interface DeviceColumns {
  readonly device_id: DeviceId;
  readonly kind: DeviceKind;
  readonly name: string | null;
  readonly public_key: string;
  readonly enrolled_at: number;
}
interface VisitColumns {
  readonly visit_id: VisitId;
  readonly pseudonym: Pseudonym;
  readonly zone_id: ZoneId;
  readonly started_at: number;
  readonly last_heard_at: number;
}

interface OfferCountColumns {
  readonly offer_id: OfferId;
  readonly exposed: number;
  readonly accepted: number;
  readonly voided: number;
  readonly uses: number;
  /** JSON of a slice. */
  readonly slice: string | null;
  readonly money: string | null;
}

const SLICE =
  "json_object('granted', granted, 'returned', returned, 'spent', spent, 'givenBack', given_back)";
const OFFER_COUNT = `ifnull(exposed, 0) AS exposed, ifnull(accepted, 0) AS accepted,
  ifnull(voided, 0) AS voided, ifnull(uses, 0) AS uses,
  (SELECT ${SLICE} FROM slice WHERE slice.offer_id = counted.offer_id AND unit = 'use') AS slice,
  (SELECT ${SLICE} FROM slice WHERE slice.offer_id = counted.offer_id AND unit = 'minor') AS money`;
const OFFER_COUNT_TABLES = `LEFT JOIN outcome USING (offer_id)
  LEFT JOIN (SELECT offer_id, uses FROM use_of_day WHERE day = ?) USING (offer_id)`;

function offerCountOf(row: OfferCountColumns): OfferCount {
  const { exposed, accepted, voided, uses: usesOfDay } = row;
  const sliceOf = (text: string | null) =>
    text === null ? undefined : (JSON.parse(text) as Slice); // made by the query above
  const [slice, money] = [sliceOf(row.slice), sliceOf(row.money)];
  return { exposed, accepted, voided, usesOfDay, slice, money };
}

function storedRowOf(row: CohortRowColumns): StoredRow {
  const { pseudonym, row_version: rowVersion, lease_id: leaseId, sealed } = row;
  return { pseudonym, rowVersion, leaseId, sealed };
}

function pushedEventOf(row: JournalRow): PushedEvent {
  return {
    seq: row.seq,
    // Written by the journal repository alone, as a UUIDv7.
    eventId: row.event_id as PushedEvent['eventId'],
    type: row.type,
    v: row.v,
    contentHash: row.content_hash,
    ...(row.salt === null || row.body === null ? {} : { salt: row.salt, body: row.body }),
    bootId: row.boot_id,
    monoMs: row.mono_ms,
    wallMs: row.wall_ms,
  };
}
