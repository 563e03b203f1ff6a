import type { EpochMs, Language, Pseudonym, SessionId } from './ids.ts';
import type { RecognisedHere } from './recognised.ts';
import type { ActEvidence, Strength } from './strength.ts';

/** What one person is shown at one kiosk. */
export interface Session {
  readonly sessionId: SessionId;
  readonly pseudonym: Pseudonym;
  /** A token or a report opens no session. */
  readonly evidence: ActEvidence;
  readonly strength: Strength;
  readonly language: Language;
  readonly openedAt: EpochMs;
  readonly lastActAt: EpochMs;
  /** The screen warns from here on … */
  readonly warnAt: EpochMs;
  /** … and the session is wiped here, unless somebody acts. */
  readonly wipeAt: EpochMs;
}

/** One kiosk's state. At most one session, ever. */
export interface KioskSessionState {
  /** Enrolled people with a live `recognise` in the station's zone. */
  readonly near: number;
  readonly session: Session | undefined;
}
export const NOBODY: KioskSessionState = { near: 0, session: undefined };

export type SessionEvent =
  | ({ readonly kind: 'credential-accepted' } & Pick<Session, 'sessionId' | 'language'> &
      Pick<RecognisedHere, 'pseudonym' | 'evidence' | 'strength'>)
  | { readonly kind: 'nearby'; readonly count: number }
  | { readonly kind: 'nobody-near' }
  /** Any act at the kiosk: a hand on the screen, a scan. */
  | { readonly kind: 'touch' }
  | { readonly kind: 'stay'; readonly sessionId: SessionId }
  | { readonly kind: 'leave'; readonly sessionId: SessionId }
  /** Presence gave a person up, who was last heard at `lastHeardAt`. */
  | { readonly kind: 'left'; readonly pseudonym: Pseudonym; readonly lastHeardAt: EpochMs }
  /** Consent withdrawn, or the person erased (duty-6). */
  | { readonly kind: 'forgotten'; readonly pseudonym: Pseudonym }
  /** The lease of the store's rows is over: nobody may be shown anything of theirs. */
  | { readonly kind: 'lease-over' }
  /** Time was set: nobody can say how long anything has stood. */
  | { readonly kind: 'time-set' }
  | { readonly kind: 'tick' };

export type WipeReason =
  'leave' | 'left' | 'idle' | 'replaced' | 'forgotten' | 'lease-over' | 'time-set';
export type SessionEffect =
  | { readonly kind: 'opened'; readonly session: Session }
  /** The same person showed a stronger credential: more may be shown. */
  | { readonly kind: 'raised'; readonly session: Session }
  | {
      readonly kind: 'wiped';
      readonly sessionId: SessionId;
      readonly pseudonym: Pseudonym;
      readonly reason: WipeReason;
    };

export interface SessionTiming {
  /** Idle time until the warning, ms. */
  readonly warnAfterMs: number;
  /** From the warning to the wipe, ms; at least 20 s (EN 301 549). */
  readonly wipeAfterMs: number;
}
export interface SessionStep {
  readonly state: KioskSessionState;
  readonly effects: readonly SessionEffect[];
}

/** What `event` makes of a kiosk's state at `now`. A session that is due is wiped first: no late act revives it. */
export function stepSession(
  state: KioskSessionState,
  event: SessionEvent,
  now: EpochMs,
  timing: SessionTiming,
): SessionStep {
  const { session } = state;
  if (session === undefined || now < session.wipeAt) return step(state, event, now, timing);
  const wiped = wipe(state, session, 'idle');
  const next = step(wiped.state, event, now, timing);
  return { state: next.state, effects: [...wiped.effects, ...next.effects] };
}

function step(
  state: KioskSessionState,
  event: SessionEvent,
  now: EpochMs,
  timing: SessionTiming,
): SessionStep {
  const { session } = state;
  switch (event.kind) {
    case 'credential-accepted':
      return accept(state, event, now, timing);
    case 'nearby':
      return unchanged({ ...state, near: event.count });
    case 'nobody-near':
      return unchanged({ ...state, near: 0 });
    case 'touch':
      return unchanged(session ? { ...state, session: acted(session, now, timing) } : state);
    case 'stay':
      if (session?.sessionId !== event.sessionId) return unchanged(state);
      return unchanged({ ...state, session: acted(session, now, timing) });
    case 'leave':
      if (session?.sessionId !== event.sessionId) return unchanged(state);
      return wipe(state, session, 'leave');
    case 'left':
      // Whoever acted after their phone fell silent is still here: a phone may be off.
      if (session?.pseudonym !== event.pseudonym) return unchanged(state);
      if (session.lastActAt > event.lastHeardAt) return unchanged(state);
      return wipe(state, session, 'left');
    case 'forgotten':
      if (session?.pseudonym !== event.pseudonym) return unchanged(state);
      return wipe(state, session, 'forgotten');
    case 'lease-over':
    case 'time-set':
      return session === undefined ? unchanged(state) : wipe(state, session, event.kind);
    case 'tick':
      return unchanged(state);
  }
}

function accept(
  state: KioskSessionState,
  credential: Extract<SessionEvent, { kind: 'credential-accepted' }>,
  now: EpochMs,
  timing: SessionTiming,
): SessionStep {
  const { sessionId, pseudonym, evidence, strength, language } = credential;
  const before = state.session;
  if (before?.pseudonym === pseudonym) {
    const isStronger = rank(credential) > rank(before);
    const proof = isStronger ? { evidence, strength } : {};
    const session = acted({ ...before, ...proof }, now, timing);
    const effects = isStronger ? [{ kind: 'raised' as const, session }] : [];
    return { state: { ...state, session }, effects };
  }
  const fresh = { sessionId, pseudonym, evidence, strength, language, openedAt: now };
  const session = acted(fresh, now, timing);
  const wiped = before === undefined ? [] : wipe(state, before, 'replaced').effects;
  return { state: { ...state, session }, effects: [...wiped, { kind: 'opened', session }] };
}

/** A card, which may be a photo of one, is less than any other act. */
function rank({ strength, evidence }: Pick<Session, 'strength' | 'evidence'>): number {
  return strength * 2 + (evidence === 'card' ? 0 : 1);
}

function acted(
  session: Omit<Session, 'lastActAt' | 'warnAt' | 'wipeAt'>,
  now: EpochMs,
  { warnAfterMs, wipeAfterMs }: SessionTiming,
): Session {
  const warnAt = now + warnAfterMs;
  return { ...session, lastActAt: now, warnAt, wipeAt: warnAt + wipeAfterMs };
}

function wipe(state: KioskSessionState, session: Session, reason: WipeReason): SessionStep {
  const { sessionId, pseudonym } = session;
  return {
    state: { ...state, session: undefined },
    effects: [{ kind: 'wiped', sessionId, pseudonym, reason }],
  };
}

function unchanged(state: KioskSessionState): SessionStep {
  return { state, effects: [] };
}
