import type { ReceiverId } from '../../kernel/domain/ids.ts';
import type { MonotonicClock, PartState, Source, SourceSink } from '../source.ts';
import { Alarm, BackOff } from '../waiting.ts';
import { AdvertReader } from './advert-reader.ts';
import { NO_BLUEZ, dbusErrorOf, radioTrouble } from './bluez-words.ts';
import type { BlueZ, ConnectBlueZ, DeviceProperties } from './bluez.ts';

export interface BlueZReceiver {
  readonly receiverId: ReceiverId;
  /** hci0; the first that BlueZ names where undefined. */
  readonly adapter: string | undefined;
}

export interface BlueZSourceOptions {
  readonly receivers: readonly BlueZReceiver[];
  readonly connect: ConnectBlueZ;
  readonly clock: MonotonicClock;
}

/** First and last pause between two tries; the last bounds how late a bus that came back is seen. */
const RETRY_FIRST_MS = 100;
const RETRY_LAST_MS = 1_000;
/** How often a working radio is asked whether it still is one. */
const CHECK_EVERY_MS = 2_500;
/** Several changes in a row are looked at once. */
const SETTLE_MS = 20;
/** BlueZ answers StartDiscovery before it says of itself that it discovers. */
const DISCOVERY_GRACE_MS = 2_000;
/** A radio that has heard nothing at all for so long is made to start anew: some get stuck without a word. */
const SILENCE_MS = 300_000;

const DEVICE_PATH = '/org/bluez/';
const WORKING: PartState = { state: 'working' };

/** What we know of one adapter since BlueZ last started. */
interface Discovery {
  startedAtMs: number;
  heardAtMs: number;
}

