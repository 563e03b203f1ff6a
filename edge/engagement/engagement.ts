import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { type Purpose, PURPOSES } from '../../kernel/domain/cohort.ts';
import type {
  EpochMs,
  Language,
  Pseudonym,
  ScannerId,
  SessionId,
  StationId,
  StoreId,
  ZoneId,
} from '../../kernel/domain/ids.ts';
import type { PresenceEvent } from '../../kernel/domain/presence.ts';
import { type RecognisedHere, recognisedHere } from '../../kernel/domain/recognised.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { fromHex } from '../../kernel/hex.ts';
import type { BridgeScan, Tone } from '../../kernel/protocol/bridge-events.ts';
import type { Exposure, KioskAct, KioskState } from '../../kernel/protocol/kiosk-events.ts';
import type { PersonalFeatures } from '../../kernel/protocol/personal-features.ts';
import type { Confirmation, ConfirmationOutcome } from '../../kernel/protocol/relay.ts';
import { couponCodeIn } from '../../kernel/scans/coupon-code.ts';
import { meaningOfScan, type ScanMeaning } from '../../kernel/scans/scan.ts';
import type { Clock } from '../clock.ts';
import type { Cohort } from '../consent/cohort.ts';
import type { Visitors } from '../consent/visitors.ts';
import type { CouponMoves } from '../redemption/coupon-moves.ts';
import { takeBack } from '../consent/withdrawing.ts';
import type { Ids } from '../ids.ts';
import type { Catalogue } from '../offers/catalogue.ts';
import type { ProductLookUp, ProductScan } from '../offers/product-look-up.ts';
import type { Visits } from '../presence/visits.ts';
import type { Redemption } from '../redemption/redemption.ts';
import { factOf, type Writer } from '../writes.ts';
import { isSignedByPhone } from './challenges.ts';
import { type Accepted, acceptAnyCard, acceptAnyCode } from './credentials.ts';
import { foreignCouponIn } from './foreign-coupon.ts';
import type { StoreTime } from '../../kernel/domain/schedule.ts';
import type { StoreLedger } from '../offers/store-ledger.ts';
import { InTurn } from './in-turn.ts';
import type { Kiosk } from './kiosk.ts';
import { ScreenMix } from './screen-mix.ts';

export interface EngagementParts {
  readonly storeId: StoreId;
  readonly kiosks: ReadonlyMap<StationId, Kiosk>;
  /** Which station a scanner speaks to. */
  readonly stationOf: ReadonlyMap<ScannerId, StationId>;
  readonly crypto: Crypto;
  readonly cohort: Cohort;
  readonly visitors: Visitors;
  readonly couponMoves: Pick<CouponMoves, 'forget'>;
  readonly catalogue: Catalogue;
  readonly products: ProductLookUp;
  readonly redemption: Redemption;
  readonly visits: Visits;
  readonly ledger: Pick<StoreLedger, 'changed'>;
  readonly storeTime: (at: EpochMs) => StoreTime;
  readonly writer: Writer;
  readonly ids: Ids;
  readonly clock: Clock;
  /** Uniform, 0 to below 1. */
  readonly draw: () => number;
  readonly personalFeatures: () => PersonalFeatures;
}
interface Withdrawal {
  readonly stationId: StationId;
  /** Resolves once it is on disk, whoever asked for it first. */
  readonly write: () => Promise<void>;
}
/** No scan older than this opens or redeems anything (wire-14). */
const OLDEST_SCAN_MS = 2_000;
/** Heard this lately counts as standing here. */
const NEAR_WITHIN_MS = 15_000;
const MOST_REMEMBERED = 1_000;

/** The screens that stand together. */
interface ScreenZone {
  readonly zoneId: ZoneId;
  readonly kiosks: Kiosk[];
  readonly mix: ScreenMix;
}

