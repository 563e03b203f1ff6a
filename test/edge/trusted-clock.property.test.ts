import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type KeptTime, type Machine, TrustedClock } from '../../edge/trusted-clock.ts';
import { runs } from '../support/runs.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const START = Date.UTC(2026, 2, 1, 12);
const STEPS = [-START, ...[HOUR, 3 * DAY, 10 * YEAR].flatMap((ms) => [-ms, 0, ms])];

/** What happens to a store's box. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3 * DAY }) }),
  fc.record({ kind: fc.constant('set' as const), wrongMs: fc.constantFrom(...STEPS) }),
  fc.record({
    kind: fc.constant('heard' as const),
    underWayMs: fc.integer({ min: 0, max: 9_000 }),
  }),
  fc.record({ kind: fc.constant('restart' as const), lostMs: fc.integer({ min: 0, max: 60_000 }) }),
  fc.record({ kind: fc.constant('reboot' as const), offMs: fc.integer({ min: 0, max: 5 * DAY }) }),
);
/** Parts per million that its crystal is off by. */
const drift = fc.integer({ min: -40, max: 40 });

test('[fault-18] [time-1] [time-2] whatever is done to the machine’s clock, counted time never runs ahead of the true one nor back, and is exact once HQ was heard', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), drift, (happenings, ppm) => {
      let trueTime = START;
      let bootedAt = START;
      let wrongMs = 0;
      let boots = 0;
      let heardAt: number | undefined;
      let longestMs = 0;
      const machine: Machine = {
        now: () => Math.max(0, Math.floor(trueTime + wrongMs)),
        upMs: () => (trueTime - bootedAt) * (1 + ppm / 1e6),
        get bootId() {
          return String(boots);
        },
      };
      let clock = new TrustedClock(machine, undefined, 0);
      let kept: KeptTime = clock.kept();
      let highest = 0;
      for (const each of happenings) {
        switch (each.kind) {
          case 'pass':
            trueTime += each.ms;
            break;
          case 'set':
            wrongMs = each.wrongMs;
            break;
          case 'heard':
            trueTime += each.underWayMs;
            clock.heard(trueTime - each.underWayMs);
            heardAt = trueTime;
            longestMs = Math.max(longestMs, each.underWayMs);
            break;
          case 'restart':
            // The power goes as much as a minute after it was last written down.
            kept = clock.kept();
            trueTime += each.lostMs;
            clock = new TrustedClock(machine, kept, 0);
            break;
          case 'reboot':
            kept = clock.kept();
            trueTime += each.offMs;
            bootedAt = trueTime;
            boots += 1;
            clock = new TrustedClock(machine, kept, 0);
            heardAt = undefined;
            break;
        }
        clock.check();
        expect(clock.counted()).toBeLessThanOrEqual(trueTime);
        expect(clock.counted()).toBeGreaterThanOrEqual(highest - 1);
        highest = clock.counted();
        expect(clock.now()).toBeGreaterThanOrEqual(clock.counted());
        expect(clock.isCoarse).toBe(heardAt === undefined);
        if (heardAt === undefined) {
          if (wrongMs === 0) expect(clock.now()).toBeGreaterThanOrEqual(trueTime - 2_000);
        } else {
          const sinceMs = trueTime - heardAt;
          expect(trueTime - clock.now()).toBeLessThanOrEqual(longestMs + sinceMs * 1e-4 + 2);
        }
      }
    }),
    { numRuns: runs(500) },
  );
});
