import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import type { Pseudonym, ReceiverId, ZoneId } from '../../../kernel/domain/ids.ts';
import { Presences } from '../../../kernel/domain/presence.ts';
import { runs } from '../../support/runs.ts';

const memberA = 'a'.repeat(32) as Pseudonym;
const door = 'door' as ZoneId;
const wine = 'wine' as ZoneId;
const r1 = 'r1' as ReceiverId;
const LEAVE = 120_000;
const TIMING = { leaveAfterMs: LEAVE, dwellAfterMs: 20_000 };

test('whoever is heard at least every leaveAfterMs enters once and never leaves', () => {
  const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: LEAVE - 1 }), fc.boolean()), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(gaps, (steps) => {
      const shop = new Presences();
      let at = 0;
      const kinds = [shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: door, at })?.kind];
      for (const [gap, isWine] of steps) {
        const left = shop.sweep(at + gap, TIMING).filter(({ kind }) => kind === 'leave');
        expect(left).toEqual([]);
        at += gap;
        kinds.push(
          shop.hear({ receiverId: r1, pseudonym: memberA, zoneId: isWine ? wine : door, at })?.kind,
        );
      }
      expect(kinds.filter((kind) => kind === 'enter')).toHaveLength(1);
    }),
    { numRuns: runs(300) },
  );
});
