import { expect, test } from 'vitest';
import { RandomPool } from '../../node/random-pool.ts';

test('no bytes are given twice, whatever sizes are asked for and however often the pool is filled', () => {
  const pool = new RandomPool();
  const seen = new Set<string>();
  for (let i = 0; i < 2_000; i += 1) {
    seen.add(pool.hex(16));
    const nonce = new Uint8Array(12);
    pool.fill(nonce);
    expect(nonce.some((byte) => byte !== 0)).toBe(true);
    seen.add(Buffer.from(nonce).toString('hex'));
  }
  expect(seen.size).toBe(4_000);
  const largest = new Uint8Array(4_096);
  pool.fill(largest);
  expect(new Set(largest).size).toBe(256);
});
