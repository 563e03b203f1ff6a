import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import { start as startEdge, type Running } from '../../edge/main.ts';
import { BlueZSource } from '../../firmware-bridge/ble/bluez-source.ts';
import type { BlueZ, BlueZListener, DeviceProperties } from '../../firmware-bridge/ble/bluez.ts';
import { start as startBridge, type RunningBridge } from '../../firmware-bridge/main.ts';
import type { ReceiverId } from '../../kernel/domain/ids.ts';
import { parseConfiguration } from '../../node/configuration.ts';
import { createLog } from '../../node/logs.ts';
import type { FromShop, StartShop, ToldAdvert, ToShop } from './listening-shop.ts';
import { until } from './until.ts';

/** BlueZ forgets a device object that is unheard for 30 s (TemporaryTimeout of its main.conf). */
const FORGOTTEN_AFTER_MS = 30_000;

/** A BlueZ that has one radio, always on, and tells what it is told. */
class ToldBlueZ {
  /** How fast its time runs. */
  speed = 1;
  #listener: BlueZListener | undefined;
  readonly #forgetting = new Map<string, NodeJS.Timeout>();

  readonly connect = (listener: BlueZListener): Promise<BlueZ> => {
    this.#listener = listener;
    const yes = () => Promise.resolve(true);
    const done = () => Promise.resolve();
    return Promise.resolve({
      ...{ isPresent: yes, isPowered: yes, isDiscovering: yes },
      ...{
        setPower: done,
        startDiscovery: done,
        stopDiscovery: done,
        restartService: done,
        close: () => undefined,
      },
      adapters: () => Promise.resolve(['hci0']),
    });
  };

  tell(advert: ToldAdvert): void {
    const path = `/org/bluez/hci0/dev_${advert.address.replaceAll(':', '_')}`;
    this.#listener?.advert(path, propertiesOf(advert));
    clearTimeout(this.#forgetting.get(path));
    const forget = () => {
      this.#forgetting.delete(path);
      this.#listener?.forgotten(path);
    };
    this.#forgetting.set(path, setTimeout(forget, FORGOTTEN_AFTER_MS / this.speed));
  }
}

/** As dbus-next gives them. */
function propertiesOf({
  address,
  rssi,
  eddystone,
  uuids,
  manufacturer,
  name,
}: ToldAdvert): DeviceProperties {
  const bytes = (hex: string) => ({ signature: 'ay', value: Buffer.from(hex, 'hex') });
  return {
    Address: { signature: 's', value: address },
    RSSI: { signature: 'n', value: rssi },
    ...(eddystone !== undefined && {
      ServiceData: {
        signature: 'a{sv}',
        value: { '0000feaa-0000-1000-8000-00805f9b34fb': bytes(eddystone) },
      },
    }),
    ...(uuids !== undefined && { UUIDs: { signature: 'as', value: [...uuids] } }),
    ...(manufacturer !== undefined && {
      ManufacturerData: {
        signature: 'a{qv}',
        value: { [manufacturer[0]]: bytes(manufacturer[1]) },
      },
    }),
    ...(name !== undefined && { Name: { signature: 's', value: name } }),
  };
}

const bluez = new ToldBlueZ();
let edge: Running | undefined;
let bridge: RunningBridge | undefined;
let folder = '';
/** Kept on purpose, to see that the search would find it. */
const held: string[] = [];

async function start(options: StartShop): Promise<void> {
  ({ folder } = options);
  const { startAt, wallAt, speed } = options;
  const elapsed = () => (Date.now() - wallAt) * speed;
  bluez.speed = speed;
  const machine = {
    now: () => Math.floor(startAt + elapsed()),
    upMs: () => elapsed(),
    bootId: 'one',
  };
  const configuration = parseConfiguration(JSON.stringify(options.configuration), 'soglia.yaml');
  mkdirSync(folder, { recursive: true });
  const logFile = createWriteStream(join(folder, 'shop.log'));
  const destination = { write: (line: string) => void logFile.write(line) };
  edge = await startEdge({
    configuration,
    dataDir: join(folder, 'edge'),
    port: 0,
    log: createLog('edge', { level: 'debug', destination }),
    machine,
    pollMs: 500,
    hqOperatorSocket: options.hqOperatorSocket,
  });
  const receiverId = 'hci0' as ReceiverId;
  const started = await startBridge({
    configuration: { ...configuration, receivers: [], scanners: [] },
    dataDir: join(folder, 'bridge'),
    edgeUrl: edge.url,
    operatorSocket: edge.operatorSocket,
    log: createLog('bridge', { level: 'debug', destination }),
    sources: [
      new BlueZSource({
        receivers: [{ receiverId, adapter: 'hci0' }],
        clock: () => performance.now(),
        connect: bluez.connect,
        log: createLog('bridge', { level: 'debug', destination }),
      }),
    ],
  });
  bridge = started;
  await until('the bridge at the edge', 20_000, () => started.isConnected());
}

/** @param reversed - backwards, so that the question is not what is found */
async function search(reversed: readonly string[], hold: string | undefined): Promise<string[]> {
  if (hold !== undefined) held.push(hold);
  for (let i = 0; i < 3; i += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const file = join(folder, 'heap.heapsnapshot');
  writeHeapSnapshot(file);
  const found: string[] = [];
  for (const mark of reversed) {
    const text = Array.from(mark).reverse().join('');
    if (await isInFile(file, text)) found.push(`snapshot: ${mark}`);
    const count = await arraysWith(mark);
    if (count > 0) found.push(`${String(count)} arrays: ${mark}`);
  }
  rmSync(file);
  held.length = 0;
  return found;
}

async function isInFile(file: string, text: string): Promise<boolean> {
  let end = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 4 << 20 })) {
    const part = Buffer.concat([end, chunk as Buffer]);
    if (part.includes(text) || part.includes(text.toUpperCase())) return true;
    end = part.subarray(-text.length);
  }
  return false;
}

