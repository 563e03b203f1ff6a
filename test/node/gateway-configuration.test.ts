import { expect, test } from 'vitest';
import { parseConfiguration } from '../../node/configuration.ts';

const door = { id: 'door', zone: 'aisle', kind: 'gateway', format: 'minew', address: 'AC:23:3F' };
const shop = (receivers: readonly object[], gateways?: object) =>
  parseConfiguration(
    JSON.stringify({
      store: { id: 'bottega', timeZone: 'Europe/Rome' },
      hq: { url: 'http://127.0.0.1:9' },
      ...{ edge: {}, kiosk: {}, zones: ['aisle'], receivers },
      ...(gateways === undefined ? {} : { gateways }),
    }),
    'soglia.yaml',
  );

test('doors for gateways are closed unless named, and open on loopback unless told', () => {
  expect(shop([]).gateways).toBeUndefined();
  expect(shop([door], { mqtt: {} }).gateways).toEqual({
    mqtt: { host: '127.0.0.1', port: 1883 },
    silentAfterMs: 60_000,
  });
});

test.for([
  ['without a way in', [door], undefined, 'receivers.0: no way in for gateways'],
  ['without a format', [{ ...door, format: undefined }], { mqtt: {} }, 'format: a gateway needs'],
  [
    'without an address',
    [{ ...door, address: undefined }],
    { http: {} },
    'address: a gateway needs',
  ],
  ['with an adapter', [{ ...door, adapter: 'hci0' }], { mqtt: {} }, 'adapter: is only for'],
  ['with a topic of many', [{ ...door, topic: '/gw/#' }], { mqtt: {} }, 'topic: not a topic'],
  ['via itself', [{ ...door, via: 'door' }], { mqtt: {} }, "via: 'door' is no other gateway"],
  ['via nobody', [{ ...door, via: 'hall' }], { mqtt: {} }, "via: 'hall' is no other gateway"],
  [
    'via one that speaks otherwise',
    [door, { ...door, id: 'hall', format: 'raddec', via: 'door' }],
    { mqtt: {} },
    "format: is another than that of 'door'",
  ],
  [
    'with credentials in the clear',
    [door],
    { broker: { url: 'mqtt://soglia:secret@broker' } },
    'credentials belong in username and passwordFile',
  ],
  ['over a broker of another kind', [door], { broker: { url: 'http://broker' } }, 'broker.url'],
] as const)('a gateway %s is refused, naming the field', ([, receivers, gateways, words]) => {
  expect(() => shop(receivers, gateways)).toThrow(words);
});

test('an adapter of this machine has no format', () => {
  const radio = { id: 'hci0', zone: 'aisle', kind: 'bluez', format: 'minew' };
  expect(() => shop([radio])).toThrow('format: is only for kind: gateway');
});