/** What people do in the shop, and what the shop does about it. */
export class Engagement {
  readonly #parts: EngagementParts;
  readonly #inTurn = new InTurn<StationId>();
  /** Answers to scans, so that one sent again has no second effect. */
  readonly #tones = new Map<string, Promise<Tone>>();
  /** By session: what it took back, on disk or not yet. */
  readonly #withdrawals = new Map<SessionId, Withdrawal>();
  readonly #zones: readonly ScreenZone[];

  constructor(parts: EngagementParts) {
    this.#parts = parts;
    const { cohort, catalogue, draw } = parts;
    const categories = () => catalogue.index.mixable;
    const zones = new Map<ZoneId, ScreenZone>();
    for (const kiosk of parts.kiosks.values()) {
      const { zone } = kiosk.station;
      if (zone === undefined) continue;
      const others = zones.get(zone);
      if (others !== undefined) others.kiosks.push(kiosk);
      else {
        const mix = new ScreenMix({ cohort, categories, draw });
        zones.set(zone, { zoneId: zone, kiosks: [kiosk], mix });
      }
    }
    this.#zones = [...zones.values()];
  }

  /** What a scan came to, as the tone that its scanner gives. */
  scan(scan: BridgeScan): Promise<Tone> {
    const before = this.#tones.get(scan.requestId);
    if (before !== undefined) return before;
    const stationId = this.#parts.stationOf.get(scan.scannerId);
    const frame = fromHex(scan.frame);
    if (stationId === undefined || frame === undefined || scan.ageMs > OLDEST_SCAN_MS)
      return Promise.resolve('bad');
    const arrivedAt = this.#parts.clock.now() - scan.ageMs;
    const tone = this.#inTurn.run(stationId, async () => {
      // It may have waited for the scan before it.
      if (this.#parts.clock.now() - arrivedAt > OLDEST_SCAN_MS) return 'bad';
      return this.#answer(scan, stationId, meaningOfScan(frame));
    });
    forgetOldest(this.#tones.set(scan.requestId, tone));
    return tone;
  }

