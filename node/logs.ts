import { type DestinationStream, pino } from 'pino';
import { type ErrorCode, SogliaError } from '../kernel/errors.ts';

/**
 * All that a log line may carry beside its message (threat-18). None of it points at a person: there is no field for a
 * pseudonym, a name, a card, a code, a token or a phone's id, and what is not listed here is not written.
 */
export interface LogFields {
  readonly url?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  readonly version?: string | number | undefined;
  readonly pid?: number | undefined;
  readonly signal?: string | undefined;
  readonly simulated?: boolean | undefined;
  readonly storeId?: string | undefined;
  readonly stationId?: string | undefined;
  readonly zoneId?: string | undefined;
  readonly receiverId?: string | undefined;
  readonly scannerId?: string | undefined;
  /** Adapter or serial device. */
  readonly device?: string | undefined;
  readonly deviceKind?: string | undefined;
  readonly namespace?: string | undefined;
  readonly method?: string | undefined;
  /** The pattern, never the address as asked for. */
  readonly route?: string | undefined;
  readonly event?: string | undefined;
  readonly status?: number | string | undefined;
  readonly state?: string | undefined;
  /** What is done about a trouble. */
  readonly step?: string | undefined;
  readonly reason?: string | undefined;
  readonly lane?: string | undefined;
  readonly stream?: string | undefined;
  readonly seq?: number | undefined;
  readonly rev?: number | undefined;
  readonly bundleVersion?: number | undefined;
  readonly offerId?: string | undefined;
  readonly count?: number | undefined;
  readonly bytes?: number | undefined;
  readonly attempt?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly retryInMs?: number | undefined;
}

const FIELDS = {
  url: true,
  host: true,
  port: true,
  path: true,
  version: true,
  pid: true,
  signal: true,
  simulated: true,
  storeId: true,
  stationId: true,
  zoneId: true,
  receiverId: true,
  scannerId: true,
  device: true,
  deviceKind: true,
  namespace: true,
  method: true,
  route: true,
  event: true,
  status: true,
  state: true,
  step: true,
  reason: true,
  lane: true,
  stream: true,
  seq: true,
  rev: true,
  bundleVersion: true,
  offerId: true,
  count: true,
  bytes: true,
  attempt: true,
  durationMs: true,
  retryInMs: true,
} as const satisfies Record<keyof LogFields, true>;

/** One line per event on standard output: a fixed message and fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields, error?: unknown): void;
  error(message: string, fields?: LogFields, error?: unknown): void;
}

export interface LogOptions {
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Standard output unless told. */
  readonly destination?: DestinationStream;
}

/** @param process - which of our processes speaks: edge, hq, bridge … */
export function createLog(process: string, { level = 'info', destination }: LogOptions = {}): Log {
  const options = { level, base: { process }, errorKey: 'error' };
  const logger = destination === undefined ? pino(options) : pino(options, destination);
  const line = (fields: LogFields | undefined, error?: unknown) => ({
    ...allowed(fields ?? {}),
    ...(error === undefined ? {} : { error: describeError(error) }),
  });
  return {
    debug: (message, fields) => logger.debug(line(fields), message),
    info: (message, fields) => logger.info(line(fields), message),
    warn: (message, fields, error) => logger.warn(line(fields, error), message),
    error: (message, fields, error) => logger.error(line(fields, error), message),
  };
}

/** Types are gone at run time: whatever else an object carries is left out here. */
function allowed(fields: LogFields): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(FIELDS, name) || typeof value === 'object') continue;
    kept[name] = name === 'url' ? withoutSecrets(String(value)) : value;
  }
  return kept;
}

/** Query and fragment may carry a one-time token. */
function withoutSecrets(url: string): string {
  return url.replace(/[?#].*$/s, '');
}

/** Their words speak of machines, not of people. */
const CODES_WITH_PLAIN_WORDS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'bundle/refused',
  'config/invalid',
  'edge/unreachable',
  'hq/unreachable',
  'radio/unavailable',
  'scanner/unavailable',
  'storage/failed',
  'store/busy',
  'store/stopping',
  'sync/conflict',
  'sync/gap',
  'sync/unknown-epoch',
  'time/out',
]);

interface DescribedError {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
  /** Where in our code; without the message, which may quote what somebody sent. */
  readonly at?: readonly string[];
  readonly cause?: DescribedError;
}

function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { name: typeof error };
  const cause = error.cause === undefined || depth > 2 ? undefined : error.cause;
  const deeper = cause === undefined ? {} : { cause: describeError(cause, depth + 1) };
  if (error instanceof SogliaError) {
    const words = CODES_WITH_PLAIN_WORDS.has(error.code) ? { message: error.message } : {};
    return { name: error.name, code: error.code, ...words, ...deeper };
  }
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { name: error.name, ...code, at: framesOf(error), ...deeper };
}

function framesOf({ stack = '' }: Error): readonly string[] {
  const frames = stack.split('\n').filter((frame) => /^\s+at /.test(frame));
  return frames.slice(0, 8).map((frame) => frame.trim());
}
