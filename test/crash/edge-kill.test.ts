import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CrashingStore } from '../support/crashing-store.ts';
import type { RunningProcess } from '../support/process.ts';
import { findingsIn, NOTHING_WRONG } from '../support/redemption-check.ts';
import { isProof, runs } from '../support/runs.ts';
import { tempDir } from '../support/temp-dir.ts';

const KILLS = runs(10);
/** After each so many the store is killed also while it recovers. */
const RECOVERY_EVERY = 5;
/** At most, before a crash. A start is slow at first, and a rate is to be proved. */
const SERVED_MS = isProof ? 2_000 : 1_000;
const PROVED_PER_SECOND = 2_000;
const LONGEST_MS = 15_000; // of a kill, where the machine is busy

test(
  '[fault-2] [inv-1] kill -9 at any instant: nothing acknowledged is lost, nothing doubled, no gap',
  async () => {
    const store = new CrashingStore('redeeming', join(tempDir(), 'store.db'));
    let inRecovery = 0;
    for (let kills = 1; kills <= KILLS; kills += 1) {
      await store.serveUntil(Math.random() * SERVED_MS, kill);
      if (kills % RECOVERY_EVERY !== 0) continue;
      await store.openUntil(Math.random() * store.opensMs.at(-1)!, kill);
      inRecovery += 1;
    }
    expect(findingsIn(store.file, store.acknowledged)).toEqual(NOTHING_WRONG);
    console.log(
      `kill -9: ${String(KILLS)} while redeeming and ${String(inRecovery)} while recovering: ` +
        store.figures,
    );
    if (isProof) expect(store.perSecond).toBeGreaterThanOrEqual(PROVED_PER_SECOND);
  },
  KILLS * LONGEST_MS,
);

if (isProof)
  test(
    '[fault-2] a store that acknowledges before the commit is seen to lose',
    async () => {
      const store = new CrashingStore('ack-first', join(tempDir(), 'store.db'));
      let [kills, lost] = [0, 0];
      while (lost === 0 && kills < KILLS) {
        await store.serveUntil(Math.random() * SERVED_MS, kill);
        kills += 1;
        lost = findingsIn(store.file, store.acknowledged).lost.length;
      }
      console.log(`acknowledged before the commit: ${String(lost)} lost at kill ${String(kills)}`);
      expect(lost).toBeGreaterThan(0);
    },
    KILLS * LONGEST_MS,
  );

async function kill(store: RunningProcess): Promise<null> {
  await store.kill();
  expect(await store.ended()).toBeNull(); // it had not ended by itself before
  return null;
}
