import { PullAnswerSchema } from '../../kernel/protocol/hq-sync.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { askJson, type HttpAsk } from '../../node/http-client.ts';
import type { EnrolmentClient } from '../../node/enrolment-client.ts';
import type { HqApi } from '../sync/hq-api.ts';

const DEADLINE_MS = 15_000;
const SNAPSHOT_DEADLINE_MS = 60_000;
const LARGEST_SNAPSHOT = 64 * 1024 * 1024;

/** HQ over HTTP(S), as this store. */
export function hqOverHttp(
  url: string,
  client: Pick<EnrolmentClient, 'token' | 'dropToken'>,
  signal: AbortSignal,
): HqApi {
  const ask = async <T>(
    path: string,
    schema: Parameters<typeof askJson<T>>[1],
    given: Partial<HttpAsk>,
  ) => {
    const token = await client.token(signal);
    const question = { deadlineMs: DEADLINE_MS, unreachable: 'hq/unreachable', signal } as const;
    try {
      return await askJson(`${url}${path}`, schema, { ...question, ...given, token });
    } catch (error) {
      if (error instanceof SogliaError && REFUSED.has(error.code)) client.dropToken();
      throw error;
    }
  };
  return {
    pull: ({ stream, hqEpoch, rev, limit }) => {
      const query = new URLSearchParams({ stream, rev: String(rev), limit: String(limit) });
      if (hqEpoch !== undefined) query.set('hqEpoch', hqEpoch);
      return ask(`/v1/pull?${query.toString()}`, PullAnswerSchema, {});
    },
    async snapshot(sha256) {
      const token = await client.token(signal);
      return fetchBytes(`${url}/v1/snapshot/${sha256}`, token, signal);
    },
  };
}

const REFUSED: ReadonlySet<string> = new Set(['request/denied', 'device/unknown', 'device/denied']);

async function fetchBytes(url: string, token: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    const response = await fetch(url, {
      redirect: 'error',
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(SNAPSHOT_DEADLINE_MS)]),
    });
    const length = Number(response.headers.get('content-length') ?? '0');
    if (!response.ok || length > LARGEST_SNAPSHOT)
      throw new Error(`status ${response.status}, ${length} bytes`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new SogliaError('hq/unreachable', 'HQ did not give the bundle', { cause });
  }
}
