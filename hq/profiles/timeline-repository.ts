import type { CustomerId, DecisionId, EpochMs, OfferId, StoreId } from '../../kernel/domain/ids.ts';
import type { TimelineEntry } from '../../kernel/protocol/console-api.ts';

/** One stay in a store. */
export interface Visit {
  readonly customerId: CustomerId;
  readonly storeId: StoreId;
  /** `visit:{store}:{visit}`. */
  readonly source: string;
  readonly from: EpochMs;
  /** `from` while it goes on. */
  readonly until: EpochMs;
}

export interface TimelineRepository {
  /** @param source - what it is about: the same source a second time changes nothing and answers false */
  add(customerId: CustomerId, entry: TimelineEntry, source: string): Promise<boolean>;
  /** Adds details to the entry of `source`; false where there is none. */
  extend(source: string, details: TimelineEntry['details']): Promise<boolean>;
  visit(source: string): Promise<Visit | undefined>;
  /** The person's visits that are not over at `from` and have begun by `until`. */
  visitsWithin(customerId: CustomerId, from: EpochMs, until: EpochMs): Promise<readonly Visit[]>;
  /** Newest first. */
  of(customerId: CustomerId, limit: number): Promise<readonly TimelineEntry[]>;
  /** Those of the offers that this decision had not shown before; from now on it has. */
  firstShown(
    storeId: StoreId,
    decisionId: DecisionId,
    offerIds: readonly OfferId[],
  ): Promise<readonly OfferId[]>;
}
