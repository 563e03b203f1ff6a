import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { decodeGatewayMessage } from '../../../kernel/gateways/gateway-format.ts';
import {
  GATEWAY_FORMATS,
  type GatewayFormat,
  GATEWAY_REJECTIONS,
  type GatewayMessage,
  advertsIn,
  tokensAmong,
} from '../../../kernel/gateways/gateway-message.ts';
import { toHex } from '../../../kernel/hex.ts';
import {
  carrierAdvert,
  eidAdvert,
  minewBinaryMessage,
  minewConnectMessage,
  minewLongMessage,
  minewRawMessage,
  openMqttGatewayMessage,
  raddecMessage,
} from '../../fixtures/gateways/messages.ts';
import { runs } from '../../support/runs.ts';

const bytes = (count: number) => fc.uint8Array({ minLength: count, maxLength: count });
const address = bytes(6).map(toHex);
const rssiDbm = fc.integer({ min: -127, max: -1 });
const format = fc.constantFrom(...GATEWAY_FORMATS);

interface Sent {
  readonly format: GatewayFormat;
  readonly message: Uint8Array;
  readonly expected: object;
}

/** A valid message of any format, with one token in it. */
const valid: fc.Arbitrary<Sent> = fc
  .record({ token: bytes(8), rssiDbm, gateway: address, address, isCarrier: fc.boolean() })
  .chain(({ token, isCarrier, ...around }) => {
    const heard = { ...around, advert: isCarrier ? carrierAdvert(token) : eidAdvert(token) };
    const carrier = isCarrier ? 'uuid128' : 'eid';
    const told = { carrier, token: toHex(token), rssiDbm: heard.rssiDbm };
    const named = { ...told, gateway: heard.gateway };
    const serviceData = Uint8Array.of(0x30, 0xee, ...token);
    return fc.constantFrom<Sent>(
      { format: 'minew', message: minewLongMessage(heard), expected: named },
      { format: 'minew', message: minewRawMessage(heard), expected: named },
      { format: 'minew', message: minewBinaryMessage(heard), expected: named },
      {
        format: 'minew',
        message: minewConnectMessage(heard),
        expected: { ...told, gateway: undefined },
      },
      { format: 'raddec', message: raddecMessage(heard), expected: named },
      {
        format: 'openmqttgateway',
        message: openMqttGatewayMessage({ ...heard, serviceData }),
        expected: { ...told, carrier: 'eid', gateway: undefined },
      },
    );
  });

function sightingsOf(message: GatewayMessage) {
  if (message.kind === 'rejected') return [];
  return message.frames.flatMap((frame) =>
    tokensAmong(advertsIn(frame)).map(({ carrier, token }) => ({
      ...{ carrier, token: toHex(token) },
      ...{ rssiDbm: frame.rssiDbm, gateway: frame.gateway },
    })),
  );
}

function expectAnAnswer(answer: GatewayMessage, message: Uint8Array): void {
  const rejections = answer.kind === 'rejected' ? [answer] : answer.rejections;
  for (const { reason, at } of rejections) {
    expect(GATEWAY_REJECTIONS).toContain(reason);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at).toBeLessThanOrEqual(message.length);
  }
  for (const { rssiDbm: strength } of sightingsOf(answer)) {
    if (strength !== undefined) expect(strength >= -127 && strength <= -1).toBe(true);
  }
}

test.prop([format, fc.uint8Array({ maxLength: 300 })], { numRuns: runs(2_000) })(
  'any bytes give an answer',
  (of, message) => {
    expectAnAnswer(decodeGatewayMessage(of, message), message);
  },
);

const fields = fc.constantFrom(
  ...['type', 'mac', 'gateway', 'rawData', 'rssi', 'packets', 'rssiSignature', 'receiverId'],
  ...['transmitterId', 'servicedata', 'servicedatauuid', 'manufacturerdata', '__proto__'],
);
const values = fc.constantFrom('Gateway', 'feaa', '30ee0102030405060708', '-60', -60, null, [], {});
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    ...[values, fc.jsonValue()],
    fc.dictionary(fields, tie('tree'), { maxKeys: 6 }),
    fc.array(tie('tree'), { maxLength: 4 }),
  ),
}));
test.prop([format, tree], { numRuns: runs(2_000) })('any JSON gives an answer', (of, value) => {
  const message = new TextEncoder().encode(JSON.stringify(value));
  expectAnAnswer(decodeGatewayMessage(of, message), message);
});

test.prop([valid], { numRuns: runs(500) })(
  'what a gateway heard comes out as it went in',
  ({ format: of, message, expected }) => {
    expect(sightingsOf(decodeGatewayMessage(of, message))).toEqual([expected]);
  },
);

const change = fc.record({
  what: fc.constantFrom('set', 'remove', 'insert', 'cut', 'double'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  byte: fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(...'{}[]",:0f'.split('').map(code)),
  ),
});
function code(character: string): number {
  return character.charCodeAt(0);
}

test.prop([valid, fc.array(change, { minLength: 1, maxLength: 4 })], { numRuns: runs(4_000) })(
  'a message that was altered on its way never gives a token that is not in it',
  ({ format: of, message }, changes) => {
    let bytesNow = [...message];
    for (const { what, at, byte } of changes) {
      const place = Math.floor(at * bytesNow.length);
      if (what === 'set') bytesNow[place] = byte;
      else if (what === 'remove') bytesNow.splice(place, 1);
      else if (what === 'insert') bytesNow.splice(place, 0, byte);
      else if (what === 'cut') bytesNow = bytesNow.slice(0, place);
      else bytesNow = [...bytesNow, ...bytesNow.slice(place)];
    }
    const altered = Uint8Array.from(bytesNow);
    const answer = decodeGatewayMessage(of, altered);
    expectAnAnswer(answer, altered);
    const text = new TextDecoder().decode(altered).toLowerCase();
    const raw = toHex(altered);
    for (const { token } of sightingsOf(answer)) {
      const backwards = token.match(/../g)?.reverse().join('') ?? ''; // UUIDs are little-endian on air
      const spellings = [token, backwards];
      const isThere = spellings.some((one) => text.includes(one) || raw.includes(one));
      expect(isThere, token).toBe(true);
    }
  },
);
