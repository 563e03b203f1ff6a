import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { GatewayKeys } from '../../firmware-bridge/gateways/gateway-keys.ts';
import { start as startBridge } from '../../firmware-bridge/main.ts';
import { parseConfiguration } from '../../node/configuration.ts';
import { createLog } from '../../node/logs.ts';
import { aMember } from '../doubles/enrolled-member.ts';
import { gatewayId, mqttGateway } from '../doubles/gateways.ts';
import { HqForEdge } from '../doubles/hq-for-edge.ts';
import { aBundle } from '../doubles/shop-goods.ts';
import {
  carrierAdvert,
  eidAdvert,
  minewBinaryMessage,
  minewConnectMessage,
  minewLongMessage,
  minewRawMessage,
  openMqttGatewayMessage,
  raddecMessage,
} from '../fixtures/gateways/messages.ts';
import { anEdge, CONFIGURATION } from '../support/edge.ts';
import { endLater } from '../support/endings.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 60_000 }); // a whole store is opened here

const GATEWAY_MAC = 'ac233fc03641';
/** Each format at a gateway of its own, so that the zone tells which one heard somebody. */
const FORMATS = [
  ['omg', 'openmqttgateway'],
  ['long', 'minew'],
  ['raw', 'minew'],
  ['bb01', 'minew'],
  ['bb02', 'minew'],
  ['raddec', 'raddec'],
] as const;
const more = {
  zones: ['entrance', ...FORMATS.map(([name]) => name)],
  receivers: FORMATS.map(([name, format]) => ({
    ...{ id: name, zone: name, kind: 'gateway', format, address: GATEWAY_MAC },
    ...(format === 'minew' ? { topic: `/gw/${name}` } : {}),
  })),
  scanners: [],
  stations: [{ id: 'kiosk-1', kind: 'kiosk', zone: 'entrance' }],
  gateways: { mqtt: { port: 0 }, http: { port: 0 } },
};

/** The message in which the gateway of that format tells of this token. */
function messageOf(name: (typeof FORMATS)[number][0], token: Uint8Array, address: string) {
  const heard = { advert: eidAdvert(token), rssiDbm: -60, gateway: GATEWAY_MAC, address };
  switch (name) {
    case 'omg': {
      const serviceData = Uint8Array.of(0x30, 0xee, ...token);
      return openMqttGatewayMessage({ rssiDbm: -60, address, serviceData });
    }
    case 'long':
      return minewLongMessage(heard);
    case 'raw':
      return minewRawMessage({ ...heard, advert: carrierAdvert(token) });
    case 'bb01':
      return minewBinaryMessage(heard);
    case 'bb02':
      return minewConnectMessage(heard);
    case 'raddec':
      return raddecMessage({ ...heard, advert: carrierAdvert(token) });
  }
}
const topicOf = (name: string) => {
  if (name === 'omg') return `home/${GATEWAY_MAC}/BTtoMQTT/undecoded`;
  return name === 'raddec' ? 'paretoanywhere/devices/x/3/raddec' : `/gw/${name}/status`;
};

function remembered() {
  let text = '';
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return { destination, text: () => text };
}

async function aStore() {
  const hq = await new HqForEdge().open();
  endLater(() => hq.close());
  hq.lease();
  hq.publish(aBundle());
  const members = await Promise.all(FORMATS.map(() => aMember(hq.indexKey)));
  hq.say('cohort', ...members.map(({ row }) => ({ kind: 'row' as const, row })));
  const said = remembered();
  const { destination } = said;
  const edge = await anEdge({
    hqUrl: hq.url,
    enrolmentCode: hq.enrolmentCode('bottega'),
    log: createLog('edge', { level: 'debug', destination }),
    more,
  });
  await until('the members', 10_000, async () => {
    const text = await (await fetch(`${edge.url}/metrics`)).text();
    return text.includes(`soglia_cohort_members ${String(members.length)}\n`);
  });

  const dataDir = tempDir();
  const keys = new GatewayKeys(dataDir);
  const tree = { ...CONFIGURATION, ...more };
  const bridge = await startBridge({
    configuration: parseConfiguration(JSON.stringify(tree), 'the test'),
    dataDir,
    edgeUrl: edge.url,
    operatorSocket: edge.running.operatorSocket,
    log: createLog('bridge', { level: 'debug', destination }),
  });
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await bridge.stop();
    await edge.running.stop();
  };
  endLater(close);
  await until('the edge to be reached', 20_000, () => bridge.isConnected());
  const passwords = new Map<string, string>();
  for (const [name] of FORMATS) passwords.set(name, await keys.add(gatewayId(name)));
  return { hq, edge, bridge, members, passwords, said, close, folders: [dataDir, edge.dataDir] };
}

test('[threat-26] a member is known by whatever gateway hears them, and a stranger leaves no byte', async () => {
  const store = await aStore();
  const { hq, bridge, members, passwords } = store;
  const ports = bridge.gatewayPorts() ?? { mqtt: 0, http: 0 };
  const [stranger, strangersAddress] = [randomBytes(8), randomBytes(6).toString('hex')];
  const membersAddress = randomBytes(6).toString('hex');
  for (const [i, [name]] of FORMATS.entries()) {
    const member = members[i];
    if (member === undefined) throw new Error('no member');
    const token = await member.token(Date.now());
    const messages = [
      messageOf(name, new Uint8Array(stranger), strangersAddress),
      messageOf(name, token, membersAddress),
    ];
    const password = passwords.get(name) ?? '';
    if (name === 'bb01' || name === 'raddec') {
      for (const body of messages) {
        const answer = await fetch(`http://127.0.0.1:${String(ports.http)}/v1/gateways/${name}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${password}` },
          body: Uint8Array.from(body),
        });
        expect(answer.status).toBe(204);
      }
    } else {
      const client = await mqttGateway(ports.mqtt, { username: name, password });
      for (const body of messages) client.publish(topicOf(name), Buffer.from(body));
    }
    const { pseudonym } = member;
    const visit = await until(`the visit by ${name}`, 10_000, () =>
      hq.bodies('visit-started').find((body) => body['pseudonym'] === pseudonym),
    );
    expect(visit).toMatchObject({ zoneId: name });
  }

  await store.close();
  const written = [Buffer.from(store.said.text()), ...store.folders.flatMap(filesUnder)];
  const needles = [
    ...[stranger, stranger.toString('hex'), stranger.toString('base64')],
    ...[strangersAddress, Buffer.from(strangersAddress, 'hex'), strangersAddress.toUpperCase()],
    ...[membersAddress, Buffer.from(membersAddress, 'hex'), 'Anna’s phone'],
    ...passwords.values(),
  ];
  expect(written.some((bytes) => bytes.includes('raddec'))).toBe(true);
  for (const needle of needles) {
    for (const bytes of written) expect(bytes.includes(needle), needle.toString()).toBe(false);
  }
});

function filesUnder(folder: string): readonly Buffer[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
}
