import { setTimeout as pause } from 'node:timers/promises';
import type { StartKiosks } from './kiosk-load.ts';
import type { OneSighting, StartRadio, Traffic, TrafficReport } from './radio-load.ts';
import { atMost, type Benchmark, printed, quantile } from './row.ts';
import { type Endings, withEndings } from './support/endings.ts';
import { megabytes, residentBytes } from './support/resident.ts';
import { type Load, startLoad, startSoglia } from './support/processes.ts';
import { launchBrowser, Screen } from './support/screen.ts';
import { openShop, type Shop } from './support/shop.ts';

const MEMBERS = 1_000_000;
/** Of them in the shop, heard again and again. */
const PRESENT = 1_000;
const KIOSKS = 50;
const BACKGROUND_PER_SECOND = 2_000;
const MEMBER_SHARE = 0.05;
const WARM_UP = 20;
const SAMPLES = 200;
/** Where people tip presence: our screen and four more see them, the other kiosks stand in zones of their own. */
const TIPPED_ZONE = 'window';
const KIOSKS_PER_ZONE = 5;
const ZONES = Array.from({ length: 9 }, (_, i) => `zone-${String(i + 1)}`);
/** Much stronger than before, so that presence follows at once. */
const FIRST_DBM = -75;
const ELSEWHERE_DBM = -50;

export const sightingToDom: Benchmark = {
  name: 'sighting-to-dom',
  what: 'from the sighting that tips presence to the prompt in the document of a real Chromium',
  run: (tell) =>
    withEndings(async (endings) => {
      tell(`an edge with ${MEMBERS.toLocaleString('en')} members and ${String(KIOSKS)} kiosks`);
      const stations = stationsOf();
      const shop = await openShop(
        {
          members: MEMBERS,
          couponsEach: 0,
          prepared: { tokens: WARM_UP + SAMPLES + PRESENT, tell },
          configuration: {
            zones: [TIPPED_ZONE, ...ZONES],
            receivers: [TIPPED_ZONE, ...ZONES].map((zone) => ({ id: zone, zone, kind: 'bluez' })),
            stations,
            presence: { leaveAfterMs: 600_000 },
          },
        },
        endings,
      );
      tell(`all of them known, ${megabytes(residentBytes(shop.edge.pid).now)} MB resident`);
      const kiosk = await openKioskPage(shop, endings);
      await connectOthers(shop, stations, endings);
      const radio = await startRadio(shop, endings);
      const echo = startLoad('echo-server.ts', endings);
      const echoPage = await kiosk.another(await echo.ask<string>('start', null));

      const tippers = shop.crowd.tokens.slice(0, WARM_UP + SAMPLES);
      await radio.ask<undefined>('traffic', {
        perSecond: BACKGROUND_PER_SECOND,
        members: shop.crowd.tokens.slice(tippers.length),
        memberShare: MEMBER_SHARE,
      } satisfies Traffic);
      tell(`${String(SAMPLES)} times, with ${String(BACKGROUND_PER_SECOND)} sightings a second`);
      const ours: number[] = [];
      const floor: number[] = [];
      for (const [i, token] of tippers.entries()) {
        const tipped = await tip(radio, kiosk.screen, token);
        const echoed = await show(echo, echoPage, i + 1);
        if (i < WARM_UP) continue;
        ours.push(tipped);
        floor.push(echoed);
      }
      const { dropped } = await radio.ask<TrafficReport>('stopTraffic', null);
      const resident = residentBytes(shop.edge.pid);
      tell(`the bridge dropped ${String(dropped)} sightings`);
      const p99 = quantile(ours, 0.99);
      const floorP99 = quantile(floor, 0.99);
      return {
        name: 'sighting-to-dom',
        beside: { name: 'raw socket.io echo p99, ms', figure: floorP99 },
        ratio: p99 / floorP99,
        reach: [
          atMost('p99', 'ms', 50, p99),
          printed('p50', 'ms', quantile(ours, 0.5)),
          printed('edge, resident', 'MB', megabytes(resident.now)),
          printed('edge, resident at most', 'MB', megabytes(resident.most)),
        ],
      };
    }),
};

function stationsOf() {
  return Array.from({ length: KIOSKS }, (_, i) => ({
    id: `kiosk-${String(i + 1)}`,
    kind: 'kiosk',
    zone: i < KIOSKS_PER_ZONE ? TIPPED_ZONE : (ZONES[i % ZONES.length] ?? TIPPED_ZONE),
  }));
}

async function openKioskPage(shop: Shop, endings: Endings) {
  const { port } = new URL(shop.kioskUrl);
  const toEdge = ['--edge', shop.edgeUrl, '--operator-socket', shop.operatorSocket];
  await startSoglia(['kiosk', '--station', 'kiosk-1', '--port', port, ...toEdge], endings);
  const browser = await launchBrowser(endings);
  const screen = await Screen.open(browser, shop.kioskUrl);
  return { screen, another: (url: string) => Screen.open(browser, url) };
}

async function connectOthers(
  shop: Shop,
  stations: readonly { readonly id: string }[],
  endings: Endings,
): Promise<void> {
  const kiosks = [];
  for (const { id } of stations.slice(1))
    kiosks.push({ stationId: id, code: await shop.enrolmentCode('kiosk', id) });
  const others = startLoad('kiosk-load.ts', endings);
  await others.ask<undefined>('start', {
    edgeUrl: shop.edgeUrl,
    folder: shop.folder('kiosks'),
    kiosks,
  } satisfies StartKiosks);
}

async function startRadio(shop: Shop, endings: Endings): Promise<Load> {
  const radio = startLoad('radio-load.ts', endings);
  await radio.ask<undefined>('start', {
    config: shop.config,
    dataDir: shop.folder('bridge'),
    edgeUrl: shop.edgeUrl,
    enrolmentCode: await shop.enrolmentCode('bridge'),
    receivers: ZONES,
  } satisfies StartRadio);
  return radio;
}

/** Somebody comes before the screen and goes on. @returns ms until it showed the prompt */
async function tip(radio: Load, screen: Screen, token: string): Promise<number> {
  const empty = await screen.watch('.kiosk[data-view="attract"]');
  await empty.seenAt();
  const prompt = await screen.watch('.kiosk[data-view="prompt"]');
  await pause(Math.random() * 50); // at any point of the bridge's batches
  const sighting: OneSighting = { receiver: TIPPED_ZONE, token, rssiDbm: FIRST_DBM };
  const heardAt = await radio.ask<number>('sight', sighting);
  const seenAt = await prompt.seenAt();
  const elsewhere = ZONES[0] ?? TIPPED_ZONE;
  const leaving: OneSighting = { receiver: elsewhere, token, rssiDbm: ELSEWHERE_DBM };
  await radio.ask<number>('sight', leaving);
  return seenAt - heardAt;
}

async function show(echo: Load, screen: Screen, count: number): Promise<number> {
  const shown = await screen.watch(`#shown[data-shown="${String(count)}"]`);
  const sentAt = await echo.ask<number>('show', count);
  return (await shown.seenAt()) - sentAt;
}
