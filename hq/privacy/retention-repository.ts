import type { EpochMs } from '../../kernel/domain/ids.ts';

/** Each removes what is older, and says how many rows that were. */
export interface RetentionRepository {
  /** Visits, sessions, exposures and scans of the timeline. */
  behaviour(before: EpochMs): Promise<number>;
  /** Of the comparisons that results are made of: whom an offer stood for, and what they did. */
  measures(before: EpochMs): Promise<number>;
  alarms(before: EpochMs): Promise<number>;
  redemptions(before: EpochMs): Promise<number>;
  /** Used ones whose offer no store serves any more. */
  coupons(before: EpochMs): Promise<number>;
  /** Body, salt and subject of what a lane brought; hashes stay. */
  events(lanes: readonly string[], before: EpochMs): Promise<number>;
  lastVisits(before: EpochMs): Promise<number>;
  endedLinks(before: EpochMs): Promise<number>;
  /** Records of purposes to which the last word was no. */
  withdrawnConsents(before: EpochMs): Promise<number>;
  tombstones(before: EpochMs): Promise<number>;
  /** With the consents kept under them. */
  receipts(before: EpochMs): Promise<number>;
  tokens(expiredBefore: EpochMs): Promise<number>;
}