/** Every receiver on this machine's BlueZ, through one connection to the system bus. */
export class BlueZSource implements Source {
  readonly simulated = false;
  readonly #options: BlueZSourceOptions;
  readonly #reader = new AdvertReader();
  readonly #alarm = new Alarm();
  readonly #discoveries = new Map<string, Discovery>();
  /** Adapter → receiver, for adapters that were found. */
  readonly #receiverOf = new Map<string, ReceiverId>();
  #isStopping = false;
  #lostBecause: string | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: BlueZSourceOptions) {
    this.#options = options;
  }

  start(sink: SourceSink): Promise<void> {
    this.#running = this.#run(sink);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#alarm.wake();
    await this.#running;
  }

  async #run(sink: SourceSink): Promise<void> {
    const backOff = new BackOff(RETRY_FIRST_MS, RETRY_LAST_MS);
    while (!this.#isStopping) {
      try {
        await this.#useOneConnection(sink, backOff);
      } catch (error) {
        for (const { receiverId, adapter } of this.#options.receivers) {
          sink.receiver(receiverId, radioTrouble(error, adapter ?? 'hci0'));
        }
      }
      this.#forgetAdapters();
      if (!this.#mayStop()) await this.#alarm.sleep(backOff.next());
    }
  }

  /** Ends when the connection does, or when we are asked to stop. */
  async #useOneConnection(sink: SourceSink, backOff: BackOff): Promise<void> {
    this.#lostBecause = undefined;
    const bluez = await this.#options.connect({
      advert: (path, properties) => {
        this.#advert(sink, path, properties);
      },
      forgotten: (path) => {
        this.#reader.forget(path);
      },
      restarted: () => {
        this.#forgetAdapters();
        backOff.reset();
        this.#alarm.wake();
      },
      adaptersChanged: () => {
        this.#alarm.wake();
      },
      closed: (reason) => {
        this.#lostBecause = reason;
        this.#alarm.wake();
      },
    });
    try {
      while (!this.#mayStop()) {
        const isAllWell = await this.#look(bluez, sink);
        this.#throwIfLost();
        if (isAllWell) backOff.reset();
        const wasWoken = await this.#alarm.sleep(isAllWell ? CHECK_EVERY_MS : backOff.next());
        if (wasWoken && !this.#mayStop()) await new Promise((done) => setTimeout(done, SETTLE_MS));
        this.#throwIfLost();
      }
      await this.#quieten(bluez);
    } finally {
      bluez.close();
    }
  }

  /** A function, so that the compiler does not take an earlier look for the last word. */
  #mayStop(): boolean {
    return this.#isStopping;
  }

  #throwIfLost(): void {
    if (this.#lostBecause !== undefined) throw new Error(this.#lostBecause);
  }

  /** Brings up whatever is not working. @returns whether all of it works now */
  async #look(bluez: BlueZ, sink: SourceSink): Promise<boolean> {
    if (!(await bluez.isPresent())) {
      for (const { receiverId } of this.#options.receivers) {
        sink.receiver(receiverId, { state: 'missing', reason: NO_BLUEZ });
      }
      return false;
    }
    const present = await bluez.adapters();
    let isAllWell = true;
    for (const receiver of this.#options.receivers) {
      const part = await this.#bringUp(bluez, receiver, present);
      sink.receiver(receiver.receiverId, part);
      isAllWell &&= part.state === 'working';
    }
    return isAllWell;
  }

  async #bringUp(
    bluez: BlueZ,
    { receiverId, adapter: wanted }: BlueZReceiver,
    present: readonly string[],
  ): Promise<PartState> {
    const adapter = wanted ?? present[0];
    if (adapter === undefined || !present.includes(adapter)) {
      const others = present.length > 0 ? `BlueZ has ${present.join(', ')}` : 'BlueZ has none';
      return {
        state: 'missing',
        reason: `no Bluetooth adapter ${adapter ?? ''}: plug it in (${others})`,
      };
    }
    try {
      this.#receiverOf.set(adapter, receiverId);
      if (!(await bluez.isPowered(adapter))) {
        this.#discoveries.delete(adapter);
        await bluez.setPower(adapter, true);
      }
      await this.#discover(bluez, adapter);
      return WORKING;
    } catch (error) {
      if (dbusErrorOf(error) === undefined) throw error; // the bus itself, not this adapter
      this.#discoveries.delete(adapter);
      return radioTrouble(error, adapter);
    }
  }

  async #discover(bluez: BlueZ, adapter: string): Promise<void> {
    const now = this.#options.clock();
    const discovery = this.#discoveries.get(adapter);
    if (discovery !== undefined) {
      if (now - discovery.startedAtMs < DISCOVERY_GRACE_MS) return;
      const isSilent = now - discovery.heardAtMs > SILENCE_MS;
      if (!isSilent && (await bluez.isDiscovering(adapter))) return;
      await bluez.stopDiscovery(adapter).catch(unlessBusIsGone);
    }
    this.#discoveries.delete(adapter);
    await startAnew(bluez, adapter);
    this.#discoveries.set(adapter, { startedAtMs: now, heardAtMs: now });
  }

  /** The street is not listened to once nobody wants to know. */
  async #quieten(bluez: BlueZ): Promise<void> {
    for (const adapter of this.#discoveries.keys()) {
      await bluez.stopDiscovery(adapter).catch(() => undefined);
    }
  }

  #forgetAdapters(): void {
    this.#discoveries.clear();
    this.#receiverOf.clear();
    this.#reader.forgetAll();
  }

  #advert(sink: SourceSink, path: string, properties: DeviceProperties): void {
    const adapter = path.slice(DEVICE_PATH.length, path.indexOf('/', DEVICE_PATH.length));
    const receiverId = this.#receiverOf.get(adapter);
    if (receiverId === undefined) return;
    const now = this.#options.clock();
    const discovery = this.#discoveries.get(adapter);
    if (discovery !== undefined) discovery.heardAtMs = now;
    const heard = this.#reader.read(path, properties);
    if (heard === undefined) sink.dropped('advert');
    else sink.heard({ ...heard, receiverId, heardAtMs: now });
  }
}

/**
 * Starts discovery although one seems to be under way: either our own, which we then end, or that of a bluetoothd that
 * was killed: the kernel goes on with it for up to 10 s and refuses any other, unless the adapter is switched off and on.
 */
async function startAnew(bluez: BlueZ, adapter: string): Promise<void> {
  try {
    await bluez.startDiscovery(adapter);
  } catch (error) {
    if (dbusErrorOf(error) !== 'org.bluez.Error.InProgress') throw error;
    const wasOurs = await bluez.stopDiscovery(adapter).then(() => true, unlessBusIsGone);
    if (wasOurs !== true) {
      await bluez.setPower(adapter, false);
      await bluez.setPower(adapter, true);
    }
    await bluez.startDiscovery(adapter);
  }
}

function unlessBusIsGone(error: unknown): void {
  if (dbusErrorOf(error) === undefined) throw error;
}
