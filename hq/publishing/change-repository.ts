import type { StoreId } from '../../kernel/domain/ids.ts';
import type { Change, Stream } from '../../kernel/protocol/hq-sync.ts';

export interface NumberedChange {
  readonly rev: number;
  readonly change: Change;
}

/** The ordered streams towards the stores. */
export interface ChangeRepository {
  /**
   * Numbers the change in this transaction. With `replaces`, older changes of that subject in the stream go: the newer
   * one says all they said.
   */
  append(stream: Stream, storeId: StoreId, change: Change, replaces?: string): Promise<number>;
  since(
    stream: Stream,
    storeId: StoreId,
    rev: number,
    limit: number,
  ): Promise<readonly NumberedChange[]>;
}
