import { expect, test } from 'vitest';
import { decodeEddystoneUrl, encodeEddystoneUrl } from '../../../kernel/adverts/eddystone-url.ts';
import { hex, utf8 } from '../../support/bytes.ts';

test('the address that was captured from the air is read', () => {
  expect(decodeEddystoneUrl(hex('10f603 6d616b65636f6465 00 2361626f7574'))).toEqual({
    kind: 'eddystone-url',
    txPowerDbm: -10,
    url: 'https://makecode.com/#about',
  });
});

test.each([
  [0, 'http://www.'],
  [1, 'https://www.'],
  [2, 'http://'],
  [3, 'https://'],
])('scheme %i is %s', (scheme, url) => {
  expect(decodeEddystoneUrl(Uint8Array.of(0x10, 0, scheme))).toMatchObject({ url });
});

test('the fourteen endings are written out', () => {
  const bytes = Uint8Array.of(0x10, 0, 2, ...Array.from({ length: 14 }, (_, code) => code));
  expect(decodeEddystoneUrl(bytes)).toMatchObject({
    url: 'http://.com/.org/.edu/.net/.info/.biz/.gov/.com.org.edu.net.info.biz.gov',
  });
});

test.each([
  ['', 'wrong-frame', 0],
  ['00f603', 'wrong-frame', 0],
  ['10f6', 'truncated', 2],
  [`10f603${'61'.repeat(18)}`, 'too-long', 20],
  ['10f604', 'unknown-scheme', 2],
  ['10f603 61 0e', 'bad-character', 4],
  ['10f603 20', 'bad-character', 3],
  ['10f603 7f', 'bad-character', 3],
  ['10f603 6162 ff', 'bad-character', 5],
])('%s is rejected as %s at %i', (frame, reason, at) => {
  expect(decodeEddystoneUrl(hex(frame))).toEqual({ kind: 'rejected', reason, at });
});

test('an address is sent as short as it gets', () => {
  const payload = encodeEddystoneUrl({ txPowerDbm: -10, url: 'https://makecode.com/#about' });
  expect(payload).toEqual(hex('020106 0303aafe 1516aafe 10f603 6d616b65636f6465 00 2361626f7574'));
});

test('17 bytes fit, 18 do not', () => {
  const url = (length: number) => `http://${'a'.repeat(length)}`;
  const longest = encodeEddystoneUrl({ txPowerDbm: 0, url: url(17) });
  expect(longest).toHaveLength(31);
  expect(longest.subarray(-17)).toEqual(utf8('a'.repeat(17)));
  expect(() => encodeEddystoneUrl({ txPowerDbm: 0, url: url(18) })).toThrow(/18 bytes/);
});

test.each(['ftp://a.it', 'example.com', 'http://a b', 'http://è.it'])('%s is not sent', (url) => {
  expect(() => encodeEddystoneUrl({ txPowerDbm: 0, url })).toThrow(RangeError);
});
