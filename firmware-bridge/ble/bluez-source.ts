import type { ReceiverId } from '../../kernel/domain/ids.ts';
import { codeOf } from '../../kernel/errors.ts';
import type { Log } from '../../node/logs.ts';
import type { MonotonicClock, PartState, Source, SourceSink } from '../source.ts';
import { Alarm, BackOff } from '../waiting.ts';
import { AdvertReader, beaconFrames } from './advert-reader.ts';
import { NO_BLUEZ, dbusErrorOf, radioTrouble, restartTrouble } from './bluez-words.ts';
import type { BlueZ, ConnectBlueZ, DeviceProperties } from './bluez.ts';
import { Ladder, STEPS } from './ladder.ts';

export interface BlueZReceiver {
  readonly receiverId: ReceiverId;
  /** hci0; the first that BlueZ names where undefined. */
  readonly adapter: string | undefined;
}

export interface BlueZSourceOptions {
  readonly receivers: readonly BlueZReceiver[];
  readonly connect: ConnectBlueZ;
  readonly clock: MonotonicClock;
  readonly log: Log;
  /** Restarts BlueZ in the way that `soglia.yaml` names; systemd is asked over the bus where undefined. */
  readonly restartService?: (() => Promise<void>) | undefined;
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
/** A radio that has heard nothing at all for so long starts its search anew, in a quiet shop too: it costs nothing. */
const SILENCE_MS = 300_000;
/** How long a step of the ladder has to show that it helped. */
const PATIENCE_MS = 20_000;
/** A BlueZ that died is started by systemd itself; only then is it our turn. */
const SERVICE_FIRST_AFTER_MS = 15_000;
const SERVICE_PATIENCE_MS = 60_000;

const DEVICE_PATH = '/org/bluez/';
const WORKING: PartState = { state: 'working' };

/** What we know of one adapter since BlueZ last started. */
interface Discovery {
  readonly startedAtMs: number;
  heardAtMs: number;
}

/** Every receiver on this machine's BlueZ, through one connection to the system bus. */
export class BlueZSource implements Source {
  readonly simulated = false;
  readonly #options: BlueZSourceOptions;
  readonly #reader: AdvertReader;
  readonly #alarm = new Alarm();
  readonly #discoveries = new Map<string, Discovery>();
  /** Adapter → receiver, for adapters that were found. */
  readonly #receiverOf = new Map<string, ReceiverId>();
  /** Of each adapter; outlives connections, since a step may cost us ours. */
  readonly #ladders = new Map<string, Ladder>();
  /** For a BlueZ that is not there or does not answer. */
  readonly #serviceLadder: Ladder;
  /** Why BlueZ could not be restarted, for people. */
  #mayNotRestart = '';
  #isStopping = false;
  #lostBecause: string | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: BlueZSourceOptions) {
    this.#options = options;
    this.#reader = new AdvertReader(options.clock);
    this.#serviceLadder = new Ladder({
      steps: ['restart-service'],
      firstAfterMs: SERVICE_FIRST_AFTER_MS,
      patienceMs: SERVICE_PATIENCE_MS,
      clock: options.clock,
    });
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
        this.#reader.forgetSilent();
        const isAllWell = await this.#lookOrRestart(bluez, sink);
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

  /** As `#look`; a BlueZ that is silent while the bus is not is restarted before the connection is given up. */
  async #lookOrRestart(bluez: BlueZ, sink: SourceSink): Promise<boolean> {
    try {
      return await this.#look(bluez, sink);
    } catch (error) {
      if (codeOf(error) === 'time/out' && this.#lostBecause === undefined) {
        await this.#climbService(bluez, 'BlueZ does not answer');
      }
      throw error;
    }
  }

  /** Brings up whatever is not working. @returns whether all of it works now */
  async #look(bluez: BlueZ, sink: SourceSink): Promise<boolean> {
    if (!(await bluez.isPresent())) {
      await this.#climbService(bluez, 'BlueZ is not there');
      const reason = `${NO_BLUEZ}${this.#mayNotRestart}`;
      for (const { receiverId } of this.#options.receivers) {
        sink.receiver(receiverId, { state: 'missing', trouble: 'no-bluetooth', reason });
      }
      return false;
    }
    const present = await bluez.adapters();
    if (this.#serviceLadder.mended()) this.#options.log.info('BlueZ is back');
    let isAllWell = true;
    for (const receiver of this.#options.receivers) {
      const part = await this.#bringUp(bluez, receiver, sink, present);
      sink.receiver(receiver.receiverId, part);
      isAllWell &&= part.state === 'working';
    }
    return isAllWell;
  }

  async #bringUp(
    bluez: BlueZ,
    { receiverId, adapter: wanted }: BlueZReceiver,
    sink: SourceSink,
    present: readonly string[],
  ): Promise<PartState> {
    const adapter = wanted ?? present[0];
    if (adapter === undefined || !present.includes(adapter)) {
      const others = present.length > 0 ? `BlueZ has ${present.join(', ')}` : 'BlueZ has none';
      const reason = `no Bluetooth adapter ${adapter ?? ''}: plug it in (${others})`;
      return { state: 'missing', trouble: 'unplugged', reason };
    }
    try {
      this.#receiverOf.set(adapter, receiverId);
      if (!(await bluez.isPowered(adapter))) {
        this.#discoveries.delete(adapter);
        await bluez.setPower(adapter, true);
      }
      return await this.#discover(bluez, adapter, receiverId, sink);
    } catch (error) {
      if (dbusErrorOf(error) === undefined) throw error; // the bus itself, not this adapter
      this.#discoveries.delete(adapter);
      const part = radioTrouble(error, adapter);
      // No step of ours plugs an adapter in or gives us a right.
      if (part.state !== 'failing' || part.trouble === 'not-allowed') return part;
      await this.#climb(bluez, adapter, receiverId, part.reason).catch(unlessBusIsGone);
      return { ...part, reason: `${part.reason}${this.#mayNotRestart}` };
    }
  }

  async #discover(
    bluez: BlueZ,
    adapter: string,
    receiverId: ReceiverId,
    sink: SourceSink,
  ): Promise<PartState> {
    const now = this.#options.clock();
    const discovery = this.#discoveries.get(adapter);
    if (discovery === undefined) {
      await this.#search(bluez, adapter);
      return this.#silent(sink.silence(receiverId)) ?? WORKING;
    }
    const silence = sink.silence(receiverId);
    if (now - discovery.startedAtMs < DISCOVERY_GRACE_MS) return this.#silent(silence) ?? WORKING;
    const isSearching = await bluez.isDiscovering(adapter);
    if (isSearching && silence === undefined) {
      if (this.#ladders.get(adapter)?.mended() === true) {
        this.#options.log.info('the radio hears again', { receiverId, device: adapter });
        this.#mayNotRestart = '';
      }
      if (now - discovery.heardAtMs <= SILENCE_MS) return WORKING;
    } else {
      const trouble = silence ?? 'BlueZ has stopped searching by itself';
      const isTaken = await this.#climb(bluez, adapter, receiverId, trouble);
      if (isTaken || isSearching) return this.#silent(silence) ?? WORKING;
    }
    await bluez.stopDiscovery(adapter).catch(unlessBusIsGone);
    await this.#search(bluez, adapter);
    return this.#silent(silence) ?? WORKING;
  }

  async #search(bluez: BlueZ, adapter: string): Promise<void> {
    this.#discoveries.delete(adapter);
    await startAnew(bluez, adapter);
    const now = this.#options.clock();
    this.#discoveries.set(adapter, { startedAtMs: now, heardAtMs: now });
  }

  #silent(silence: string | undefined): PartState | undefined {
    if (silence === undefined) return undefined;
    const reason = `${silence}${this.#mayNotRestart}`;
    return { state: 'failing', trouble: 'silent', reason };
  }

  /** One step about an adapter whose trouble lasts, where one is due. @returns whether it was taken */
  async #climb(
    bluez: BlueZ,
    adapter: string,
    receiverId: ReceiverId,
    trouble: string,
  ): Promise<boolean> {
    const { clock, log } = this.#options;
    const ladder =
      this.#ladders.get(adapter) ??
      new Ladder({ steps: STEPS, firstAfterMs: 0, patienceMs: PATIENCE_MS, clock });
    this.#ladders.set(adapter, ladder);
    const due = ladder.climb();
    if (due === undefined) return false;
    const { step, isFirst } = due;
    if (isFirst) {
      log.warn('a radio is in trouble', { receiverId, device: adapter, step, reason: trouble });
    }
    switch (step) {
      case 'restart-scan':
        await bluez.stopDiscovery(adapter).catch(unlessBusIsGone);
        await this.#search(bluez, adapter);
        return true;
      case 'power-cycle':
        this.#discoveries.delete(adapter);
        await bluez.setPower(adapter, false);
        await bluez.setPower(adapter, true);
        await this.#search(bluez, adapter);
        return true;
      case 'restart-service':
        await this.#restartService(bluez);
        return true;
    }
  }

  async #climbService(bluez: BlueZ, trouble: string): Promise<void> {
    const due = this.#serviceLadder.climb();
    if (due === undefined) return;
    const { step, isFirst } = due;
    if (isFirst) this.#options.log.warn('Bluetooth is in trouble', { step, reason: trouble });
    await this.#restartService(bluez);
  }

  /** Where we may not, that is said in words, and everything else is tried on. */
  async #restartService(bluez: BlueZ): Promise<void> {
    const { restartService, log } = this.#options;
    try {
      await (restartService?.() ?? bluez.restartService());
      this.#mayNotRestart = '';
    } catch (error) {
      const reason = `; ${restartTrouble(error)}`;
      if (reason !== this.#mayNotRestart) log.warn('Bluetooth was not restarted', { reason });
      this.#mayNotRestart = reason;
    }
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
    if (heard !== undefined) {
      const { carrier, token, rssiDbm } = heard;
      sink.heard({ receiverId, carrier, token, rssiDbm, heardAtMs: now });
      return;
    }
    const frames = beaconFrames(properties);
    if (frames === undefined || !sink.listed(receiverId, frames, addressOf(path))) {
      sink.droppedAdvert(receiverId);
    }
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

/** 12 hex digits of `/org/bluez/hci0/dev_AA_BB_CC_DD_EE_FF`. */
function addressOf(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 'dev_'.length + 1)
    .replaceAll('_', '')
    .toLowerCase();
}

function unlessBusIsGone(error: unknown): void {
  if (dbusErrorOf(error) === undefined) throw error;
}
