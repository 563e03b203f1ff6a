import { readFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { MqttClient } from 'mqtt';
import { SogliaError } from '../../kernel/errors.ts';
import { refuseOthers } from '../../node/key-file.ts';
import { Alarm, BackOff } from '../waiting.ts';
import type { Intake } from './intake.ts';
import { carriesAdverts, isUnder, type Speaker } from './known-gateways.ts';
import { MeasuredConnection } from './measured-connection.ts';

export interface ShopBrokerOptions {
  readonly url: string;
  readonly username: string | undefined;
  readonly passwordFile: string | undefined;
  readonly speakers: readonly Speaker[];
  readonly intake: Intake;
  readonly random: () => number;
}

const PACKET_LIMIT_BYTES = 256 * 1024;
const CONNECT_WITHIN_MS = 5_000;
const KEEPALIVE_S = 15;
const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 30_000;
const LOOK_EVERY_MS = 60_000;
const WAY_IN = 'gateways.broker';
const STANDARD_PORTS = { 'mqtt:': 1883, 'mqtts:': 8883 } as const;

/** The shop's own MQTT broker: we listen there, at quality of service 0, and say nothing. */
export class ShopBroker {
  readonly #options: ShopBrokerOptions;
  readonly #alarm = new Alarm();
  #isStopping = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: ShopBrokerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#alarm.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const backOff = new BackOff(RETRY_FIRST_MS, RETRY_LAST_MS);
    while (!this.#isStopping) {
      try {
        await this.#listen(backOff);
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        this.#options.intake.trouble(WAY_IN, words);
      }
      if (this.#mayStop()) return;
      await this.#alarm.sleep(backOff.next() * (0.5 + this.#options.random() / 2));
    }
  }

  #mayStop(): boolean {
    return this.#isStopping;
  }

  /** Until the connection is lost, or we stop. @throws {Error} in words */
  async #listen(backOff: BackOff): Promise<void> {
    const { url, username, speakers, intake } = this.#options;
    const { protocol, hostname, port } = new URL(url);
    const isTls = protocol === 'mqtts:';
    const at = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || STANDARD_PORTS[isTls ? 'mqtts:' : 'mqtt:'],
    };
    const password = await this.#password();
    const name = `the broker at ${at.host}:${String(at.port)}`;
    let lost = `${name} does not answer`;
    let isOver = false;
    const open = () => {
      const socket = isTls ? connectTls({ ...at, servername: at.host }) : connectTcp(at);
      return new MeasuredConnection(socket, PACKET_LIMIT_BYTES, () => intake.refuse('too-large'));
    };
    const client = new MqttClient(open, {
      protocolVersion: 4,
      clean: true,
      clientId: `soglia-${Math.floor(this.#options.random() * 2 ** 32).toString(16)}`,
      connectTimeout: CONNECT_WITHIN_MS,
      keepalive: KEEPALIVE_S,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    });
    client.on('message', (topic, payload, { retain }) => {
      if (!retain) this.#take(topic, payload); // what was retained was heard at any time before
    });
    const end = (reason = lost) => {
      if (isOver) return; // the close of a client that we have left must not cut the pause short
      isOver = true;
      lost = reason;
      this.#alarm.wake();
    };
    client.on('error', ({ message }) => {
      end(`${name}: ${message}`);
    });
    client.on('close', () => {
      end();
    });
    client.on('connect', () => {
      lost = `${name} has hung up`;
      const topics = [...new Set(speakers.map(filterOf))];
      client.subscribe(topics, { qos: 0 }, (error, granted = []) => {
        const refused = granted.filter(({ qos }) => qos === 128).map(({ topic }) => topic);
        if (error !== null || refused.length > 0) {
          end(`${name} does not let us read ${refused.join(', ') || 'our topics'}`);
          return;
        }
        backOff.reset();
        intake.trouble(WAY_IN, undefined);
      });
    });
    try {
      while (!this.#mayStop() && !(await this.#alarm.sleep(LOOK_EVERY_MS)));
    } finally {
      isOver = true;
      client.end(true);
    }
    if (!this.#mayStop()) throw new Error(lost);
  }

  #take(topic: string, payload: Uint8Array): void {
    for (const speaker of this.#options.speakers) {
      if (!isUnder(topic, speaker.topic) || !carriesAdverts(topic, speaker)) continue;
      this.#options.intake.take(speaker, payload);
      return;
    }
  }

  async #password(): Promise<string | undefined> {
    const { passwordFile } = this.#options;
    if (passwordFile === undefined) return undefined;
    try {
      await refuseOthers(passwordFile);
      return (await readFile(passwordFile, 'utf8')).trimEnd();
    } catch (cause) {
      if (cause instanceof SogliaError) throw cause;
      throw new SogliaError('config/invalid', `${passwordFile}: cannot be read`, { cause });
    }
  }
}

function filterOf({ format, topic }: Speaker): string {
  const own = topic.replace(/\/$/, '');
  return format === 'openmqttgateway' ? `${own}/BTtoMQTT/#` : `${own}/#`;
}
