import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Aedes } from 'aedes';
import { expect, test } from 'vitest';
import { openGateways } from '../../doubles/gateways.ts';
import { openMqttGatewayMessage } from '../../fixtures/gateways/messages.ts';
import { hex } from '../../support/bytes.ts';
import { endLater } from '../../support/endings.ts';
import { portOf } from '../../support/ports.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';

const PASSWORD = 'the shop’s own';
const TOPIC = 'home/OMG_DOOR/BTtoMQTT/undecoded';
const message = (token: string) =>
  Buffer.from(
    openMqttGatewayMessage({
      ...{ rssiDbm: -60, address: '6087574c9bc2' },
      serviceData: hex(`30ee${token}`),
    }),
  );

/** The shop's broker, a real one, which somebody else runs. */
class ShopsBroker {
  readonly filters: string[] = [];
  readonly #sockets = new Set<Socket>();
  #port = 0;
  #close = () => Promise.resolve();
  #broker: Aedes | undefined;

  get port(): number {
    return this.#port;
  }

  /** Listens, on the same port each time. */
  async open(): Promise<this> {
    const broker = await Aedes.createBroker({
      authenticate: (_client, username, password, answer) => {
        answer(null, username === 'soglia' && password?.toString() === PASSWORD);
      },
    });
    broker.on('subscribe', (subscriptions) => {
      this.filters.push(...subscriptions.map(({ topic, qos }) => `${topic} ${String(qos)}`));
    });
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      broker.handle(socket);
    }).listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = portOf(server);
    this.#broker = broker;
    this.#close = async () => {
      for (const socket of this.#sockets) socket.destroy();
      await new Promise((done) => server.close(done));
      await new Promise<void>((done) => {
        broker.close(done);
      });
    };
    endLater(() => this.close());
    return this;
  }

  async close(): Promise<void> {
    const close = this.#close;
    this.#close = () => Promise.resolve();
    await close();
  }

  publish(topic: string, payload: Buffer, retain = false): Promise<void> {
    const packet = { cmd: 'publish', topic, payload, qos: 0, dup: false, retain } as const;
    return new Promise((resolve, reject) => {
      this.#broker?.publish(packet, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }
}

function doorsTo(port: number, password = PASSWORD, mode = 0o600): string {
  const passwordFile = join(tempDir(), 'broker');
  writeFileSync(passwordFile, `${password}\n`);
  chmodSync(passwordFile, mode);
  const url = `mqtt://127.0.0.1:${String(port)}`;
  return JSON.stringify({ broker: { url, username: 'soglia', passwordFile } });
}

test('on the shop’s broker gateways are heard under their topics, also after it was away', async () => {
  const broker = await new ShopsBroker().open();
  await broker.publish(TOPIC, message('00000000000000aa'), true); // from any time before
  const { sink, log } = await openGateways({ doors: doorsTo(broker.port) });
  await until('the subscriptions', 10_000, () => broker.filters.length === 3);
  expect(broker.filters.sort()).toEqual([
    '/gw/ac233fc03641/# 0',
    'home/OMG_DOOR/BTtoMQTT/# 0',
    'paretoanywhere/devices/# 0',
  ]);
  await broker.publish(TOPIC, message('00000000000000bb'));
  await until('the sighting', 5_000, () => sink.tokens.length > 0);
  expect(sink.tokens).toEqual(['00000000000000bb']);

  await broker.close();
  const words = `the broker at 127.0.0.1:${String(broker.port)}`;
  await until('its loss', 5_000, () => sink.reasons.some((reason) => reason.startsWith(words)));
  broker.filters.length = 0;
  await broker.open();
  await until('the subscriptions', 10_000, () => broker.filters.length === 3);
  await broker.publish(TOPIC, message('00000000000000cc'));
  await until('the sighting', 5_000, () => sink.tokens.includes('00000000000000cc'));
  expect(log.lines.join()).not.toContain(PASSWORD);
});

test('a wrong password, and a file that others may read, are said in words', async () => {
  const broker = await new ShopsBroker().open();
  const says = async (doors: string, words: string) => {
    const { sink } = await openGateways({ doors });
    await until(words, 10_000, () => sink.reasons.some((reason) => reason.includes(words)));
    expect(sink.reasons.join()).not.toContain(PASSWORD);
  };
  await says(doorsTo(broker.port, 'another'), 'Not authorized');
  await says(doorsTo(broker.port, PASSWORD, 0o644), 'others may read it');
});

test('a broker that hangs up at once is asked again, later and later', async () => {
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.on('error', () => undefined);
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endLater(() => void server.close());
  const { sink } = await openGateways({ doors: doorsTo(portOf(server)) });
  await until('two tries', 5_000, () => visits >= 2);
  await pause(500);
  expect(visits).toBeLessThanOrEqual(3); // 0 s, 0.25 to 0.5 s, then 0.5 to 1 s later
  expect(sink.stateOf('door')).toBe('failing');
});
