import { useCallback, useEffect, useState } from 'preact/hooks';
import type { ConsoleNews } from '../../kernel/protocol/console-api.ts';
import type { Live } from './live.ts';
import { RequestFailed } from './request.ts';

/** What a page reads from head office, kept fresh. `value` stays when a later reading fails. */
export interface Reading<T> {
  readonly value: T | undefined;
  readonly trouble: unknown;
  readonly again: () => void;
}

const RETRY_MS = 4_000;

/**
 * Reads at once, again on news of `what` (and after a lost line), and every 4 s while the last try failed.
 * @param onSignedOut - the cookie is over: somebody has to sign in again
 */
export function useReading<T>(
  read: () => Promise<T>,
  what: readonly ConsoleNews['what'][],
  live: Live,
  onSignedOut: () => void,
): Reading<T> {
  const [value, setValue] = useState<T>();
  const [trouble, setTrouble] = useState<unknown>();
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((last) => last + 1), []);

  useEffect(() => {
    let isCurrent = true;
    let retry: number | undefined;
    read().then(
      (next) => {
        if (!isCurrent) return;
        setValue(() => next);
        setTrouble(undefined);
      },
      (error: unknown) => {
        if (!isCurrent) return;
        if (error instanceof RequestFailed && error.kind === 'signed-out') onSignedOut();
        setTrouble(error);
        retry = window.setTimeout(again, RETRY_MS);
      },
    );
    return () => {
      isCurrent = false;
      window.clearTimeout(retry);
    };
  }, [round]);

  useEffect(
    () =>
      live.subscribe((news) => {
        if (news === undefined || what.includes(news.what)) again();
      }),
    [],
  );
  return { value, trouble, again };
}
