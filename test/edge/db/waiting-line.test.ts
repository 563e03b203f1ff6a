import { describe, expect, test } from 'vitest';
import { WaitingLine } from '../../../edge/db/waiting-line.ts';

const since = (time: number) => ({
  resolve: () => undefined,
  reject: () => undefined,
  since: time,
});

describe('those who wait for a commit', () => {
  test('each is taken once, by their id, as often as the line goes around', () => {
    const line = new WaitingLine(4);
    for (let time = 1; time <= 50; time += 3) {
      const ids = [time, time + 1, time + 2].map((at) => line.add(since(at)));
      for (const [i, id] of ids.entries()) expect(line.take(id)?.since).toBe(time + i);
      for (const id of ids) expect(line.take(id)).toBeUndefined();
    }
    expect(line.length).toBe(0);
  });

  test('who is taken before an older one leaves that one where it is', () => {
    const line = new WaitingLine(4);
    const [first, second, third] = [1, 2, 3].map((time) => line.add(since(time)));
    expect(line.take(second!)?.since).toBe(2);
    expect(line.take(third!)?.since).toBe(3);
    expect(line.length).toBe(3); // their places are free once the first has gone
    expect(line.take(first!)?.since).toBe(1);
    expect(line.length).toBe(0);
  });

  test('a full line takes nobody', () => {
    const line = new WaitingLine(2);
    line.add(since(1));
    const last = line.add(since(2));
    expect(line.isFull).toBe(true);
    expect(() => line.add(since(3))).toThrow('full');
    line.take(last);
    expect(line.isFull).toBe(true);
    expect([...line.takeUntil(1)].map((waiting) => waiting.since)).toEqual([1]);
    expect(line.isFull).toBe(false);
  });

  test('who waited too long is taken, the oldest first, and nobody else', () => {
    const line = new WaitingLine(8);
    const ids = [10, 20, 30].map((time) => line.add(since(time)));
    expect([...line.takeUntil(9)]).toEqual([]);
    expect([...line.takeUntil(20)].map((waiting) => waiting.since)).toEqual([10, 20]);
    expect(line.take(ids[0]!)).toBeUndefined(); // an answer that comes too late
    expect(line.take(ids[2]!)?.since).toBe(30);
    expect([...line.takeUntil(Infinity)]).toEqual([]);
  });

  test('an id that nobody has is nobody’s', () => {
    const line = new WaitingLine(2);
    expect(line.take(1)).toBeUndefined();
    line.add(since(1));
    expect([0, 2, 3].map((id) => line.take(id))).toEqual([undefined, undefined, undefined]);
    expect(line.length).toBe(1);
  });
});
