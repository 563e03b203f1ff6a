import { type ErrorCode, SogliaError } from '../kernel/errors.ts';
import type { Problem } from '../kernel/protocol/reply.ts';

const STATUS: Readonly<Record<ErrorCode, number>> = {
  'bundle/refused': 422,
  'config/invalid': 500,
  'consent/missing': 403,
  'coupon/already-used': 409,
  'coupon/unknown': 404,
  'device/denied': 403,
  'device/unknown': 401,
  'edge/unreachable': 503,
  'enrolment/refused': 403,
  'hq/unreachable': 503,
  'lease/over': 403,
  'radio/unavailable': 503,
  'request/denied': 403,
  'request/invalid': 400,
  'request/not-found': 404,
  'request/too-many': 429,
  'scanner/unavailable': 503,
  'storage/failed': 503,
  'store/busy': 503,
  'store/stopping': 503,
  'sync/conflict': 409,
  'sync/gap': 409,
  'sync/unknown-epoch': 409,
  'time/out': 504,
};

export interface HttpProblem {
  readonly status: number;
  readonly problem: Problem;
  /** True for a bug or a failure of ours: worth a line in the log. */
  readonly isOurs: boolean;
}

/** What a caller is told of an error: its own code and words, or nothing of the inside. */
export function httpProblemOf(error: unknown): HttpProblem {
  if (error instanceof SogliaError) {
    const status = STATUS[error.code];
    return { status, problem: { code: error.code, message: error.message }, isOurs: status >= 500 };
  }
  const refused = refusedByExpress(error);
  if (refused !== undefined) {
    const { status, message } = refused;
    return { status, problem: { code: 'request/invalid', message }, isOurs: false };
  }
  const message = 'something went wrong here; it has been noted';
  return { status: 500, problem: { code: 'internal', message }, isOurs: true };
}

/** Errors of body-parser and of the router carry a `status` of 4xx; their own words may quote the body, so ours are used. */
function refusedByExpress(error: unknown): { status: number; message: string } | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  const type = 'type' in error ? error.type : undefined;
  switch (type) {
    case 'entity.too.large':
      return { status, message: 'body: larger than this route takes' };
    case 'entity.parse.failed':
      return { status, message: 'body: not JSON' };
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return { status, message: 'body: neither plain nor UTF-8' };
    default:
      return { status, message: 'the request cannot be read' };
  }
}
