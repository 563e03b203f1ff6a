import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { contentHashOf, rowHashOf } from '../../node/journal-chain.ts';

const zero = '00'.repeat(32);

describe('the chain of a lane', () => {
  test('hashes the bytes that the wire names, in their order', () => {
    const contentHash = contentHashOf('00'.repeat(16), '{"type":"edge-started"}');
    const bytes = Buffer.concat([
      Buffer.alloc(32),
      Buffer.from('redeem\0', 'utf8'),
      Buffer.from([0, 0, 0, 0, 0, 0, 1, 2]),
      Buffer.from('coupon-redeemed\0', 'utf8'),
      Buffer.from(contentHash, 'hex'),
    ]);
    const link = { lane: 'redeem', seq: 258, type: 'coupon-redeemed', contentHash };
    expect(rowHashOf(zero, link)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  test('any part that differs gives another hash', () => {
    const link = { lane: 'redeem', seq: 1, type: 'decided', contentHash: zero };
    const others = [
      rowHashOf('01'.repeat(32), link),
      rowHashOf(zero, { ...link, lane: 'interact' }),
      rowHashOf(zero, { ...link, seq: 2 }),
      rowHashOf(zero, { ...link, type: 'exposed' }),
      rowHashOf(zero, { ...link, contentHash: '01'.repeat(32) }),
      rowHashOf(zero, link),
    ];
    expect(new Set(others).size).toBe(others.length);
  });

  test('the salt hides the body', () => {
    expect(contentHashOf('01'.repeat(16), 'a')).not.toBe(contentHashOf('02'.repeat(16), 'a'));
  });
});
