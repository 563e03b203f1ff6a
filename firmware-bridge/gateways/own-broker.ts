import { type EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Aedes, type Client, type PublishPacket, type Subscription } from 'aedes';
import { SogliaError } from '../../kernel/errors.ts';
import type { MonotonicClock } from '../source.ts';
import { Allowance } from './allowance.ts';
import type { GatewayKeys } from './gateway-keys.ts';
import type { Intake } from './intake.ts';
import { carriesAdverts, isUnder, type Speaker } from './known-gateways.ts';
import { MeasuredConnection } from './measured-connection.ts';

export interface OwnBrokerOptions {
  readonly host: string;
  readonly port: number;
  readonly speakers: readonly Speaker[];
  readonly keys: GatewayKeys;
  readonly intake: Intake;
  readonly clock: MonotonicClock;
  readonly report: (error: unknown) => void;
}

const PACKET_LIMIT_BYTES = 256 * 1024;
const MOST_CONNECTIONS = 128;
const CONNECTIONS_PER_SECOND = 50;
const CONNECT_WITHIN_MS = 5_000;
const MOST_SUBSCRIPTIONS = 16;
const LONGEST_CLIENT_ID = 128;
const NOT_AUTHORIZED = 5; // MQTT 3.1.1, section 3.2.2.3

/**
 * An MQTT broker that is a letter box: gateways put messages in, and nobody gets any out. A gateway signs in with its
 * id and password, has one connection, and is heard under its own topic alone. Nothing is retained, queued or
 * forwarded, and wills are dropped.
 */
export class OwnBroker {
  readonly #options: OwnBrokerOptions;
  /** Who is signed in, and with which of its passwords. */
  readonly #signedIn = new Map<
    Client,
    { readonly speaker: Speaker; readonly generation: string }
  >();
  readonly #subscriptions = new WeakMap<Client, number>();
  readonly #sockets = new Set<Socket>();
  readonly #knocks: Allowance;
  #server: Server | undefined;
  #broker: Aedes | undefined;

  constructor(options: OwnBrokerOptions) {
    this.#options = options;
    this.#knocks = new Allowance(CONNECTIONS_PER_SECOND, options.clock);
  }

  /** 0 until it is open. */
  get port(): number {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    return address?.port ?? 0;
  }

  /** @throws {SogliaError} 'config/invalid' where it cannot listen */
  async open(): Promise<void> {
    const { host, port, report } = this.#options;
    const broker = await Aedes.createBroker({
      connectTimeout: CONNECT_WITHIN_MS,
      maxClientsIdLength: LONGEST_CLIENT_ID,
      preConnect: (_client, packet, answer) => {
        // One connection for each gateway, and no way to end another's by taking its name.
        packet.clientId = packet.username ?? '';
        packet.clean = true;
        delete packet.will;
        answer(null, true);
      },
      authenticate: (client, username, password, answer) => {
        this.#authenticate(client, username, password).then(
          (isKnown) => {
            answer(isKnown ? null : notAuthorized(), isKnown);
          },
          (error: unknown) => {
            report(error);
            answer(notAuthorized(), false);
          },
        );
      },
      authorizePublish: (client, packet, answer) => {
        answer(client === null ? null : this.#take(client, packet));
      },
      authorizeSubscribe: (client, subscription, answer) => {
        answer(null, this.#maySubscribe(client, subscription) ? subscription : null);
      },
      authorizeForward: () => null,
    });
    (broker as EventEmitter).on('error', report); // of its timers; its types do not know it
    this.#broker = broker;
    const server = createServer((socket) => {
      this.#serve(socket, broker);
    });
    server.maxConnections = MOST_CONNECTIONS;
    this.#server = server;
    const listening = once(server, 'listening');
    server.listen(port, host);
    try {
      await listening;
    } catch (cause) {
      await this.close();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SogliaError('config/invalid', `gateways.mqtt: cannot listen: ${reason}`, { cause });
    }
    server.on('error', report);
  }

  /** Hangs up on everybody whose password is no longer the one they came with. To be called every second or so. */
  async look(): Promise<void> {
    const { keys, intake } = this.#options;
    for (const [client, { speaker, generation }] of this.#signedIn) {
      if ((await keys.generation(speaker.id)) === generation) continue;
      this.#signedIn.delete(client);
      client.close();
      intake.refuse('wrong-password', speaker);
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const [server, broker] = [this.#server, this.#broker];
    if (server?.listening === true) await new Promise((done) => server.close(done));
    await new Promise<void>((done) => {
      if (broker === undefined) done();
      else broker.close(done);
    });
  }

  #serve(socket: Socket, broker: Aedes): void {
    socket.on('error', () => undefined); // 'close' follows
    if (!this.#knocks.take()) {
      socket.destroy();
      this.#options.intake.refuse('too-fast');
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.setNoDelay(true);
    const connection: MeasuredConnection = new MeasuredConnection(
      socket,
      PACKET_LIMIT_BYTES,
      () => {
        this.#options.intake.refuse('too-large', this.#signedIn.get(client)?.speaker);
      },
    );
    const client = broker.handle(connection);
    socket.once('close', () => this.#signedIn.delete(client));
  }

  async #authenticate(
    client: Client,
    username: string | undefined,
    password: Uint8Array | undefined,
  ): Promise<boolean> {
    const { speakers, keys, intake } = this.#options;
    const speaker = speakers.find(({ id }) => id === username);
    const generation = speaker && (await keys.generation(speaker.id));
    const isKnown =
      generation !== undefined && (await keys.isPassword(username ?? '', password ?? ''));
    if (speaker === undefined || generation === undefined || !isKnown) {
      intake.refuse(speaker === undefined ? 'unknown-gateway' : 'wrong-password', speaker);
      return false;
    }
    this.#signedIn.set(client, { speaker, generation });
    return true;
  }

  /** @returns an error where the connection has to end; MQTT 3.1.1 has no other way to say no (3.3.5) */
  #take(client: Client, packet: PublishPacket): Error | null {
    const { intake } = this.#options;
    const speaker = this.#signedIn.get(client)?.speaker;
    if (speaker === undefined) return new Error('not signed in');
    packet.retain = false;
    if (packet.qos !== 0) {
      intake.refuse('wrong-qos', speaker);
      return new Error('quality of service above 0');
    }
    const { topic, payload } = packet;
    // Dropped and not cut off: many gateways tell other programs of themselves and cannot be told not to.
    if (!isUnder(topic, speaker.topic)) intake.refuse('wrong-topic', speaker);
    else if (carriesAdverts(topic, speaker)) intake.take(speaker, bytesOf(payload));
    return null;
  }

  #maySubscribe(client: Client, { topic }: Subscription): boolean {
    const speaker = this.#signedIn.get(client)?.speaker;
    const count = (this.#subscriptions.get(client) ?? 0) + 1;
    if (speaker !== undefined && isUnder(topic, speaker.topic) && count <= MOST_SUBSCRIPTIONS) {
      this.#subscriptions.set(client, count);
      return true;
    }
    this.#options.intake.refuse('wrong-topic', speaker);
    return false;
  }
}

function bytesOf(payload: string | Buffer): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

function notAuthorized(): Error & { returnCode: number } {
  return Object.assign(new Error('not authorized'), { returnCode: NOT_AUTHORIZED });
}
