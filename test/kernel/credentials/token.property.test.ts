import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { encodeCarrier } from '../../../kernel/adverts/carrier.ts';
import { encodeEddystoneEid } from '../../../kernel/adverts/eddystone-eid.ts';
import { temporaryKeyOf, tokenOf, windowStart } from '../../../kernel/credentials/token.ts';
import { nodeCrypto } from '../../../node/crypto.ts';
import { runs } from '../../support/runs.ts';

const K = 9;
const NOW = 1_763_778_000;
const flags = new Uint8Array(4);

async function payloadsAt(identityKey: Uint8Array, seconds: number) {
  const temporaryKey = await temporaryKeyOf(nodeCrypto, identityKey, seconds);
  const token = await tokenOf(nodeCrypto, temporaryKey, K, seconds);
  const payloads = [
    encodeEddystoneEid({ txPowerDbm: -18, eid: token }),
    encodeCarrier({ token, flags }),
  ];
  return { token: Buffer.from(token), payloads: payloads.map((bytes) => Buffer.from(bytes)) };
}
/** Whether any four bytes of `a`, in their order, are in `b` too. */
const sharesFourBytes = (a: Buffer, b: Buffer) =>
  Array.from({ length: a.length - 3 }, (_, i) => a.subarray(i, i + 4)).some((part) =>
    b.includes(part),
  );

const key = fc.uint8Array({ minLength: 16, maxLength: 16 });
const windows = fc
  .tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 20_000 }))
  .map(([first, apart]) => [NOW + first * 512, NOW + (first + apart) * 512] as const);

test('[threat-4] two payloads of one phone in different windows share constants only', async () => {
  await fc.assert(
    fc.asyncProperty(key, key, windows, async (mine, theirs, [early, late]) => {
      const one = await payloadsAt(mine, early);
      const two = await payloadsAt(mine, late);
      const stranger = await payloadsAt(theirs, late);
      // By chance four bytes agree in 25 of 2^32 pairs; a field that stays would agree in every one.
      expect(sharesFourBytes(one.token, two.token)).toBe(false);
      one.payloads.forEach((payload, i) => {
        const other = two.payloads[i]!;
        // Blind the token, and what is left is the same for this phone, later, and for anybody else.
        const constant = blind(payload, one.token);
        expect(constant).toEqual(blind(other, two.token));
        expect(constant).toEqual(blind(stranger.payloads[i]!, stranger.token));
      });
    }),
    { numRuns: runs(300) },
  );
});

/** The payload with its token, in either byte order, struck out. */
function blind(payload: Buffer, token: Buffer): string {
  const hex = payload.toString('hex');
  const backwards = Buffer.from(token).reverse().toString('hex');
  const blinded = hex.replace(token.toString('hex'), '--').replace(backwards, '--');
  expect(blinded).toContain('--');
  return blinded;
}

test('[threat-1] a token is the same all through its window, and another in the next', async () => {
  const seconds = fc.integer({ min: 0, max: 0xffff_ffff - 1_024 });
  await fc.assert(
    fc.asyncProperty(key, seconds, async (identityKey, at) => {
      const start = windowStart(K, at);
      const [first, last, next] = await Promise.all(
        [start, start + 511, start + 512].map((second) => payloadsAt(identityKey, second)),
      );
      expect(first!.token).toEqual(last!.token);
      expect(next!.token).not.toEqual(last!.token);
    }),
    { numRuns: runs(300) },
  );
});
