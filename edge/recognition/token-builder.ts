import type { LeaseId, Pseudonym } from '../../kernel/domain/ids.ts';
import type { TokenWindow, WindowArrays } from './token-window.ts';

/** What opens the rows on disk. */
export interface RowKey {
  readonly leaseId: LeaseId;
  /** AES-256, 32 bytes. */
  readonly sealingKey: Uint8Array;
}
export interface PageQuery {
  readonly key: RowKey;
  /** The last row's id of the page before; 0 for the first. */
  readonly after: number;
  readonly limit: number;
  /** Whoever may be recognised gets this slot or one of the next, `limit` at most, in the order of the page. */
  readonly firstSlot: number;
}
/** Who came to be recognised with a page of rows; their keys stay with the builder. */
export interface CohortPage {
  /** Undefined: there are no more rows. */
  readonly last: number | undefined;
  /** Four words a person, big-endian. */
  readonly pseudonyms: Uint32Array<ArrayBuffer>;
  /** Ends of their grants, epoch ms. */
  readonly untils: Float64Array<ArrayBuffer>;
  /** Of *test* credentials: their slot, and their keys as `wordsOf` makes them. */
  readonly tests: readonly { readonly slot: number; readonly words: Uint32Array }[];
  /** Rows under this key that do not open. */
  readonly damaged: readonly Pseudonym[];
}

/** Where tables are made. Calls take effect in their order. */
export interface TokenBuilder {
  /** @param words - of one or more people, as `wordsOf` makes them; handed over */
  add(words: Uint32Array<ArrayBuffer>): void;
  /**
   * Takes in the people of a page of rows, read and opened where their keys stay.
   * @throws {SogliaError} 'store/busy' where it takes too long, 'storage/failed', 'store/stopping' once it was closed
   */
  load(query: PageQuery): Promise<CohortPage>;
  forget(slots: readonly number[]): void;
  clear(): void;
  /** @throws {SogliaError} 'store/busy' where it takes too long, 'store/stopping' once it was closed */
  build(window: number): Promise<TokenWindow>;
}

/** Between the threads. */
export type ToTokenWorker =
  | { readonly kind: 'add'; readonly words: Uint32Array<ArrayBuffer> }
  | { readonly kind: 'load'; readonly id: number; readonly query: PageQuery }
  | { readonly kind: 'forget'; readonly slots: readonly number[] }
  | { readonly kind: 'clear' }
  | { readonly kind: 'build'; readonly id: number; readonly window: number };
export type FromTokenWorker =
  | { readonly kind: 'built'; readonly id: number; readonly arrays: WindowArrays }
  | { readonly kind: 'loaded'; readonly id: number; readonly page: CohortPage }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
export interface TokenWorkerData {
  /** The database. */
  readonly file: string;
}
