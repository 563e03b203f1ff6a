import { describe, expect, test } from 'vitest';
import type { Pseudonym, SessionId } from '../../../kernel/domain/ids.ts';
import {
  type KioskSessionState,
  NOBODY,
  type SessionEffect,
  type SessionEvent,
  stepSession,
} from '../../../kernel/domain/session.ts';

const timing = { warnAfterMs: 40_000, wipeAfterMs: 20_000 };
const memberA = 'a'.repeat(32) as Pseudonym;
const memberB = 'b'.repeat(32) as Pseudonym;
const id = (name: string) => name as SessionId;
const credential = (
  pseudonym: Pseudonym,
  given: Partial<Extract<SessionEvent, { kind: 'credential-accepted' }>> = {},
): SessionEvent => ({
  kind: 'credential-accepted',
  sessionId: id(pseudonym.slice(0, 1)),
  pseudonym,
  evidence: 'card',
  strength: 3,
  language: 'it',
  ...given,
});

/** A kiosk that lives through events, and what came of it. */
function kiosk() {
  let state: KioskSessionState = NOBODY;
  const effects: SessionEffect[] = [];
  const told = () =>
    effects.map((effect) => (effect.kind === 'wiped' ? effect.reason : effect.kind));
  return {
    at(now: number, event: SessionEvent) {
      const step = stepSession(state, event, now, timing);
      state = step.state;
      effects.push(...step.effects);
      return this;
    },
    told,
    effects,
    get session() {
      return state.session;
    },
    get near() {
      return state.near;
    },
  };
}

describe('a session at a kiosk', () => {
  test('opens by an accepted credential, warns after 40 s and is wiped 20 s later', () => {
    const it = kiosk().at(1_000, credential(memberA));
    expect(it.session).toMatchObject({ pseudonym: memberA, warnAt: 41_000, wipeAt: 61_000 });
    it.at(60_999, { kind: 'tick' });
    expect(it.session).toBeDefined();
    it.at(61_000, { kind: 'tick' });
    expect(it.session).toBeUndefined();
    expect(it.told()).toEqual(['opened', 'idle']);
  });

  test('a touch or a "still here" extends it; what comes too late does not revive it', () => {
    const it = kiosk().at(0, credential(memberA)).at(50_000, { kind: 'touch' });
    expect(it.session?.wipeAt).toBe(110_000);
    it.at(100_000, { kind: 'stay', sessionId: id('a') });
    expect(it.session?.wipeAt).toBe(160_000);
    it.at(100_001, { kind: 'stay', sessionId: id('other') });
    expect(it.session?.wipeAt).toBe(160_000);
    it.at(160_000, { kind: 'touch' });
    expect(it.session).toBeUndefined();
  });

  test('[threat-16] another accepted credential replaces it: the old one is wiped first', () => {
    const it = kiosk().at(0, credential(memberA)).at(5, credential(memberB));
    expect(it.told()).toEqual(['opened', 'replaced', 'opened']);
    expect(it.session?.pseudonym).toBe(memberB);
    it.at(6, { kind: 'leave', sessionId: id('a') });
    expect(it.session?.pseudonym).toBe(memberB);
  });

  test('a code after the card of the same person shows more, in the same session', () => {
    const it = kiosk().at(0, credential(memberA));
    it.at(10, credential(memberA, { sessionId: id('later'), evidence: 'code' }));
    expect(it.told()).toEqual(['opened', 'raised']);
    expect(it.session).toMatchObject({ sessionId: 'a', evidence: 'code', openedAt: 0 });
    it.at(20, credential(memberA, { evidence: 'card' }));
    expect(it.session).toMatchObject({ evidence: 'code', wipeAt: 60_020 });
    expect(it.told()).toHaveLength(2);
  });

  test('ends by its leave act, by withdrawal, and with the lease', () => {
    const left = kiosk()
      .at(0, credential(memberA))
      .at(1, { kind: 'leave', sessionId: id('a') });
    const withdrawn = kiosk()
      .at(0, credential(memberA))
      .at(1, { kind: 'forgotten', pseudonym: memberA });
    const over = kiosk().at(0, credential(memberA)).at(1, { kind: 'lease-over' });
    expect([left.told()[1], withdrawn.told()[1], over.told()[1]]).toEqual([
      'leave',
      'forgotten',
      'lease-over',
    ]);
    expect(left.session ?? withdrawn.session ?? over.session).toBeUndefined();
  });

  test('ends when its person has left the shop, but not if they acted since they were heard', () => {
    const gone = kiosk().at(0, credential(memberA)).at(20_000, left(memberA, 15_000));
    expect(gone.told()).toEqual(['opened', 'left']);
    const phoneOff = kiosk().at(10_000, credential(memberA)).at(20_000, left(memberA, 5_000));
    expect(phoneOff.session).toBeDefined();
    const other = kiosk().at(0, credential(memberA)).at(20_000, left(memberB, 15_000));
    expect(other.session).toBeDefined();
  });

  test('who is near is counted, and opens nothing', () => {
    const it = kiosk().at(0, { kind: 'nearby', count: 3 });
    expect([it.near, it.session]).toEqual([3, undefined]);
    expect(it.at(1, { kind: 'nobody-near' }).near).toBe(0);
  });
});

function left(pseudonym: Pseudonym, lastHeardAt: number): SessionEvent {
  return { kind: 'left', pseudonym, lastHeardAt };
}
