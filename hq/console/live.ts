import { signal, type ReadonlySignal } from '@preact/signals';
import { io } from 'socket.io-client';
import { CONSOLE_NAMESPACE, ConsoleNewsSchema } from '../../kernel/protocol/console-api.ts';
import type { ConsoleNews } from '../../kernel/protocol/console-api.ts';

export interface Live {
  readonly connected: ReadonlySignal<boolean>;
  /** Calls back on news, and with `undefined` when the line is back and anything may have changed. */
  subscribe(hear: (news: ConsoleNews | undefined) => void): () => void;
}

/** The line on which head office says that something changed; it carries no data, the page reads again. */
export function openLive(): Live {
  const connected = signal(false);
  const hearers = new Set<(news: ConsoleNews | undefined) => void>();
  const tell = (news: ConsoleNews | undefined) => {
    for (const hear of hearers) hear(news);
  };
  let wasConnected = false;
  const socket = io(CONSOLE_NAMESPACE, {
    transports: ['websocket'],
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
    timeout: 5_000,
  });
  socket.on('connect', () => {
    connected.value = true;
    if (wasConnected) tell(undefined);
    wasConnected = true;
  });
  socket.on('disconnect', (reason) => {
    connected.value = false;
    // The server closed this one by itself (its restart, a session at its end): socket.io leaves coming back to us.
    if (reason === 'io server disconnect') window.setTimeout(() => socket.connect(), 2_000);
  });
  socket.on('connect_error', () => {
    connected.value = false;
    if (!socket.active) window.setTimeout(() => socket.connect(), 5_000);
  });
  socket.on('news', (message: unknown) => {
    const news = ConsoleNewsSchema.safeParse(message);
    tell(news.success ? news.data : undefined);
  });
  return {
    connected,
    subscribe(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
  };
}
