import { identityText } from '../../kernel/adverts/beacon-identity.ts';
import { fromBase64Url } from '../../kernel/base64url.ts';
import { type Crypto, utf8 } from '../../kernel/credentials/crypto.ts';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import { withConsent } from '../../kernel/domain/consent.ts';
import type { EpochMs, StoreId, ZoneId } from '../../kernel/domain/ids.ts';
import { type RecognisedNear, recognisedNear } from '../../kernel/domain/recognised.ts';
import { reportProof } from '../../kernel/protocol/phone-api.ts';
import type { PhoneReport, ReportOutcome } from '../../kernel/protocol/relay.ts';
import type { BeaconConfiguration } from '../../node/beacon-configuration.ts';
import type { Clock } from '../clock.ts';
import type { Cohort } from '../consent/cohort.ts';

export interface PhoneReportParts {
  readonly storeId: StoreId;
  readonly beacons: readonly BeaconConfiguration[];
  readonly crypto: Crypto;
  readonly cohort: Pick<Cohort, 'row' | 'lease'>;
  readonly clock: Clock;
  readonly near: (recognised: RecognisedNear) => void;
}
type Refusal = Extract<ReportOutcome, { kind: 'refused' }>['reason'];

const FRESH_MS = 30_000;

/**
 * Phones that cannot be heard, but heard a beacon of the shop and say so. A report is believed by its signature alone,
 * whoever carried it here: fresh, once, and later than the phone's last one.
 */
export class PhoneReports {
  readonly #parts: PhoneReportParts;
  readonly #zoneOf: ReadonlyMap<string, ZoneId>;
  /** By the phone's key, `at` of its last report; dropped once nothing as old would be taken anyway. */
  readonly #lastAt = new Map<string, EpochMs>();
  /** What was taken before a restart is not known any more: nothing from before it is taken. */
  readonly #since: EpochMs;

  constructor(parts: PhoneReportParts) {
    this.#parts = parts;
    this.#zoneOf = new Map(parts.beacons.map((beacon) => [identityText(beacon), beacon.zone]));
    this.#since = parts.clock.now();
  }

  async take(report: PhoneReport): Promise<ReportOutcome> {
    const { cohort, clock, near } = this.#parts;
    const { pseudonym, beacon, at } = report;
    const zoneId = this.#zoneOf.get(identityText(beacon));
    if (zoneId === undefined) return refused('no-such-beacon');
    const now = clock.now();
    if (Math.abs(now - at) > FRESH_MS) return refused('other-time');
    const row = cohort.row(pseudonym, now);
    if (row === undefined) return refused('not-known-here');
    if (!this.#mayRecognise(row, now)) return refused('no-consent');
    const key = await this.#signer(row, report);
    if (key === undefined) return refused('bad-signature');
    if (at <= (this.#lastAt.get(key) ?? this.#since)) return refused('replayed');
    this.#remember(key, at, now);
    const held = cohort.row(pseudonym, now);
    if (held === undefined || !this.#mayRecognise(held, now)) return refused('no-consent'); // withdrawn meanwhile
    near(recognisedNear('report', pseudonym, zoneId, Math.min(at, now)));
    return { kind: 'heard' };
  }

  #mayRecognise(row: CohortRow, now: EpochMs): boolean {
    const { lease } = this.#parts.cohort;
    return lease !== undefined && withConsent(row, 'recognise', lease, now).kind === 'consented';
  }

  /** Which of the person's phones signed it, by its public key. */
  async #signer(row: CohortRow, { beacon, at, signature }: PhoneReport) {
    const { crypto, storeId } = this.#parts;
    const proof = utf8(reportProof(storeId, beacon, at));
    const bytes = fromBase64Url(signature);
    if (bytes === undefined) return undefined;
    for (const text of row.phonePublicKeys) {
      const key = fromBase64Url(text);
      if (key !== undefined && (await crypto.verify(key, bytes, proof))) return text;
    }
    return undefined;
  }

  #remember(key: string, at: EpochMs, now: EpochMs): void {
    this.#lastAt.set(key, at);
    for (const [other, lastAt] of this.#lastAt) {
      if (now - lastAt > FRESH_MS) this.#lastAt.delete(other);
    }
  }
}

function refused(reason: Refusal): ReportOutcome {
  return { kind: 'refused', reason };
}
