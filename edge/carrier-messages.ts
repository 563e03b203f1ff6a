import type { ErrorCode } from '../kernel/errors.ts';
import type { Carried, PushFrom } from './sync/hq-api.ts';

/** Between the main thread and the carrier's. */
export interface CarrierData {
  /** The store's database. */
  readonly file: string;
  /** HQ: `http://127.0.0.1:4200` */
  readonly url: string;
}
export interface CarryAsk extends PushFrom {
  readonly id: number;
  readonly token: string;
}
export type FromCarrier =
  | { readonly id: number; readonly carried: Carried | undefined }
  | {
      readonly id: number;
      readonly failure: { readonly code: ErrorCode; readonly message: string };
    };
