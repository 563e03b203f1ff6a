import { io } from 'socket.io-client';
import { KIOSK_NAMESPACE, KioskStateSchema } from '../kernel/protocol/kiosk-events.ts';
import { versioned } from '../kernel/protocol/reply.ts';
import { EnrolmentClient } from '../node/enrolment-client.ts';
import { until, within } from '../test/support/until.ts';
import { atMost, type Benchmark, printed } from './row.ts';
import { withEndings } from './support/endings.ts';
import { megabytes, processorSeconds, residentBytes } from './support/resident.ts';
import { openShop } from './support/shop.ts';

const MEMBERS = 100_000;
const STATION = 'kiosk-1';
const STARTS = 3;
const STARTED_WITHIN_MS = 60_000;
const StateSchema = versioned(KioskStateSchema);

interface Start {
  /** To the first decision. */
  readonly seconds: number;
  /** Resident at most until then. */
  readonly mb: number;
  readonly processorS: number;
  /** Until tokens resolve to everybody. */
  readonly knownS: number;
  readonly knownMb: number;
  readonly mostMb: number;
}

export const coldStart: Benchmark = {
  name: 'cold-start',
  what: 'the edge, from its process’s start to the first decision on a kiosk’s screen',
  run: (tell) =>
    withEndings(async (endings) => {
      tell(`an edge with ${MEMBERS.toLocaleString('en')} members, started ${String(STARTS)} times`);
      const shop = await openShop(
        {
          members: MEMBERS,
          couponsEach: 0,
          prepared: { tokens: 0, tell },
          configuration: {
            zones: ['window'],
            receivers: [{ id: 'window', zone: 'window', kind: 'bluez' }],
            stations: [{ id: STATION, kind: 'kiosk', zone: 'window' }],
          },
        },
        endings,
      );
      const client = await EnrolmentClient.open({
        url: shop.edgeUrl,
        folder: shop.folder('kiosk'),
        kind: 'kiosk',
        now: () => Date.now(),
      });
      await client.enrol(await shop.enrolmentCode('kiosk', STATION), STATION);
      const starts: Start[] = [];
      for (let i = 0; i < STARTS; i += 1) {
        let [begun, decidedAt, mb, processorS] = [0, 0, 0, 0];
        await shop.restart(async (pid) => {
          begun = performance.now();
          await firstDecision(shop.edgeUrl, client);
          decidedAt = performance.now();
          mb = megabytes(residentBytes(pid).most);
          processorS = processorSeconds(pid);
        });
        await shop.everybodyIsKnown();
        starts.push({
          seconds: (decidedAt - begun) / 1_000,
          mb,
          processorS,
          knownS: (performance.now() - begun) / 1_000,
          knownMb: megabytes(residentBytes(shop.edge.pid).now),
          mostMb: megabytes(residentBytes(shop.edge.pid).most),
        });
        tell(`to the first decision ${String(Math.round(decidedAt - begun))} ms`);
      }
      const most = (of: keyof Start) => Math.max(...starts.map((start) => start[of]));
      return {
        name: 'cold-start',
        beside: null,
        ratio: null,
        reach: [
          atMost('to the first decision', 's', 2, most('seconds')),
          atMost('resident at most', 'MB', 200, most('mb')),
          printed('of the processors until then', 's', most('processorS')),
          printed('until every token is known', 's', most('knownS')),
          printed('resident then', 'MB', most('knownMb')),
          printed('resident at most until then', 'MB', most('mostMb')),
        ],
      };
    }),
};

/** As a kiosk does that lost its edge: it tries until somebody is there. Settles with a state that was decided. */
async function firstDecision(edgeUrl: string, client: EnrolmentClient): Promise<void> {
  await until('the edge at its door', STARTED_WITHIN_MS, () =>
    fetch(`${edgeUrl}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  client.dropToken(); // the edge has forgotten it
  const token = await client.token();
  const socket = io(`${edgeUrl}${KIOSK_NAMESPACE}`, { auth: { token }, transports: ['websocket'] });
  try {
    const decided = new Promise<void>((resolve) => {
      socket.on('state', (sent: unknown, drawn: unknown) => {
        const { screen } = StateSchema.parse(sent).state;
        if (typeof drawn === 'function') (drawn as () => void)();
        if ('offers' in screen && screen.offers.cards.length > 0) resolve();
      });
    });
    await within('the first decision', STARTED_WITHIN_MS, decided);
  } finally {
    socket.disconnect();
  }
}
