import type { TokenWindow, WindowArrays } from './token-window.ts';

/** Where tables are made. Calls take effect in their order. */
export interface TokenBuilder {
  /** @param words - of one or more people, as `wordsOf` makes them; handed over */
  add(words: Uint32Array<ArrayBuffer>): void;
  forget(slot: number): void;
  clear(): void;
  /** @throws {SogliaError} 'store/busy' where it takes too long, 'store/stopping' once it was closed */
  build(window: number): Promise<TokenWindow>;
}

/** Between the threads. */
export type ToTokenWorker =
  | { readonly kind: 'add'; readonly words: Uint32Array<ArrayBuffer> }
  | { readonly kind: 'forget'; readonly slots: readonly number[] }
  | { readonly kind: 'clear' }
  | { readonly kind: 'build'; readonly id: number; readonly window: number };
export interface FromTokenWorker {
  readonly id: number;
  readonly arrays: WindowArrays;
}
