import type { GatewayDoors } from '../../node/gateway-configuration.ts';
import type { Listening } from '../../node/listening.ts';
import type { Log } from '../../node/logs.ts';
import type { MonotonicClock, Source, SourceSink } from '../source.ts';
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

/** Receivers of other makes, through whichever doors are open. */
export class GatewaySource implements Source {
  readonly simulated = false;
  readonly #options: GatewaySourceOptions;
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

  /** @throws {SogliaError} 'config/invalid' where an address is taken or not ours */
  async start(sink: SourceSink): Promise<void> {
    const { speakers, doors, keys, clock, log } = this.#options;
    const intake = new Intake({ speakers, sink, clock, silentAfterMs: doors.silentAfterMs, log });
    const report = (error: unknown) => {
      log.error('the way in for gateways failed', {}, error);
    };
    const parts = { speakers, keys, intake, clock, report };
    if (doors.mqtt !== undefined) {
      this.#ownBroker = new OwnBroker({ ...doors.mqtt, ...parts });
      await this.#ownBroker.open();
      log.info('gateways may publish', { host: doors.mqtt.host, port: this.#ownBroker.port });
    }
    if (doors.http !== undefined) {
      this.#http = await openHttpIntake({ ...doors.http, ...parts });
      log.info('gateways may post', { url: this.#http.url });
    }
    if (doors.broker !== undefined) {
      const { url, username, passwordFile } = doors.broker;
      const given = { url, username, passwordFile, speakers, intake, random: Math.random };
      this.#shopBroker = new ShopBroker(given);
      this.#shopBroker.start();
    }
    intake.look();
    this.#looking = setInterval(() => {
      intake.look();
    }, LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#looking);
    const closing = [this.#http?.close(), this.#ownBroker?.close(), this.#shopBroker?.stop()];
    const settled = await Promise.allSettled(closing.map((door) => Promise.resolve(door)));
    for (const outcome of settled) if (outcome.status === 'rejected') throw outcome.reason;
  }
}
