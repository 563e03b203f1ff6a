import type { PushedEvent } from '../../kernel/protocol/hq-sync.ts';

/** Wherever in the body it stands, also in one that we cannot read otherwise. */
const NAMED = /"pseudonym"\s*:\s*"([0-9a-f]{32})"/;

/** Whom an event is about, by the store's name for them; undefined for nobody, or once it is erased. */
export function subjectOf({ body }: Pick<PushedEvent, 'body'>): string | undefined {
  return body === undefined ? undefined : NAMED.exec(body)?.[1];
}
