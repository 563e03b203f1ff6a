import { fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { Pseudonym, SessionId } from '../../../kernel/domain/ids.ts';
import {
  type KioskSessionState,
  NOBODY,
  type SessionEvent,
  stepSession,
} from '../../../kernel/domain/session.ts';
import { runs } from '../../support/runs.ts';

const timing = { warnAfterMs: 40_000, wipeAfterMs: 20_000 };

describe('[threat-16] whatever happens at a kiosk', () => {
  const people = ['a', 'b', 'c'].map((letter) => letter.repeat(32) as Pseudonym);
  const someone = fc.constantFrom(...people);
  let drawn = 0;
  const event: fc.Arbitrary<SessionEvent> = fc.oneof(
    fc
      .tuple(someone, fc.constantFrom('card' as const, 'code' as const, 'phone' as const))
      .map(([pseudonym, evidence]) => ({
        kind: 'credential-accepted' as const,
        sessionId: `s${String((drawn += 1))}` as SessionId,
        pseudonym,
        evidence,
        strength: 3 as const,
        language: 'it',
      })),
    fc.integer({ min: 0, max: 4 }).map((count) => ({ kind: 'nearby' as const, count })),
    fc.constant({ kind: 'nobody-near' as const }),
    fc.constant({ kind: 'touch' as const }),
    fc.constant({ kind: 'lease-over' as const }),
    fc.constant({ kind: 'time-set' as const }),
    fc.constant({ kind: 'tick' as const }),
    someone.map((pseudonym) => ({ kind: 'forgotten' as const, pseudonym })),
    fc
      .tuple(someone, fc.nat({ max: 300_000 }))
      .map(([pseudonym, lastHeardAt]) => ({ kind: 'left' as const, pseudonym, lastHeardAt })),
  );
  const life = fc.array(fc.tuple(fc.integer({ min: 0, max: 70_000 }), event), { maxLength: 40 });

  test('a session is of one person, each is wiped once before the next opens, and none outlives its time', () => {
    fc.assert(
      fc.property(life, (steps) => {
        let state: KioskSessionState = NOBODY;
        let open: string | undefined;
        let now = 0;
        for (const [wait, next] of steps) {
          now += wait;
          const before = state;
          const step = stepSession(state, next, now, timing);
          state = step.state;
          for (const effect of step.effects) {
            if (effect.kind === 'opened') {
              expect(open).toBeUndefined();
              open = effect.session.sessionId;
            } else if (effect.kind === 'raised') {
              expect(effect.session.sessionId).toBe(open);
            } else {
              expect(effect.sessionId).toBe(open);
              open = undefined;
            }
          }
          expect(state.session?.sessionId).toBe(open);
          if (state.session !== undefined) {
            expect(now).toBeLessThan(state.session.wipeAt);
            if (before.session?.sessionId === state.session.sessionId) {
              expect(state.session.pseudonym).toBe(before.session.pseudonym);
            }
          }
        }
        const end = (state.session?.wipeAt ?? now) + 1;
        expect(stepSession(state, { kind: 'tick' }, end, timing).state.session).toBeUndefined();
      }),
      { numRuns: runs(1_000) },
    );
  });
});
