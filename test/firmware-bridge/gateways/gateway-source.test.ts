import { readFileSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toHex } from '../../../kernel/hex.ts';
import {
  AISLE_MAC,
  DOOR_TOPIC,
  gatewayId,
  mqttGateway,
  openGateways,
} from '../../doubles/gateways.ts';
import {
  carrierAdvert,
  eidAdvert,
  minewBinaryMessage,
  minewConnectMessage,
  minewLongMessage,
  minewRawMessage,
  openMqttGatewayMessage,
  raddecMessage,
  SECRET_IRK,
} from '../../fixtures/gateways/messages.ts';
import { hex } from '../../support/bytes.ts';
import { endLater } from '../../support/endings.ts';
import { portOf } from '../../support/ports.ts';
import { until, within } from '../../support/until.ts';

const TOKEN = hex('a9b76a71c5f89290');
const ADDRESS = '6087574c9bc2';
const heardInAisle = {
  advert: eidAdvert(TOKEN),
  rssiDbm: -70,
  gateway: AISLE_MAC,
  address: ADDRESS,
};
const heardAtDoor = openMqttGatewayMessage({
  ...{ rssiDbm: -78, address: ADDRESS },
  serviceData: Uint8Array.of(0x30, 0xee, ...TOKEN),
});

type Gateways = Awaited<ReturnType<typeof openGateways>>;
const hears = ({ sink }: Gateways, count = 1) =>
  until('the sightings', 5_000, () => sink.sightings.length >= count && sink.sightings);
const refuses = ({ sink }: Gateways, reason: string) =>
  until(`a refusal as ${reason}`, 5_000, () => sink.refusals.some((one) => one === reason));
/** Not `once`: a reset connection says so before it closes. */
const closed = (connection: { once(event: 'close', listener: () => void): unknown }) =>
  new Promise<void>((resolve) => {
    connection.once('close', () => {
      resolve();
    });
  });
const doorClient = ({ source, passwords }: Gateways, options = {}) =>
  mqttGateway(source.ports.mqtt, { username: 'door', password: passwords.door, ...options });

function post(gateways: Gateways, id: string, body: Uint8Array, authorization: string) {
  return fetch(`http://127.0.0.1:${String(gateways.source.ports.http)}/v1/gateways/${id}`, {
    method: 'POST',
    headers: { authorization },
    body: Uint8Array.from(body),
    signal: AbortSignal.timeout(5_000),
  });
}

