import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openForReading, openForWriting } from '../../edge/db/open-database.ts';
import { StoreReader } from '../../edge/db/store-reader.ts';
import type { CouponId } from '../../kernel/domain/ids.ts';
import { CHAIN_START } from '../../kernel/protocol/hq-sync.ts';
import { rowHashOf } from '../../node/journal-chain.ts';
import { runs } from '../support/runs.ts';
import { tempDir } from '../support/temp-dir.ts';

const program = fileURLToPath(new URL('../support/redeeming-process.ts', import.meta.url));
const KILLS = runs(3);

test('[fault-2] [inv-1] kill -9 at any instant: nothing acknowledged is lost, nothing doubled, no gap', async () => {
  const file = join(tempDir(), 'store.db');
  const acknowledged: string[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = spawn(process.execPath, ['--import', 'tsx', program, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await once(child.stdout, 'data', { signal: AbortSignal.timeout(30_000) });
    await pause(50 + Math.random() * 500);
    child.kill('SIGKILL');
    await once(child, 'close');
    // The last line may be cut.
    acknowledged.push(...output.split('\n').slice(1, -1));
  }
  expect(acknowledged.length).toBeGreaterThan(KILLS);

  openForWriting(file).close(); // recovery, with its check of the whole file
  const reader = new StoreReader(openForReading(file));
  const lost = acknowledged.filter((id) => reader.redeemedAt(id as CouponId) === undefined);
  expect(lost).toEqual([]);
  const seen = new Set<string>();
  let [seq, hash] = [0, CHAIN_START];
  for (let range = reader.laneAfter('redeem', 0); range; range = reader.laneAfter('redeem', seq)) {
    expect(range.previousHash).toBe(hash);
    for (const event of range.events) {
      expect(event.seq).toBe((seq += 1));
      hash = rowHashOf(hash, { lane: 'redeem', ...event });
      seen.add((JSON.parse(event.body!) as { couponId: string }).couponId);
    }
  }
  expect(seen.size).toBe(seq);
  expect(acknowledged.every((id) => seen.has(id))).toBe(true);
});
