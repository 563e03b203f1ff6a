import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeGatewayMessage } from '../../../kernel/gateways/gateway-format.ts';
import {
  type GatewayFormat,
  type GatewayMessage,
  advertsIn,
  tokensAmong,
} from '../../../kernel/gateways/gateway-message.ts';
import { toHex } from '../../../kernel/hex.ts';
import { hex, utf8 } from '../../support/bytes.ts';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/gateways/${name}`, import.meta.url)));
const bytesOf = (name: string) => hex(new TextDecoder().decode(fixture(name)).replace(/\s/g, ''));

/** What goes on from a message: who heard it, how strongly, and the token. */
function sightingsOf(message: GatewayMessage) {
  if (message.kind === 'rejected') return message;
  return message.frames.flatMap((frame) =>
    tokensAmong(advertsIn(frame)).map(({ carrier, token }) => ({
      gateway: frame.gateway,
      rssiDbm: frame.rssiDbm,
      carrier,
      token: toHex(token),
    })),
  );
}
const decode = (format: GatewayFormat, text: string) => decodeGatewayMessage(format, utf8(text));

const eid = { carrier: 'eid', token: 'a9b76a71c5f89290' };

describe('a token comes out of every format as it was heard', () => {
  test.for([
    ['openmqttgateway', 'openmqttgateway-undecoded.json', undefined, -78],
    ['minew', 'minew-long.json', 'ac233fc03641', -70],
    ['minew', 'minew-raw.json', 'ac233fc03641', -71],
    ['raddec', 'raddec.json', '001bc50940810000', -72],
  ] as const)('%s: %s', ([format, name, gateway, rssiDbm]) => {
    const message = decodeGatewayMessage(format, fixture(name));
    expect(sightingsOf(message)).toEqual([{ gateway, rssiDbm, ...eid }]);
  });

  test.for([
    ['minew-bb01.hex', 'ac233fc03641', -73],
    ['minew-bb02.hex', undefined, -74],
  ] as const)('%s', ([name, gateway, rssiDbm]) => {
    const message = decodeGatewayMessage('minew', bytesOf(name));
    expect(sightingsOf(message)).toEqual([{ gateway, rssiDbm, ...eid }]);
  });
});

test('what a gateway has decoded itself is a message without adverts', () => {
  const decoded = '{"id":"60:87:57:4C:9B:C2","rssi":-78,"model_id":"IBEACON","mfid":"4c00"}';
  expect(decode('openmqttgateway', decoded)).toMatchObject({ kind: 'frames', frames: [] });
  const long = '[{"type":"Gateway","mac":"AC233FC03641"},{"type":"S1","mac":"AC233FA2D5B5"}]';
  expect(decode('minew', long)).toMatchObject({ kind: 'frames', frames: [] });
});

test('an unknown strength is heard all the same: 0, above 0, not a number', () => {
  for (const rssi of ['0', '12', '"x"', 'null', '-1e9', '{}']) {
    const message = `{"servicedata":"30eea9b76a71c5f89290","servicedatauuid":"feaa","rssi":${rssi}}`;
    expect(sightingsOf(decode('openmqttgateway', message))).toMatchObject([{ rssiDbm: undefined }]);
  }
  const text = '{"servicedata":"30eea9b76a71c5f89290","servicedatauuid":"feaa","rssi":"-61"}';
  expect(sightingsOf(decode('openmqttgateway', text))).toMatchObject([{ rssiDbm: -61 }]);
});

test('Eddystone is told by its UUID in any spelling, and another service is nobody', () => {
  const of = (uuid: string) =>
    sightingsOf(
      decode(
        'openmqttgateway',
        `{"servicedata":"30eea9b76a71c5f89290","servicedatauuid":"${uuid}"}`,
      ),
    );
  for (const uuid of ['feaa', '0xFEAA', '0000feaa-0000-1000-8000-00805f9b34fb']) {
    expect(of(uuid)).toMatchObject([eid]);
  }
  for (const uuid of ['fcd2', 'feaaf', '']) expect(of(uuid)).toEqual([]);
});

test('an entry that cannot be read is rejected by its position, and the others count', () => {
  const good = '{"rawData":"02010603 03aafe0d16aafe30eea9b76a71c5f89290","rssi":-60}'.replace(
    ' ',
    '',
  );
  const message = decode('minew', `[{"gateway":"x1"},7,{"rawData":"zz"},{"rawData":5},${good}]`);
  expect(sightingsOf(message)).toEqual([{ gateway: 'x1', rssiDbm: -60, ...eid }]);
  expect(message).toMatchObject({
    rejections: [
      { reason: 'wrong-type', at: 1 },
      { reason: 'not-hex', at: 2 },
      { reason: 'wrong-type', at: 3 },
    ],
  });
});

test.for([
  ['openmqttgateway', '', 'empty'],
  ['openmqttgateway', 'online', 'not-json'],
  ['openmqttgateway', '[]', 'wrong-type'],
  ['openmqttgateway', '{"manufacturerdata":"4c"}', 'truncated'],
  ['openmqttgateway', '{"manufacturerdata":"xyz"}', 'not-hex'],
  ['openmqttgateway', '{"servicedata":1,"servicedatauuid":"feaa"}', 'wrong-type'],
  ['minew', '{}', 'wrong-type'],
  ['minew', '[{"type":"Gateway"}]', 'wrong-type'],
  ['minew', `[${'{},'.repeat(4_096)}{}]`, 'too-many'],
  ['raddec', '{"packets":[]}', 'wrong-type'],
  ['raddec', '{"transmitterId":"a","rssiSignature":7}', 'wrong-type'],
  ['raddec', '{"transmitterId":"a","rssiSignature":[{}]}', 'wrong-type'],
  ['raddec', '{"transmitterId":"a","packets":["40ff"]}', 'truncated'],
  ['raddec', '{"transmitterId":"a","packets":["4020aabbccddeeff0201"]}', 'wrong-length'],
] as const)('%s refuses %s as %s', ([format, text, reason]) => {
  expect(decode(format, text)).toMatchObject({ kind: 'rejected', reason });
});

test('binary forms are refused where they contradict themselves', () => {
  const long = bytesOf('minew-bb01.hex');
  const connect = bytesOf('minew-bb02.hex');
  const reasonOf = (bytes: Uint8Array) => decodeGatewayMessage('minew', bytes);
  const changed = (bytes: Uint8Array, at: number, value: number) => {
    const copy = bytes.slice();
    copy[at] = value;
    return copy;
  };
  expect(reasonOf(hex('bb'))).toMatchObject({ reason: 'truncated' });
  expect(reasonOf(hex('bb00'))).toMatchObject({ reason: 'unknown-version', at: 1 });
  expect(reasonOf(long.subarray(0, 20))).toMatchObject({ reason: 'wrong-length', at: 2 });
  expect(reasonOf(changed(long, long.length - 1, 0))).toMatchObject({ reason: 'wrong-end' });
  expect(reasonOf(changed(long, 13, 9))).toMatchObject({ reason: 'truncated' });
  expect(reasonOf(changed(long, 22, 0xff))).toMatchObject({ reason: 'truncated' });
  expect(reasonOf(changed(connect, 6, 0))).toMatchObject({ reason: 'wrong-length', at: 6 });
  expect(reasonOf(changed(connect, 14, 0))).toMatchObject({ reason: 'unknown-version', at: 14 });
  expect(reasonOf(changed(connect, 20, 2))).toMatchObject({ reason: 'wrong-length', at: 20 });
  expect(reasonOf(changed(connect, 31, 0xf0))).toMatchObject({ reason: 'wrong-length', at: 31 });
});
