import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CrashingStore } from '../support/crashing-store.ts';
import { lacking } from '../support/parts.ts';
import { cuttableDisk } from '../support/power-cut.ts';
import { findingsIn, NOTHING_WRONG } from '../support/redemption-check.ts';
import { isProof, runs } from '../support/runs.ts';

const CUTS = runs(5);
/** At most, before a crash. A start is slow at first, and a rate is to be proved. */
const SERVED_MS = isProof ? 2_000 : 1_000;
const PROVED_PER_SECOND = 2_000;
const LONGEST_MS = 20_000; // of a cut, where the machine is busy
/** As edge/main.ts ends where the disk cannot be trusted. */
const DISK_UNTRUSTED = 74;
const DISK_MB = 2_048;

describe.skipIf(lacking('power-cut'))('a store whose power is cut', () => {
  test(
    '[fault-1] [inv-1] stops by itself, loses nothing acknowledged, doubles nothing, leaves no gap',
    async () => {
      const disk = await cuttableDisk(DISK_MB);
      const store = new CrashingStore('redeeming', join(disk.path, 'store.db'));
      for (let cuts = 0; cuts < CUTS; cuts += 1) {
        await store.serveUntil(Math.random() * SERVED_MS, async (running) => {
          const heardUntil = await disk.cut();
          expect(await running.ended()).toBe(DISK_UNTRUSTED);
          return heardUntil;
        });
        await disk.renew();
      }
      expect(store.acknowledged.size).toBeGreaterThan(0); // else nothing could have been lost
      expect(findingsIn(store.file, store.acknowledged)).toEqual(NOTHING_WRONG);
      console.log(`power cuts: ${String(CUTS)} while redeeming: ${store.figures}`);
      if (isProof) expect(store.perSecond).toBeGreaterThanOrEqual(PROVED_PER_SECOND);
    },
    CUTS * LONGEST_MS,
  );

  if (isProof)
    test(
      '[fault-1] with synchronous=NORMAL is seen to lose',
      async () => {
        const disk = await cuttableDisk(DISK_MB);
        const store = new CrashingStore('normal', join(disk.path, 'store.db'));
        let [cuts, lost] = [0, 0];
        while (lost === 0 && cuts < CUTS) {
          await store.serveUntil(Math.random() * SERVED_MS, async (running) => {
            const heardUntil = await disk.cut();
            await running.ended();
            return heardUntil;
          });
          await disk.renew();
          cuts += 1;
          lost = findingsIn(store.file, store.acknowledged).lost.length;
        }
        console.log(`synchronous=NORMAL: ${String(lost)} lost at cut ${String(cuts)}`);
        expect(lost).toBeGreaterThan(0);
      },
      CUTS * LONGEST_MS,
    );
});
