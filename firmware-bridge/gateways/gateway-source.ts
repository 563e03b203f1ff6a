import type { GatewayDoors } from '../../node/gateway-configuration.ts';
import type { Listening } from '../../node/listening.ts';
import type { Log } from '../../node/logs.ts';
import type { MonotonicClock, Source, SourceSink } from '../source.ts';
import { Alarm, BackOff } from '../waiting.ts';
import type { GatewayKeys } from './gateway-keys.ts';
import { openHttpIntake } from './http-intake.ts';
import { Intake } from './intake.ts';
import type { Speaker } from './known-gateways.ts';
import { OwnBroker } from './own-broker.ts';
import { ShopBroker } from './shop-broker.ts';

export interface GatewaySourceOptions {
  readonly speakers: readonly Speaker[];
  readonly doors: GatewayDoors;
  readonly keys: GatewayKeys;
  readonly clock: MonotonicClock;
  readonly log: Log;
}

const LOOK_EVERY_MS = 1_000;
/** Pauses between two tries to open a way in. */
const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 30_000;

/** Receivers of other makes, through whichever doors are open. */
export class GatewaySource implements Source {
  readonly simulated = false;
  readonly #options: GatewaySourceOptions;
  readonly #alarms: Alarm[] = [];
  readonly #trying: Promise<void>[] = [];
  readonly #told = new Map<string, string>();
  #isStopping = false;
  #looking: NodeJS.Timeout | undefined;
  #http: Listening | undefined;
  #ownBroker: OwnBroker | undefined;
  #shopBroker: ShopBroker | undefined;

  constructor(options: GatewaySourceOptions) {
    this.#options = options;
  }

  /** Where gateways get in; 0 where that door is closed. */
  get ports(): { readonly mqtt: number; readonly http: number } {
    return { mqtt: this.#ownBroker?.port ?? 0, http: this.#http?.port ?? 0 };
  }

  /** A way in that cannot be opened is told as the trouble of its gateways, and tried on; the others are open meanwhile. */
  async start(sink: SourceSink): Promise<void> {
    const { speakers, doors, keys, clock, log } = this.#options;
    const intake = new Intake({ speakers, sink, clock, silentAfterMs: doors.silentAfterMs, log });
    const report = (error: unknown) => {
      log.error('the way in for gateways failed', {}, error);
    };
    const parts = { speakers, keys, intake, clock, report };
    const { mqtt, http, broker } = doors;
    if (mqtt !== undefined) {
      await this.#open('gateways.mqtt', intake, async () => {
        const opening = new OwnBroker({ ...mqtt, ...parts });
        await opening.open();
        this.#ownBroker = opening;
        log.info('gateways may publish', { host: mqtt.host, port: opening.port });
      });
    }
    if (http !== undefined) {
      await this.#open('gateways.http', intake, async () => {
        this.#http = await openHttpIntake({ ...http, ...parts });
        log.info('gateways may post', { url: this.#http.url });
      });
    }
    if (broker !== undefined) {
      const { url, username, passwordFile } = broker;
      const given = { url, username, passwordFile, speakers, intake, random: Math.random };
      this.#shopBroker = new ShopBroker(given);
      this.#shopBroker.start();
    }
    intake.look();
    this.#looking = setInterval(() => {
      intake.look();
      this.#ownBroker?.look().catch(report);
    }, LOOK_EVERY_MS);
  }

  /** Tries once, and where that fails goes on trying by itself. */
  async #open(wayIn: string, intake: Intake, open: () => Promise<void>): Promise<void> {
    const { log } = this.#options;
    const tries = async (): Promise<boolean> => {
      try {
        await open();
        intake.trouble(wayIn, undefined);
        return true;
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        const reason = text.startsWith(wayIn) ? text : `${wayIn}: ${text}`;
        if (reason !== this.#told.get(wayIn))
          log.warn('a way in for gateways is closed', { reason });
        this.#told.set(wayIn, reason);
        intake.trouble(wayIn, reason);
        return false;
      }
    };
    if (await tries()) return;
    const alarm = new Alarm();
    this.#alarms.push(alarm);
    const goOn = async () => {
      const backOff = new BackOff(RETRY_FIRST_MS, RETRY_LAST_MS);
      do await alarm.sleep(backOff.next());
      while (!this.#isStopping && !(await tries()));
    };
    this.#trying.push(goOn());
  }

  async stop(): Promise<void> {
    clearInterval(this.#looking);
    this.#isStopping = true;
    for (const alarm of this.#alarms) alarm.wake();
    await Promise.all(this.#trying);
    const closing = [this.#http?.close(), this.#ownBroker?.close(), this.#shopBroker?.stop()];
    const settled = await Promise.allSettled(closing.map((door) => Promise.resolve(door)));
    for (const outcome of settled) if (outcome.status === 'rejected') throw outcome.reason;
  }
}