describe('a broker of our own', () => {
  test('a token that a gateway publishes becomes a sighting of its receiver', async () => {
    const gateways = await openGateways();
    const client = await doorClient(gateways);
    client.publish(DOOR_TOPIC, Buffer.from(heardAtDoor));
    const [sighting] = await hears(gateways);
    expect(sighting).toMatchObject({ receiverId: 'door', carrier: 'eid', rssiDbm: -78 });
    expect(gateways.sink.tokens).toEqual([toHex(TOKEN)]);
    await until('its state', 5_000, () => gateways.sink.stateOf('door') === 'working');
    expect(gateways.sink.stateOf('aisle')).toBe('missing');
  });

  test('what OpenMQTTGateway tells of itself is passed over, and its will is dropped', async () => {
    const gateways = await openGateways();
    const will = {
      topic: 'home/OMG_DOOR/LWT',
      payload: Buffer.from('offline'),
      qos: 0,
      retain: true,
    };
    const client = await doorClient(gateways, { will });
    client.publish('home/OMG_DOOR/LWT', 'online', { retain: true });
    client.publish('home/OMG_DOOR/SYStoMQTT', '{"uptime":12}');
    client.publish(DOOR_TOPIC, Buffer.from(heardAtDoor));
    await hears(gateways);
    expect(gateways.sink.refusals).toEqual([]);
  });

  test('beyond its own topic it is neither heard nor told anything', async () => {
    const gateways = await openGateways();
    const client = await doorClient(gateways);
    const subscribed = client.subscribeAsync(['#', '$SYS/#', '/gw/ac233fc03641/status']);
    await expect(subscribed).rejects.toThrow('Unspecified error'); // 0x80 in the SUBACK
    const own = await client.subscribeAsync('home/OMG_DOOR/commands/#');
    expect(own).toMatchObject([{ qos: 0 }]);
    client.publish(`/gw/${AISLE_MAC}/status`, Buffer.from(minewLongMessage(heardInAisle)));
    client.publish('home/OMG_DOOR_2/BTtoMQTT/undecoded', Buffer.from(heardAtDoor));
    await until('two refusals more', 5_000, () => gateways.sink.refusals.length === 5);
    expect(new Set(gateways.sink.refusals)).toEqual(new Set(['wrong-topic']));
    expect(gateways.sink.sightings).toEqual([]);
    expect(client.connected).toBe(true);
  });

  test('nothing that one gateway says comes to another, now or later', async () => {
    const gateways = await openGateways();
    const client = await doorClient(gateways);
    const told: string[] = [];
    client.on('message', (topic) => told.push(topic));
    await client.subscribeAsync('home/OMG_DOOR/#');
    client.publish('home/OMG_DOOR/state', 'kept', { retain: true });
    client.publish(DOOR_TOPIC, Buffer.from(heardAtDoor));
    await hears(gateways);
    await client.subscribeAsync('home/OMG_DOOR/state');
    expect(told).toEqual([]);
  });

  test('a wrong password, an unknown name and no name at all stay outside, with their reasons', async () => {
    const gateways = await openGateways();
    const { source, sink } = gateways;
    const enter = (options: object) => mqttGateway(source.ports.mqtt, options);
    const denied = 'Not authorized';
    await expect(enter({ username: 'door', password: 'x' })).rejects.toThrow(denied);
    await expect(enter({ username: 'door' })).rejects.toThrow(denied);
    await expect(enter({ username: 'nobody', password: 'x' })).rejects.toThrow(denied);
    await expect(enter({})).rejects.toThrow(denied);
    await expect(enter({ username: '__proto__', password: 'x' })).rejects.toThrow(denied);
    expect(sink.refusals).toEqual([
      ...['wrong-password', 'wrong-password'],
      ...['unknown-gateway', 'unknown-gateway', 'unknown-gateway'],
    ]);
    await until('the words', 5_000, () =>
      sink.reasons.some((words) => words.includes('password is wrong')),
    );
  });

  test('a quality of service above 0 ends the connection, and health says what to set', async () => {
    const gateways = await openGateways();
    const client = await doorClient(gateways);
    client.publish(DOOR_TOPIC, Buffer.from(heardAtDoor), { qos: 1 });
    await closed(client);
    expect(gateways.sink.sightings).toEqual([]);
    await until('the words', 5_000, () =>
      gateways.sink.reasons.some((words) => words.includes('set it to 0')),
    );
  });

  test('a message that says it is large ends the connection before it has come', async () => {
    const gateways = await openGateways();
    const client = await doorClient(gateways);
    client.publish(DOOR_TOPIC, Buffer.alloc(300_000));
    await closed(client);
    await refuses(gateways, 'too-large');

    const socket = connect(gateways.source.ports.mqtt, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(hex('10ffffff7f')); // CONNECT of 256 MB
    socket.resume();
    await closed(socket);
  });

  test('it cannot take another gateway’s place by its client id', async () => {
    const gateways = await openGateways();
    const door = await doorClient(gateways, { clientId: 'door' });
    const { passwords, source } = gateways;
    const aisle = { username: 'aisle', password: passwords.aisle, clientId: 'door' };
    await mqttGateway(source.ports.mqtt, aisle);
    door.publish(DOOR_TOPIC, Buffer.from(heardAtDoor));
    await hears(gateways);
    expect(door.connected).toBe(true);
  });
});

describe('HTTP', () => {
  const bearer = (password: string) => `Bearer ${password}`;

  test('tokens come in as Minew sends them, in JSON and in bytes, and as raddecs', async () => {
    const gateways = await openGateways();
    const { aisle, till } = gateways.passwords;
    const carrier = { ...heardInAisle, advert: carrierAdvert(TOKEN) };
    const basic = `Basic ${Buffer.from(`aisle:${aisle}`).toString('base64')}`;
    const atTill = { ...heardInAisle, gateway: 'ac233fc03643' };
    for (const [id, body, authorization] of [
      ['aisle', minewLongMessage(heardInAisle), bearer(aisle)],
      ['aisle', minewBinaryMessage(carrier), basic],
      ['aisle', minewRawMessage(heardInAisle), basic],
      ['aisle', minewConnectMessage(heardInAisle), bearer(aisle)],
      ['till', raddecMessage(atTill), bearer(till)],
    ] as const) {
      expect((await post(gateways, id, body, authorization)).status).toBe(204);
    }
    const heard = gateways.sink.sightings.map(({ receiverId, carrier: by }) => [receiverId, by]);
    expect(heard).toEqual([
      ['aisle', 'eid'],
      ['aisle', 'uuid128'],
      ['aisle', 'eid'],
      ['aisle', 'eid'],
      ['till-2', 'eid'], // whose messages come with the other's password
    ]);
    expect(new Set(gateways.sink.tokens)).toEqual(new Set([toHex(TOKEN)]));
  });

  test('a wrong password is 401, bytes that mean nothing 400 with the reason, too many bytes 413', async () => {
    const gateways = await openGateways();
    const { aisle, door } = gateways.passwords;
    const body = minewLongMessage(heardInAisle);
    const status = async (id: string, bytes: Uint8Array, authorization: string) =>
      (await post(gateways, id, bytes, authorization)).status;
    expect(await status('aisle', body, bearer(door))).toBe(401);
    expect(await status('aisle', body, '')).toBe(401);
    expect(await status('nobody', body, bearer(aisle))).toBe(401);
    expect(await status('till-2', body, bearer(aisle))).toBe(401);
    expect(await status('aisle', new Uint8Array(300_000), bearer(aisle))).toBe(413);
    const refused = await post(gateways, 'aisle', hex('bb0100000000'), bearer(aisle));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ message: 'body: truncated, at 6' });
    expect(gateways.sink.refusals).toEqual([
      ...['wrong-password', 'wrong-password', 'unknown-gateway', 'unknown-gateway'],
      ...['too-large', 'truncated'],
    ]);
    expect(gateways.sink.sightings).toEqual([]);
  });

  test('a gateway speaks of itself alone', async () => {
    const gateways = await openGateways();
    const other = minewLongMessage({ ...heardInAisle, gateway: 'ac233fc03699' });
    const answer = await post(gateways, 'aisle', other, bearer(gateways.passwords.aisle));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ message: 'body: unknown-gateway, at 0' });
    expect(gateways.sink.sightings).toEqual([]);
  });

  test('only POST, only there', async () => {
    const gateways = await openGateways();
    const url = `http://127.0.0.1:${String(gateways.source.ports.http)}/v1/gateways/aisle`;
    const authorization = bearer(gateways.passwords.aisle);
    const got = await fetch(url, { headers: { authorization } });
    expect(got.status).toBe(404);
  });
});

