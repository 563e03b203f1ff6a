import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import { toHex } from '../../../kernel/hex.ts';
import { AISLE_MAC, DOOR_TOPIC, mqttGateway, openGateways } from '../../doubles/gateways.ts';
import {
  eidAdvert,
  minewBinaryMessage,
  openMqttGatewayMessage,
} from '../../fixtures/gateways/messages.ts';
import { hex } from '../../support/bytes.ts';
import { until } from '../../support/until.ts';

vi.setConfig({ testTimeout: 60_000 });
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const SECONDS = 3;
const STRANGERS_PER_SECOND = 10_000;
/** Half come one by one, half a hundred in a message. */
const SINGLES = STRANGERS_PER_SECOND / 2;
const BATCHES = SINGLES / 100;

const heapMb = () => {
  collect();
  return process.memoryUsage().heapUsed / 1024 ** 2;
};
let next = 0;
const someAddress = () => (next += 1).toString(16).padStart(12, '0');
const someAdvert = () => hex(`0201060bff4c00${someAddress()}0102`);

test('[threat-3] a flood of strangers leaves no memory behind, and members are heard through it', async () => {
  const gateways = await openGateways();
  const { source, sink, passwords } = gateways;
  const enter = (username: 'door' | 'aisle') =>
    mqttGateway(source.ports.mqtt, { username, password: passwords[username] });
  const [door, aisle] = [await enter('door'), await enter('aisle')];
  const single = (serviceData: Uint8Array) =>
    Buffer.from(openMqttGatewayMessage({ rssiDbm: -70, address: someAddress(), serviceData }));
  const batch = () => {
    const of = () => ({
      ...{ advert: someAdvert(), rssiDbm: -70, gateway: AISLE_MAC, address: someAddress() },
    });
    return Buffer.from(minewBinaryMessage(of(), Array.from({ length: 99 }, of)));
  };
  const flood = async (second: number) => {
    for (let i = 0; i < SINGLES; i += 1)
      door.publish(DOOR_TOPIC, single(hex(`00ee${'00'.repeat(18)}`)));
    for (let i = 0; i < BATCHES; i += 1) aisle.publish(`/gw/${AISLE_MAC}/status`, batch());
    const token = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, second);
    door.publish(DOOR_TOPIC, single(Uint8Array.of(0x30, 0xee, ...token)));
    const heard = { advert: eidAdvert(token), rssiDbm: -60, gateway: AISLE_MAC, address: '0' };
    aisle.publish(
      `/gw/${AISLE_MAC}/status`,
      Buffer.from(minewBinaryMessage({ ...heard, address: someAddress() })),
    );
    const all = second * STRANGERS_PER_SECOND;
    await until('the flood to have passed', 20_000, () => sink.droppedOf.advert >= all);
    await until('the member', 5_000, () => sink.sightings.length >= 2 * second);
    expect(sink.tokens.slice(-2)).toEqual([toHex(token), toHex(token)]);
  };
  await flood(1); // warms up
  const before = heapMb();
  for (let second = 2; second <= 1 + SECONDS; second += 1) await flood(second);
  expect(sink.droppedOf.advert).toBe((1 + SECONDS) * STRANGERS_PER_SECOND);
  expect(sink.refusals).toEqual([]);
  expect(heapMb() - before).toBeLessThan(8);
});