/** How many byte arrays, of all that live, have the bytes of this hex. @param reversed - the hex backwards, so that the question is no answer */
async function arraysWith(reversed: string): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    const { result } = await session.post('Runtime.evaluate', {
      expression: 'ArrayBuffer.prototype',
    });
    const { objects } = await session.post('Runtime.queryObjects', {
      prototypeObjectId: result.objectId ?? '',
    });
    const counted = await session.post('Runtime.callFunctionOn', {
      objectId: objects.objectId ?? '',
      functionDeclaration: `function (reversed) {
        const hex = [...reversed].reverse().join('');
        if (!/^([0-9a-f]{2})+$/.test(hex)) return 0;
        const wanted = hex.match(/../g).map((pair) => parseInt(pair, 16));
        let count = 0;
        for (const buffer of this) {
          const bytes = new Uint8Array(buffer);
          for (let at = bytes.indexOf(wanted[0]); at >= 0; at = bytes.indexOf(wanted[0], at + 1)) {
            if (!wanted.every((byte, i) => bytes[at + i] === byte)) continue;
            count += 1;
            break;
          }
        }
        return count;
      }`,
      arguments: [{ value: reversed }],
      returnByValue: true,
    });
    return Number(counted.result.value);
  } finally {
    session.disconnect();
  }
}

async function stop(): Promise<void> {
  await bridge?.stop();
  await edge?.stop();
}

process.on('message', (message: ToShop) => {
  if (message.kind === 'adverts') {
    for (const advert of message.adverts) bluez.tell(advert);
    return;
  }
  const task =
    message.kind === 'start'
      ? start(message.options)
      : message.kind === 'search'
        ? search(message.marks, message.hold)
        : stop();
  const say = (answer: FromShop) => process.send?.(answer);
  task.then(
    (found) => say({ answers: message.kind, ...(found !== undefined && { found }) }),
    (error: unknown) =>
      say({
        answers: message.kind,
        failure: error instanceof Error ? (error.stack ?? '') : String(error),
      }),
  );
});
process.on('disconnect', () => process.exit(0));
