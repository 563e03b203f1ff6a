import { io, type Socket } from 'socket.io-client';
import { KIOSK_NAMESPACE } from '../kernel/protocol/kiosk-events.ts';
import { EnrolmentClient } from '../node/enrolment-client.ts';
import { until } from '../test/support/until.ts';
import { answerQuestions } from './support/processes.ts';

/** Kiosks that are enrolled, connected, and draw at once whatever they are told. */
export interface StartKiosks {
  readonly edgeUrl: string;
  /** Each keeps its key in a folder of its own below this one. */
  readonly folder: string;
  readonly kiosks: readonly { readonly stationId: string; readonly code: string }[];
}

const sockets: Socket[] = [];
let states = 0;

answerQuestions({
  async start({ edgeUrl, folder, kiosks }: StartKiosks) {
    for (const { stationId, code } of kiosks) {
      const client = await EnrolmentClient.open({
        url: edgeUrl,
        folder: `${folder}/${stationId}`,
        kind: 'kiosk',
        now: () => Date.now(),
      });
      await client.enrol(code, stationId);
      sockets.push(connect(edgeUrl, await client.token()));
    }
    await until('every kiosk at the edge', 20_000, () =>
      sockets.every(({ connected }) => connected),
    );
  },
  /** How many states were drawn by all of them. */
  states: () => states,
});

function connect(edgeUrl: string, token: string): Socket {
  const socket = io(`${edgeUrl}${KIOSK_NAMESPACE}`, {
    auth: { token },
    transports: ['websocket'],
    forceNew: true, // a connection of its own each, as separate screens have
  });
  socket.on('state', (_state: unknown, drawn: unknown) => {
    states += 1;
    if (typeof drawn === 'function') (drawn as () => void)();
  });
  return socket;
}
