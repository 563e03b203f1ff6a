import type { EpochMs, OfferId } from '../../kernel/domain/ids.ts';
import type { ErrorCode } from '../../kernel/errors.ts';
import type { OfferResults } from '../../kernel/protocol/console-api.ts';

/** One question, one thread. */
export interface ResultsAsk {
  readonly file: string;
  readonly offerId: OfferId;
  readonly now: EpochMs;
}
export type FromResultsWorker =
  | { readonly results: OfferResults; readonly tookMs: number }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string } };
