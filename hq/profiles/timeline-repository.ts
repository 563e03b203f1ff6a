import type { CustomerId, DecisionId, OfferId, StoreId } from '../../kernel/domain/ids.ts';
import type { TimelineEntry } from '../../kernel/protocol/console-api.ts';

export interface TimelineRepository {
  /** @param source - what it is about: the same source a second time changes nothing and answers false */
  add(customerId: CustomerId, entry: TimelineEntry, source: string): Promise<boolean>;
  /** Adds details to the entry of `source`; false where there is none. */
  extend(source: string, details: TimelineEntry['details']): Promise<boolean>;
  /** Newest first. */
  of(customerId: CustomerId, limit: number): Promise<readonly TimelineEntry[]>;
  /** Those of the offers that this decision had not shown before; from now on it has. */
  firstShown(
    storeId: StoreId,
    decisionId: DecisionId,
    offerIds: readonly OfferId[],
  ): Promise<readonly OfferId[]>;
}
