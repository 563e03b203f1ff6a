import { describe, expect, test } from 'vitest';
import { keptTimeOf, type KeptTime, type Machine, TrustedClock } from '../../edge/trusted-clock.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const NOON = Date.UTC(2026, 2, 1, 12);

/** A machine at true noon; `wall` is what its own clock says. */
function aMachine(wrongMs = 0) {
  const machine = { trueTime: NOON, wrongMs, up: 5_000, bootId: 'first' };
  const pass = (ms: number) => {
    machine.trueTime += ms;
    machine.up += ms;
  };
  const reboot = (offMs: number) => {
    machine.trueTime += offMs;
    machine.up = 5_000;
    machine.bootId += '+';
  };
  const port: Machine = {
    now: () => machine.trueTime + machine.wrongMs,
    upMs: () => machine.up,
    get bootId() {
      return machine.bootId;
    },
  };
  const steps: number[] = [];
  const start = (kept?: KeptTime) => new TrustedClock(port, kept, 0, (byMs) => steps.push(byMs));
  return { machine, port, pass, reboot, start, steps };
}

describe('[time-1] once head office was heard', () => {
  test.each([-10 * YEAR, -3 * DAY, -HOUR, HOUR, 3 * DAY, 10 * YEAR])(
    'a machine clock set by %s ms in flight changes nothing',
    (byMs) => {
      const { machine, pass, start, steps } = aMachine();
      const clock = start();
      clock.heard(NOON);
      pass(HOUR);
      machine.wrongMs = byMs;
      clock.check();
      expect(Math.abs(clock.now() - machine.trueTime)).toBeLessThan(1_000);
      expect(clock.isCoarse).toBe(false);
      expect(steps).toEqual([]);
    },
  );

  test('72 hours without it are 13 s short at most, and never long', () => {
    const { machine, pass, start } = aMachine();
    const clock = start();
    clock.heard(NOON);
    pass(72 * HOUR);
    const behindMs = machine.trueTime - clock.now();
    expect(behindMs).toBeGreaterThanOrEqual(0);
    expect(behindMs).toBeLessThan(13_000);
  });

  test('an answer that was long under way does not set it back', () => {
    const { pass, start } = aMachine();
    const clock = start();
    clock.heard(NOON);
    pass(10_000);
    const before = clock.now();
    clock.heard(NOON + 1_000);
    expect(clock.now()).toBe(before);
  });

  test('a new process on the same start of the machine goes on as exactly', () => {
    const { machine, pass, start } = aMachine();
    const before = start();
    before.heard(NOON);
    const kept = before.kept();
    pass(5 * HOUR);
    machine.wrongMs = 3 * DAY;
    const after = start(keptTimeOf(JSON.stringify(kept)));
    expect(after.isCoarse).toBe(false);
    expect(Math.abs(after.now() - machine.trueTime)).toBeLessThan(1_000);
  });
});

describe('[time-2] after a start of the machine, until head office is heard', () => {
  const heardBefore = () => {
    const at = aMachine();
    const clock = at.start();
    clock.heard(NOON);
    return { ...at, kept: clock.kept() };
  };

  test('it is coarse; a machine clock that is right is right', () => {
    const { machine, reboot, start, kept } = heardBefore();
    reboot(10 * HOUR);
    const clock = start(kept);
    expect(clock.isCoarse).toBe(true);
    expect(clock.now()).toBe(machine.trueTime);
  });

  test('a machine clock of 1970 counts for nothing, and what is known goes on being counted', () => {
    const { machine, reboot, pass, start, kept } = heardBefore();
    reboot(10 * HOUR);
    machine.wrongMs = -machine.trueTime;
    const clock = start(kept);
    expect(clock.now()).toBe(kept.time);
    pass(HOUR);
    clock.check();
    expect(clock.now()).toBeGreaterThan(kept.time + HOUR - 1_000);
    expect(clock.now()).toBeLessThanOrEqual(kept.time + HOUR);
  });

  test('a clock that is ahead is believed for now, counted for nothing, and told when it is set right', () => {
    const { machine, reboot, start, kept, steps } = heardBefore();
    reboot(0);
    machine.wrongMs = 3 * DAY;
    const clock = start(kept);
    expect(clock.now()).toBe(machine.trueTime + 3 * DAY);
    expect(clock.counted()).toBe(kept.time);
    machine.wrongMs = 0;
    expect(clock.now()).toBe(machine.trueTime + 3 * DAY); // nothing jumps between two looks
    clock.check();
    expect(clock.now()).toBe(machine.trueTime);
    expect(steps).toEqual([-3 * DAY]);
    expect(clock.kept().time).toBe(kept.time);
  });

  test('head office, heard at last, ends it and sets it right', () => {
    const { machine, reboot, start, kept, steps } = heardBefore();
    reboot(0);
    machine.wrongMs = 10 * YEAR;
    const clock = start(kept);
    clock.heard(machine.trueTime);
    expect(clock.isCoarse).toBe(false);
    expect(clock.now()).toBe(machine.trueTime);
    expect(steps).toEqual([-10 * YEAR]);
  });

  test('[time-3] starts without it are counted, and forgotten once it is heard', () => {
    const { reboot, start, kept } = heardBefore();
    let latest = kept;
    for (let boots = 1; boots <= 3; boots += 1) {
      reboot(HOUR);
      const clock = start(latest);
      latest = clock.kept();
      expect(start(latest).offlineBoots).toBe(boots); // a new process is no new start
    }
    const clock = start(latest);
    clock.heard(NOON + DAY);
    expect(clock.offlineBoots).toBe(0);
  });
});

test('what is kept, but not by us, is nothing', () => {
  for (const text of [undefined, '', '{}', '{"time":-1}', 'null'])
    expect(keptTimeOf(text)).toBeUndefined();
});
