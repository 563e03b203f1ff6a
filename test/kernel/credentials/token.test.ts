import { describe, expect, test } from 'vitest';
import { toHex } from '../../../kernel/hex.ts';
import {
  identityKeyOf,
  periodOf,
  periodStartsAt,
  temporaryKeyOf,
  tokenOf,
  windowStart,
} from '../../../kernel/credentials/token.ts';
import { agreementKeyFromRaw, nodeCrypto } from '../../../node/crypto.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

async function tokenAt(identityKey: string, exponent: number, seconds: number): Promise<string> {
  const temporaryKey = await temporaryKeyOf(nodeCrypto, bytes(identityKey), seconds);
  return toHex(await tokenOf(nodeCrypto, temporaryKey, exponent, seconds));
}

describe('a rotating token is an Eddystone-EID', () => {
  test.each([
    ['0102030405060708090a111213141516', 10, 0, 'a9b76a71c5f89290'],
    ['0102030405060708090a111213141516', 10, 1023, 'a9b76a71c5f89290'],
    ['0102030405060708090a111213141516', 10, 1024, '4144413e45fefa58'],
    ['0102030405060708090a111213141516', 10, 2000, '4144413e45fefa58'],
    ['0102030405060708090a111213141516', 10, 65_535, 'a2a2bd394ff76ef2'],
    ['0102030405060708090a111213141516', 10, 65_536, '396973b40660265b'],
    ['0102030405060708090a111213141516', 10, 2 ** 32 - 1, 'a3ad9cdfad092be4'],
    ['000102030405060708090a0b0c0d0e0f', 0, 0, '2ba6a87acf88d21c'],
    ['000102030405060708090a0b0c0d0e0f', 12, 0x12345678, '9e789b7d0cdd805e'],
  ])('identity key %s, K = %i, second %i gives %s', async (key, exponent, seconds, token) => {
    expect(await tokenAt(key, exponent, seconds)).toBe(token);
  });

  test('phone and resolver agree on one identity key, as in the registration vector', async () => {
    const resolver = agreementKeyFromRaw(
      bytes('61136adab1bf302f1c49e860196aeefd8fbaa41518b4c226372d6cc469c47278'),
    );
    const phone = agreementKeyFromRaw(
      bytes('6ea13b5ef3cc642fd6102c1d85c096b510f56efc488114a4562a987bf4525628'),
    );
    const ofResolver = await resolver.agree(phone.publicKey);
    const ofPhone = await phone.agree(resolver.publicKey);
    expect(toHex(resolver.publicKey)).toBe(
      '29769a045dcb811ba3025985b9de91eb9a57dadbceb68a1e6a3c2b1af4868e1f',
    );
    expect(toHex(ofPhone)).toBe('690821890fffb83bb348fb620d0a10e625fe3d919b5594e7b9258d50f829b90b');
    expect(ofResolver).toEqual(ofPhone);
    const key = await identityKeyOf(nodeCrypto, ofPhone, resolver.publicKey, phone.publicKey);
    expect(toHex(key)).toBe('f40d6f18e5882260e847e99ca33ac44f');
  });

  test('a secret of zeros is refused', async () => {
    const zeros = new Uint8Array(32);
    await expect(identityKeyOf(nodeCrypto, zeros, zeros, zeros)).rejects.toThrow(RangeError);
  });

  test('a time or an exponent out of range is refused', async () => {
    expect(() => windowStart(16, 0)).toThrow(RangeError);
    expect(() => windowStart(9, 2 ** 32)).toThrow(RangeError);
    expect(() => windowStart(9, -1)).toThrow(RangeError);
    await expect(temporaryKeyOf(nodeCrypto, new Uint8Array(16), -1)).rejects.toThrow(RangeError);
  });

  test('a temporary key serves from its first second to the one before the next', () => {
    expect(periodOf(periodStartsAt(26_000))).toBe(26_000);
    expect(periodOf(periodStartsAt(26_001) - 1)).toBe(26_000);
    expect(windowStart(9, 1_700_000_000.9)).toBe(1_699_999_744);
  });
});