describe('passwords', () => {
  test('only their hashes lie in a file, for its owner alone; one that is taken away is good no more', async () => {
    const gateways = await openGateways();
    const file = join(gateways.folder, 'gateways.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8') + gateways.log.lines.join();
    for (const password of Object.values(gateways.passwords)) expect(text).not.toContain(password);
    const body = minewLongMessage(heardInAisle);
    const authorization = `Bearer ${gateways.passwords.aisle}`;
    expect((await post(gateways, 'aisle', body, authorization)).status).toBe(204);
    await gateways.keys.remove(gatewayId('aisle'));
    expect((await post(gateways, 'aisle', body, authorization)).status).toBe(401);
  });
});

describe('a password that changes', () => {
  test('[radio-10] one that is taken away ends the open connection, and no other', async () => {
    const gateways = await openGateways();
    const door = await doorClient(gateways);
    const aisle = await mqttGateway(gateways.source.ports.mqtt, {
      ...{ username: 'aisle', password: gateways.passwords.aisle },
    });
    const ended = closed(door.stream);
    await gateways.keys.remove(gatewayId('door'));
    await within('the end of the connection', 4_000, ended);
    await refuses(gateways, 'wrong-password');
    aisle.publish('/gw/ac233fc03641/status', Buffer.from(minewLongMessage(heardInAisle)));
    await hears(gateways);
  });

  test('[radio-10] a new one ends the connection that came with the old one', async () => {
    const gateways = await openGateways();
    const door = await doorClient(gateways);
    const ended = closed(door.stream);
    const password = await gateways.keys.add(gatewayId('door'));
    await within('the end of the connection', 4_000, ended);
    const again = await doorClient(gateways, { password });
    again.publish(DOOR_TOPIC, Buffer.from(heardAtDoor));
    await hears(gateways);
  });
});