  /** @throws {SogliaError} 'request/not-found' for a station that is no kiosk */
  async act(stationId: StationId, act: KioskAct): Promise<null> {
    const kiosk = this.#kiosk(stationId);
    if (act.kind === 'withdraw') await this.#withdraw(kiosk, act.sessionId);
    else kiosk.step(act, this.#parts.clock.now());
    return null;
  }

  /**
   * What was really on the screen, once each, where somebody was there to see it (expose-2, expose-3).
   * @throws {SogliaError} 'request/invalid' for offers that this station was not given
   */
  async expose(stationId: StationId, exposure: Exposure): Promise<{ recorded: number }> {
    const at = this.#parts.clock.now();
    const { writer, storeTime, ledger, kiosks, visits } = this.#parts;
    const kiosk = kiosks.get(stationId);
    if (kiosk?.isSeen(exposure.decisionId, visits.presences, at) === false) return { recorded: 0 };
    const storeDay = storeTime(at).date;
    const outcome = await writer.write('expose', { ...exposure, stationId, storeDay, at });
    if (outcome.kind === 'recorded') {
      ledger.changed(outcome.offerIds);
      return { recorded: outcome.offerIds.length };
    }
    throw new SogliaError('request/invalid', 'decisionId: not decided for this station');
  }

  /** A phone's answer to what a kiosk shows. */
  confirm(confirmation: Confirmation): Promise<ConfirmationOutcome> {
    const { stationId, nonce, pseudonym, signature } = confirmation;
    const { storeId, crypto, cohort, clock } = this.#parts;
    return this.#inTurn.run(stationId, async () => {
      const refused = (reason: Extract<ConfirmationOutcome, { kind: 'refused' }>['reason']) =>
        ({ kind: 'refused', reason }) as const;
      const kiosk = this.#parts.kiosks.get(stationId);
      if (kiosk?.challenge?.nonce !== nonce) return refused('no-such-challenge');
      const row = cohort.row(pseudonym, clock.now());
      if (row === undefined) return refused('not-known-here');
      const challenge = { storeId, stationId, nonce };
      if (!(await isSignedByPhone(crypto, row, challenge, signature)))
        return refused('bad-signature');
      await this.#accept(kiosk, { row, evidence: 'phone' });
      return { kind: 'opened' };
    });
  }

  /** Staff have checked somebody and want them to have a kiosk. False for one that nobody touches, or once the row is gone. */
  openChecked(stationId: StationId, act: Omit<RecognisedHere, 'stationId'>): Promise<boolean> {
    return this.#inTurn.run(stationId, async () => {
      const kiosk = this.#parts.kiosks.get(stationId);
      const row = this.#parts.cohort.row(act.pseudonym, this.#parts.clock.now());
      if (kiosk?.station.touch !== true || row === undefined) return false;
      return this.#open(kiosk, { ...act, stationId }, row.language);
    });
  }

  kioskState(stationId: StationId): KioskState {
    return this.#kiosk(stationId).state(this.#parts.clock.now());
  }

  /** Somebody is near, came in, went to another zone, stands there, or left: each kiosk looks who is in its zone. */
  follow(event: PresenceEvent): void {
    const now = this.#parts.clock.now();
    const { pseudonym } = event;
    if (event.kind === 'leave') {
      const { lastHeardAt } = event;
      for (const kiosk of this.#parts.kiosks.values())
        kiosk.step({ kind: 'left', pseudonym, lastHeardAt }, now);
    }
    this.#followZones(now);
  }

  /** Consent withdrawn, or erased: off every screen at once (duty-6). */
  forget(pseudonym: Pseudonym): void {
    const now = this.#parts.clock.now();
    this.#parts.visitors.forget(pseudonym);
    this.#parts.couponMoves.forget(pseudonym);
    for (const { mix } of this.#zones) mix.forget(pseudonym);
    for (const kiosk of this.#parts.kiosks.values())
      kiosk.step({ kind: 'forgotten', pseudonym }, now);
    this.#followZones(now);
  }

  leaseOver(): void {
    const now = this.#parts.clock.now();
    for (const { mix } of this.#zones) mix.clear();
    this.#followZones(now);
    for (const kiosk of this.#parts.kiosks.values()) kiosk.step({ kind: 'lease-over' }, now);
  }

  timeSet(): void {
    const now = this.#parts.clock.now();
    for (const { mix } of this.#zones) mix.timeSet(now);
    for (const kiosk of this.#parts.kiosks.values()) kiosk.timeSet(now);
  }

  /** Other offers came: every screen anew. */
  refresh(): void {
    for (const kiosk of this.#parts.kiosks.values()) kiosk.refresh(this.#parts.clock.now());
  }

  /** Call it several times a second: sessions end and people walk away without anybody saying so. */
  tick(): void {
    const now = this.#parts.clock.now();
    for (const kiosk of this.#parts.kiosks.values()) kiosk.step({ kind: 'tick' }, now);
    this.#followZones(now);
  }

  /**
   * The person at the kiosk takes all their consents back: off every screen and out of memory at once, then on disk, and
   * first in line to head office. The same again is answered by what was written, or written now if it could not be.
   * @throws {SogliaError} 'request/not-found' once the session is over
   */
  #withdraw(kiosk: Kiosk, sessionId: SessionId): Promise<void> {
    const before = this.#withdrawals.get(sessionId);
    if (before?.stationId === kiosk.station.id) return before.write();
    const { session, station } = kiosk;
    if (session?.sessionId !== sessionId)
      throw new SogliaError('request/not-found', 'sessionId: that session is over');
    const { cohort, clock } = this.#parts;
    const { pseudonym } = session;
    const grants = cohort.heldRow(pseudonym, clock.now())?.grants ?? [];
    const purposes = PURPOSES.filter((purpose) =>
      grants.some((grant) => grant.purpose === purpose),
    );
    // After each yes, whatever the clock says; and by no clock that runs ahead, or a later yes would count as older.
    const at = Math.max(clock.counted(), ...grants.map(({ grantedAt }) => grantedAt));
    const keep = (write: Withdrawal['write']) =>
      forgetOldest(this.#withdrawals.set(sessionId, { stationId: station.id, write }));
    const write = () => {
      const writing = this.#writeWithdrawn(station.id, pseudonym, purposes, at);
      keep(() => writing);
      writing.then(
        () => keep(() => Promise.resolve()), // of whom it was is not remembered
        () => keep(write),
      );
      return writing;
    };
    return write();
  }

  async #writeWithdrawn(
    stationId: StationId,
    pseudonym: Pseudonym,
    purposes: readonly Purpose[],
    at: EpochMs,
  ): Promise<void> {
    const { clock, writer } = this.#parts;
    const { operations, afterwards } = takeBack(this.#parts, pseudonym, purposes, at, clock.now());
    this.forget(pseudonym);
    const facts = purposes.map((purpose) =>
      factOf({ type: 'consent-withdrawn', pseudonym, purpose, stationId, at }),
    );
    await writer.write('change-cohort', { operations, facts });
    afterwards();
  }

  async #answer(scan: BridgeScan, stationId: StationId, meaning: ScanMeaning): Promise<Tone> {
    const kiosk = this.#parts.kiosks.get(stationId);
    const now = this.#parts.clock.now();
    kiosk?.step({ kind: 'touch' }, now);
    switch (meaning.kind) {
      case 'rejected':
        return 'bad';
      case 'own-coupon':
        return this.#redeem(scan, stationId, kiosk, meaning.code);
      case 'rotating-code': {
        if (kiosk?.station.touch !== true) return 'ask';
        const { crypto, cohort, visitors, clock } = this.#parts;
        const accepted = await acceptAnyCode(crypto, cohort, visitors, meaning, stationId, clock);
        if (accepted !== undefined && (await this.#accept(kiosk, accepted))) return 'good';
        kiosk.note(
          this.#isPersonalOff()
            ? { kind: 'card-not-known', personalOff: true }
            : { kind: 'unknown-code' },
          clock.now(),
        );
        return 'ask';
      }
      case 'own-card':
      case 'opaque':
        return this.#card(kiosk, meaning);
      case 'euro-coupon':
      case 'refund-receipt':
        return this.#unknown(kiosk, meaning, now);
      case 'gs1': {
        const code = couponCodeIn(meaning);
        if (code !== undefined) return this.#redeem(scan, stationId, kiosk, `(255)${code}`);
        return this.#product(stationId, kiosk, meaning, now);
      }
      case 'iso15434':
      case 'gtin':
        return this.#product(stationId, kiosk, meaning, now);
    }
  }

  async #product(
    stationId: StationId,
    kiosk: Kiosk | undefined,
    meaning: ProductScan,
    now: EpochMs,
  ): Promise<Tone> {
    const { products, writer } = this.#parts;
    const found = products.find(meaning);
    if (found === undefined)
      return products.isStaff(meaning) || foreignCouponIn(meaning) !== undefined
        ? this.#unknown(kiosk, meaning, now)
        : this.#card(kiosk, meaning);
    const { gtin } = found.product;
    const pseudonym = kiosk?.knownPerson(now);
    const who = pseudonym === undefined ? {} : { pseudonym };
    const body = { type: 'product-scanned', gtin, stationId, ...who, at: now } as const;
    await writer.write('record', { facts: [factOf(body)] });
    const offers = kiosk?.offersFor(gtin, now);
    if (kiosk !== undefined && offers !== undefined)
      kiosk.note({ kind: 'product', product: found.card, offers }, now);
    return 'good';
  }

  /** Understood, and nothing that this shop takes. */
  #unknown(kiosk: Kiosk | undefined, meaning: ScanMeaning, now: EpochMs): Tone {
    const coupon = foreignCouponIn(meaning);
    kiosk?.note({ kind: 'unknown-code', ...(coupon !== undefined && { coupon }) }, now);
    return 'ask';
  }

  async #card(kiosk: Kiosk | undefined, meaning: ScanMeaning): Promise<Tone> {
    if (kiosk?.station.touch !== true) return 'ask';
    const { cohort, visitors, clock } = this.#parts;
    const card = await acceptAnyCard(cohort, visitors, meaning, kiosk.station.id, clock);
    if (typeof card === 'object' && (await this.#accept(kiosk, card))) return 'good';
    const isCard = meaning.kind === 'own-card';
    const kind = card === 'away' ? 'points-follow' : isCard ? 'card-not-known' : 'unknown-code';
    const isOff = kind !== 'points-follow' && this.#isPersonalOff();
    kiosk.note(isOff ? { kind, personalOff: true } : { kind }, clock.now());
    return 'ask';
  }

  #isPersonalOff(): boolean {
    return this.#parts.personalFeatures().kind === 'off';
  }

  async #redeem(
    { requestId }: BridgeScan,
    stationId: StationId,
    kiosk: Kiosk | undefined,
    code: string,
  ): Promise<Tone> {
    const answer = await this.#parts.redemption.redeem({ requestId, code, stationId });
    const now = this.#parts.clock.now();
    if (answer.kind === 'refused') {
      kiosk?.note({ kind: 'not-redeemed', reason: answer.reason }, now);
      return 'ask';
    }
    const offer = this.#parts.catalogue.offer(answer.offerId);
    kiosk?.refresh(now);
    if (offer !== undefined)
      kiosk?.note({ kind: 'redeemed', card: this.#parts.catalogue.card(offer) }, now);
    return 'good';
  }

  #accept(kiosk: Kiosk, { row, evidence, codeUse }: Accepted): Promise<boolean> {
    const at = this.#parts.clock.now();
    const act = recognisedHere(evidence, row.pseudonym, kiosk.station.id, at);
    return this.#open(kiosk, act, row.language, codeUse);
  }

  /** The kiosk's session is theirs from now on. False if the code was used before in its minute. */
  async #open(
    kiosk: Kiosk,
    act: RecognisedHere,
    language: Language,
    codeUse?: Accepted['codeUse'],
  ): Promise<boolean> {
    const { ids, writer, clock } = this.#parts;
    const { pseudonym, evidence, strength, stationId, at } = act;
    const sessionId = ids.session();
    const isOpen = kiosk.session?.pseudonym === pseudonym;
    const fact = factOf({
      type: 'session-opened',
      sessionId,
      pseudonym,
      stationId,
      strength,
      evidence,
      at,
    });
    const outcome = await writer.write('open-session', {
      ...(isOpen ? {} : { fact }),
      ...(codeUse === undefined ? {} : { code: { ...codeUse, at } }),
    });
    if (outcome === 'code-used') return false;
    // Withdrawn or erased while the disk wrote: nothing opens any more.
    const now = clock.now();
    if (this.#parts.cohort.row(pseudonym, now) === undefined) return false;
    kiosk.step(
      { kind: 'credential-accepted', sessionId, pseudonym, evidence, strength, language },
      now,
    );
    return true;
  }

  /** What each kiosk may know of its zone: how many are near, and what they lead with together. */
  #followZones(now: EpochMs): void {
    for (const { zoneId, kiosks, mix } of this.#zones) {
      const near = this.#parts.visits.presences.near(zoneId, now, NEAR_WITHIN_MS);
      const present = near.map(({ pseudonym }) => pseudonym);
      mix.follow(present, now);
      const count = near.length;
      for (const kiosk of kiosks) {
        if (count !== kiosk.near)
          kiosk.step(count > 0 ? { kind: 'nearby', count } : { kind: 'nobody-near' }, now);
        kiosk.lead(mix.category, now);
      }
    }
  }

  #kiosk(stationId: StationId): Kiosk {
    const kiosk = this.#parts.kiosks.get(stationId);
    if (kiosk === undefined)
      throw new SogliaError('request/not-found', `station: '${stationId}' is no kiosk here`);
    return kiosk;
  }
}

function forgetOldest(remembered: Map<unknown, unknown>): void {
  if (remembered.size <= MOST_REMEMBERED) return;
  for (const oldest of remembered.keys()) {
    remembered.delete(oldest);
    return;
  }
}
