import type {
  PullAnswer,
  PullQuery,
  PushAnswer,
  PushRequest,
} from '../../kernel/protocol/hq-sync.ts';

/** HQ as a store asks it. Every call has a deadline and throws 'hq/unreachable' where nobody answers. */
export interface HqApi {
  push(request: PushRequest): Promise<PushAnswer>;
  pull(query: PullQuery): Promise<PullAnswer>;
  /** The bytes whose SHA-256 this is. */
  snapshot(sha256: string): Promise<Uint8Array>;
}
