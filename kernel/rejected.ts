/** Bytes that mean nothing to us, as a value: counted by reason, never thrown. */
export interface Rejected<Reason extends string> {
  readonly kind: 'rejected';
  readonly reason: Reason;
  /** Offset of the first byte that does not fit, from 0, in what the decoder was given. */
  readonly at: number;
}

export function rejected<Reason extends string>(reason: Reason, at: number): Rejected<Reason> {
  return { kind: 'rejected', reason, at };
}
