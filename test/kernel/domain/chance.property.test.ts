import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { Chances } from '../../../kernel/domain/chance.ts';
import { runs } from '../../support/runs.ts';

test('chances lie between 0 and 1, and the same seed draws the same ones', () => {
  const outcomes = fc.record({ exposed: fc.nat({ max: 1e6 }), accepted: fc.nat({ max: 1e4 }) });
  const property = fc.property(fc.string(), fc.array(outcomes, { minLength: 1 }), (seed, given) => {
    const draw = () => {
      const chances = new Chances(seed);
      return given.map((each) => chances.of(each));
    };
    const first = draw();
    expect(draw()).toEqual(first);
    for (const chance of first) expect(chance > 0 && chance < 1).toBe(true);
  });
  fc.assert(property, { numRuns: runs(300) });
});

test('draws centre on what was seen, and narrow with how much was', () => {
  const draws = (exposed: number, accepted: number) => {
    const values = Array.from({ length: 2_000 }, (_, i) =>
      new Chances(`decision ${String(i)}`).of({ exposed, accepted }),
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length,
    );
    return { mean, spread };
  };
  // Beta(a, b) has mean a / (a + b) and variance ab / ((a + b)² (a + b + 1)).
  for (const [exposed, accepted] of [
    [0, 0],
    [8, 2],
    [1_000, 300],
  ] as const) {
    const [a, b] = [1 + accepted, 1 + exposed - accepted];
    const { mean, spread } = draws(exposed, accepted);
    const deviation = Math.sqrt((a * b) / ((a + b) ** 2 * (a + b + 1)));
    expect(Math.abs(mean - a / (a + b))).toBeLessThan((5 * deviation) / Math.sqrt(2_000));
    expect(spread / deviation).toBeGreaterThan(0.9);
    expect(spread / deviation).toBeLessThan(1.1);
  }
});
