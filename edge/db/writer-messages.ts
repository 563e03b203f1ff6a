import type { WriteRequest } from '../writes.ts';

/** Between the threads. */
export interface Posted {
  readonly id: number;
  readonly request: WriteRequest;
}
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly results: readonly Settled[] }
  /** The disk cannot be trusted any more: nothing is acknowledged from here on. */
  | { readonly kind: 'fatal'; readonly message: string };
export type Settled =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: string };
export interface WriterData {
  readonly file: string;
  readonly bootId: string;
}