describe('a way in that is taken', () => {
  test('[radio-11] is said in words and tried on, while the other is open', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const port = portOf(squatter);
    const doors = `{ mqtt: { port: ${String(port)} }, http: { port: 0 } }`;
    const gateways = await openGateways({ doors });
    const { sink, passwords } = gateways;
    expect(sink.parts.get('door')).toMatchObject({ state: 'failing', trouble: 'door-closed' });
    expect(sink.reasons.join()).toMatch(/gateways.mqtt: cannot listen: .*EADDRINUSE/);
    const body = minewLongMessage(heardInAisle);
    expect((await post(gateways, 'aisle', body, `Bearer ${passwords.aisle}`)).status).toBe(204);
    await until('the aisle', 5_000, () => sink.stateOf('aisle') === 'working');

    await new Promise((done) => squatter.close(done));
    await until('the door to open', 10_000, () => gateways.source.ports.mqtt === port);
    await until('its word', 5_000, () => sink.stateOf('door') === 'missing');
    const client = await doorClient(gateways);
    client.publish(DOOR_TOPIC, Buffer.from(heardAtDoor));
    await until('the door', 5_000, () => sink.stateOf('door') === 'working');
  });

  test('[radio-11] and a bridge that stops meanwhile stops', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    endLater(() => void squatter.close());
    const doors = `{ http: { port: ${String(portOf(squatter))} } }`;
    const gateways = await openGateways({ doors });
    await within('the stop', 3_000, gateways.source.stop());
  });
});

describe('how a gateway is', () => {
  test('it works, falls silent after a time, and is said to', async () => {
    let now = 0;
    const gateways = await openGateways({ clock: () => now });
    const { sink, passwords } = gateways;
    const body = minewLongMessage(heardInAisle);
    expect(sink.parts.get('aisle')).toMatchObject({ state: 'missing' });
    await post(gateways, 'aisle', body, `Bearer ${passwords.aisle}`);
    await until('work', 5_000, () => sink.stateOf('aisle') === 'working');
    now = 60_000;
    await until('silence', 5_000, () => sink.stateOf('aisle') === 'missing');
    expect(sink.parts.get('aisle')).toMatchObject({ reason: 'has sent nothing for 60 s' });
    await post(gateways, 'aisle', hex('00'), `Bearer ${passwords.aisle}`);
    await until('trouble', 5_000, () => sink.stateOf('aisle') === 'failing');
    expect(sink.parts.get('aisle')).toMatchObject({
      reason: 'its message was refused: not-json, at 0',
    });
  });

  test('[threat-26] of strangers, of names and of secrets nothing stays but a count', async () => {
    const gateways = await openGateways();
    const stranger = openMqttGatewayMessage({
      ...{ rssiDbm: -60, address: 'c0ffee123456' },
      serviceData: hex('00ee00010203040506070809aabbccddeeff0000'),
    });
    const client = await doorClient(gateways);
    client.publish(DOOR_TOPIC, Buffer.from(stranger));
    client.publish(DOOR_TOPIC, Buffer.from(heardAtDoor));
    await hears(gateways);
    expect(gateways.sink.droppedOf.advert).toBe(1);
    const kept = JSON.stringify([
      gateways.sink.sightings,
      [...gateways.sink.parts],
      gateways.log.lines,
    ]);
    for (const trace of ['c0ffee', 'C0:FF:EE', 'Anna', SECRET_IRK, '7.85', ADDRESS]) {
      expect(kept).not.toContain(trace);
    }
  });
});
