/** Stable codes: a program may branch on them, a person may search for them. */
export const ERROR_CODES = [
  'config/invalid',
  'consent/missing',
  'coupon/already-used',
  'coupon/unknown',
  'device/denied',
  'device/unknown',
  'edge/unreachable',
  'enrolment/refused',
  'hq/unreachable',
  'lease/over',
  'request/denied',
  'request/invalid',
  'request/not-found',
  'request/too-many',
  'store/busy',
  'store/stopping',
  'storage/failed',
  'sync/conflict',
  'sync/gap',
  'sync/unknown-epoch',
  'bundle/refused',
  'scanner/unavailable',
  'radio/unavailable',
  'time/out',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export function isErrorCode(text: string): text is ErrorCode {
  return (ERROR_CODES as readonly string[]).includes(text);
}

/** A failure that somebody outside can cause or mend. A bug is a plain throw instead. */
export class SogliaError extends Error {
  override readonly name = 'SogliaError';
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The code to tell a caller: a SogliaError's own, or `internal`, which says nothing of the inside. */
export function codeOf(error: unknown): ErrorCode | 'internal' {
  return error instanceof SogliaError ? error.code : 'internal';
}
