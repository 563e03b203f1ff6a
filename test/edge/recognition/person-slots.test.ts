import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { PersonSlots } from '../../../edge/recognition/person-slots.ts';
import type { Pseudonym } from '../../../kernel/domain/ids.ts';
import { newPseudonym } from '../../doubles/facts.ts';
import { runs } from '../../support/runs.ts';

/** Few, and so alike that many share a place in the index. */
const ALIKE = Array.from(
  { length: 60 },
  (_, i) => `0000000${String(i % 2)}${'0'.repeat(22)}${String(i).padStart(2, '0')}` as Pseudonym,
);

test('whatever comes and goes, each has their own slot and nobody is behind a free one', () => {
  const steps = fc.array(fc.record({ who: fc.nat(ALIKE.length - 1), comes: fc.boolean() }), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(steps, (list) => {
      const slots = new PersonSlots();
      const model = new Map<Pseudonym, number>();
      let next = 0;
      for (const { who, comes } of list) {
        const pseudonym = ALIKE[who]!;
        const slot = model.get(pseudonym);
        if (comes && slot === undefined) {
          slots.put(next, pseudonym, 1_000 + next);
          model.set(pseudonym, next);
          next += 1;
        } else if (!comes && slot !== undefined) {
          slots.remove(slot);
          model.delete(pseudonym);
          expect(slots.untilAt(slot)).toBe(0);
        }
      }
      expect(slots.size).toBe(model.size);
      for (const pseudonym of ALIKE) {
        const slot = model.get(pseudonym) ?? -1;
        expect(slots.slotOf(pseudonym)).toBe(slot);
        if (slot < 0) continue;
        expect(slots.pseudonymAt(slot)).toBe(pseudonym);
        expect(slots.untilAt(slot)).toBe(1_000 + slot);
      }
    }),
    { numRuns: runs(100) },
  );
});

test('a crowd beyond any piece is told apart', () => {
  const slots = new PersonSlots();
  const people = Array.from({ length: 40_000 }, newPseudonym);
  people.forEach((pseudonym, slot) => {
    slots.put(slot, pseudonym, 1);
  });
  people.slice(0, 10_000).forEach((_, slot) => {
    slots.remove(slot);
  });
  expect(slots.size).toBe(30_000);
  people.forEach((pseudonym, slot) => {
    expect(slots.slotOf(pseudonym)).toBe(slot < 10_000 ? -1 : slot);
    if (slot >= 10_000) expect(slots.pseudonymAt(slot)).toBe(pseudonym);
  });
  slots.clear();
  expect(slots.size).toBe(0);
  expect(slots.slotOf(people.at(-1)!)).toBe(-1);
});
