import type { CohortRow } from '../../kernel/domain/cohort.ts';
import { liveGrants, withConsent } from '../../kernel/domain/consent.ts';
import type { EpochMs, Pseudonym, RequestId, StationId } from '../../kernel/domain/ids.ts';
import { type RecognisedHere, recognisedHere } from '../../kernel/domain/recognised.ts';
import { mayShow } from '../../kernel/domain/recognition.ts';
import type { HandheldCheck, HandheldCheckOutcome } from '../../kernel/protocol/handheld-events.ts';
import type { OfferCard } from '../../kernel/protocol/kiosk-events.ts';
import type { Clock } from '../clock.ts';
import type { Cohort } from '../consent/cohort.ts';
import type { Ids } from '../ids.ts';
import type { Catalogue } from '../offers/catalogue.ts';
import type { Redemption } from '../redemption/redemption.ts';
import { factOf, type Writer } from '../writes.ts';
import { briefOf } from './brief.ts';

export interface StaffCheckParts {
  readonly cohort: Pick<Cohort, 'row' | 'lease'>;
  readonly catalogue: Pick<Catalogue, 'card'>;
  readonly redemption: Pick<Redemption, 'usable'>;
  /** Gives a kiosk's session to the person; false where that cannot be. */
  readonly openAt: (
    stationId: StationId,
    act: Omit<RecognisedHere, 'stationId'>,
  ) => Promise<boolean>;
  readonly writer: Writer;
  readonly ids: Ids;
  readonly clock: Clock;
}
interface Offered {
  readonly pseudonym: Pseudonym;
  /** The handheld that scanned them; no other may say that it checked. */
  readonly stationId: StationId;
  readonly until: EpochMs;
  /** The fact on its way to the disk, or there: written once. */
  written?: Promise<unknown>;
}

/** From the scan on: as long as staff and person stand together. */
const OFFERED_MS = 5 * 60_000;
const MOST_OFFERED = 200;

/** Staff looked who it is, at an identity document for example: with consent `staff` they then see and may do more. */
export class StaffChecks {
  readonly #parts: StaffCheckParts;
  readonly #offered = new Map<RequestId, Offered>();

  constructor(parts: StaffCheckParts) {
    this.#parts = parts;
  }

  /** What a handheld names the person by afterwards; undefined without a live consent `staff`. */
  offer(row: CohortRow, stationId: StationId, now: EpochMs): RequestId | undefined {
    if (!this.#mayCheck(row, now)) return undefined;
    const checkId = this.#parts.ids.request();
    this.#offered.set(checkId, { pseudonym: row.pseudonym, stationId, until: now + OFFERED_MS });
    for (const [id, { until }] of this.#offered) {
      if (now < until && this.#offered.size <= MOST_OFFERED) break; // oldest first
      this.#offered.delete(id);
    }
    return checkId;
  }

  /** Written down once, however often it is asked. */
  async check(
    { checkId, openAt }: HandheldCheck,
    stationId: StationId,
  ): Promise<HandheldCheckOutcome> {
    const { cohort, catalogue, redemption, writer, clock } = this.#parts;
    const now = clock.now();
    const offered = this.#offered.get(checkId);
    if (offered === undefined || offered.stationId !== stationId || now >= offered.until)
      return { kind: 'refused', reason: 'over' };
    const { pseudonym } = offered;
    const row = cohort.row(pseudonym, now);
    if (row === undefined || !this.#mayCheck(row, now))
      return { kind: 'refused', reason: 'no-consent' };
    const act = recognisedHere('staff', pseudonym, stationId, now);
    offered.written ??= writer.write('record', {
      facts: [factOf({ type: 'staff-checked', pseudonym, stationId, at: now })],
    });
    try {
      await offered.written;
    } catch (error) {
      delete offered.written;
      throw error;
    }
    const isOpened = openAt !== undefined && (await this.#parts.openAt(openAt, act));
    if (openAt !== undefined && !isOpened) return { kind: 'refused', reason: 'no-kiosk' };
    // The disk took its time: what holds now counts.
    const held = cohort.row(pseudonym, clock.now());
    if (held === undefined || !this.#mayCheck(held, clock.now()))
      return { kind: 'refused', reason: 'no-consent' };
    const may = mayShow(act.strength, act.evidence, 'handheld', liveGrants(held, clock.now()));
    const coupons: OfferCard[] = may.redeem
      ? redemption
          .usable(held.coupons, clock.now())
          .map(({ offer, coupon }) => ({ ...catalogue.card(offer), couponCode: coupon.code }))
      : [];
    const opened = isOpened ? { openedAt: openAt } : {};
    return { kind: 'checked', brief: briefOf(held, act), coupons: coupons.slice(0, 50), ...opened };
  }

  #mayCheck(row: CohortRow, now: EpochMs): boolean {
    const { lease } = this.#parts.cohort;
    return lease !== undefined && withConsent(row, 'staff', lease, now).kind === 'consented';
  }
}
