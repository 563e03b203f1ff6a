import type { Purpose } from '../../kernel/domain/cohort.ts';
import type { ConsentId, CustomerId, DeviceId, EpochMs } from '../../kernel/domain/ids.ts';
import type { ConsentText } from '../../kernel/protocol/phone-api.ts';

/** One yes or no with its proof (duty-2); only ever added. */
export interface ConsentEntry {
  readonly consentId: ConsentId;
  readonly customerId: CustomerId;
  readonly purpose: Purpose;
  readonly given: boolean;
  readonly textVersion: string;
  readonly textSha256: string | undefined;
  readonly language: string;
  readonly channel: 'phone' | 'paper' | 'kiosk';
  /** Store or station where it was said, if it was in one. */
  readonly place: string | undefined;
  /** Who entered it: `person` or `staff`. */
  readonly actor: 'person' | 'staff';
  readonly at: EpochMs;
  readonly receivedAt: EpochMs;
  /** By the phone's key over `consentProof`, base64url, and which phone. */
  readonly signature: string | undefined;
  readonly signedBy: DeviceId | undefined;
  /** Where the signed sheet lies, for paper. */
  readonly proof: string | undefined;
}
export interface KeptConsent extends ConsentEntry {
  /** The order of the fold (duty-3). */
  readonly hqRev: number;
}

export interface ConsentRepository {
  /** False for the same act a second time. */
  add(entry: ConsentEntry): Promise<boolean>;
  of(customerId: CustomerId): Promise<readonly KeptConsent[]>;
  /** Keeps every text that was ever shown, word for word. */
  keepTexts(texts: readonly ConsentText[], now: EpochMs): Promise<void>;
  text(sha256: string): Promise<ConsentText | undefined>;
}
