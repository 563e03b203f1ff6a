import { computed, effect, signal, type ReadonlySignal } from '@preact/signals';
import { uuidv7 } from 'uuidv7';
import type { KioskNote, KioskState } from '../../kernel/protocol/kiosk-events.ts';
import type { I18n } from '../../ui/i18n.ts';
import { sound } from '../../ui/sound.ts';
import { resetComfort } from './comfort.ts';
import { createForgetting, type Forgetting } from './forgetting.ts';
import { readGeneric, writeGeneric } from './generic.ts';
import type { Line } from './line.ts';
import { countedDecision, frameOf, genericAfter, viewOf, type Frame, type View } from './view.ts';

/** A line that is gone for longer is shown: the heartbeat has used up 1.5 s of the 2 s already. */
const AWAY_AFTER_MS = 400;
/** A touch on the attract screen is forgotten after this long without another. */
const BROWSE_MS = 45_000;
/** The edge wipes a session; this screen does not wait for it longer than this past the instant. */
const WIPE_GRACE_MS = 1_000;
const TOUCH_EVERY_MS = 3_000;

/** What the components draw and what a hand can do. */
export interface Kiosk {
  readonly view: ReadonlySignal<View>;
  readonly frame: ReadonlySignal<Frame>;
  readonly note: ReadonlySignal<KioskNote | undefined>;
  /** Whole seconds until the session is wiped; undefined while there is no need to say so. */
  readonly warning: ReadonlySignal<number | undefined>;
  /** What came of *forget me here*; `begin` is `withdraw`. */
  readonly forgetting: Omit<Forgetting, 'begin'>;
  touch(): void;
  stay(): void;
  leave(): void;
  /** Takes all consents back and leaves: the screen is blank at once, and then says what came of it. */
  withdraw(): void;
  closeNote(): void;
  /** The decision whose cards count as seen now. */
  counted(): string | undefined;
}

export function createKiosk(
  edge: Line,
  i18n: I18n<never>,
  storage: Storage,
  reloadPage: () => void,
): Kiosk {
  const generic = signal(readGeneric(storage, Date.now()));
  const live = signal<KioskState | undefined>(undefined);
  const touched = signal(false);
  const ended = signal<string | undefined>(undefined);
  const note = signal<KioskNote | undefined>(undefined);
  const remainingMs = signal<number | undefined>(undefined);
  let noteId: string | undefined;
  let noteTimer: number | undefined;
  let touchTimer: number | undefined;
  let awayTimer: number | undefined;
  let reloadTimer: number | undefined;
  let sessionId: string | undefined;
  let heardAt = 0;
  let lastTouchSent = -Infinity;
  let somebodyWasHere = false;

  const view = computed(() =>
    viewOf({
      state: live.value,
      generic: generic.value,
      touched: touched.value,
      ended: ended.value,
    }),
  );
  const frame = computed(() => frameOf({ state: live.value, generic: generic.value }));
  const warning = computed(() => {
    const left = remainingMs.value;
    return left === undefined ? undefined : Math.max(0, Math.ceil(left / 1_000));
  });

  const usualLanguage = () => frame.value.languages[0] ?? 'it';
  const resetForNext = () => {
    touched.value = false;
    window.clearTimeout(touchTimer);
    resetComfort();
    window.scrollTo(0, 0);
    i18n.use(usualLanguage());
  };
  const closeNote = () => {
    window.clearTimeout(noteTimer);
    note.value = undefined;
  };
  const forgetting = createForgetting(edge, () => {
    if (sessionId === undefined) resetForNext();
  });
  const endHere = (id: string) => {
    ended.value = id;
    closeNote();
    edge.forget();
  };
  const act = (kind: 'touch' | 'stay' | 'leave', session?: string) => {
    const requestId = uuidv7();
    edge.act({
      requestId,
      kind,
      ...(session === undefined ? {} : { sessionId: session }),
    } as Parameters<Line['act']>[0]);
  };

  effect(() => {
    const state = edge.state.value;
    if (state === undefined) {
      live.value = undefined;
      closeNote();
      return;
    }
    heardAt = performance.now();
    live.value = state;
    const next = genericAfter(state, generic.peek());
    generic.value = next;
    if (next !== undefined) writeGeneric(storage, next);
    if (state.note === undefined) closeNote();
    else if (state.note.noteId !== noteId) {
      noteId = state.note.noteId;
      note.value = state.note.content;
      window.clearTimeout(noteTimer);
      noteTimer = window.setTimeout(closeNote, state.note.untilMs);
    }
  });

  // The edge is away: nothing that it said about one person stays on the screen or in this page.
  effect(() => {
    window.clearTimeout(awayTimer);
    if (edge.connected.value) return;
    awayTimer = window.setTimeout(() => edge.forget(), AWAY_AFTER_MS);
  });

  // Another person, or nobody: language, size and contrast begin anew.
  effect(() => {
    const now = view.value;
    const id = now.kind === 'session' ? now.session.sessionId : undefined;
    if (id === sessionId) return;
    sessionId = id;
    if (now.kind !== 'session') {
      // Whoever took everything back reads the answer as they read the question.
      if (forgetting.step.peek() === undefined) resetForNext();
      return;
    }
    forgetting.close();
    resetForNext();
    somebodyWasHere = true;
    if (frame.peek().languages.includes(now.session.language)) i18n.use(now.session.language);
  });

  // A page that showed somebody's offers is loaded anew before it waits for the next (threat-16).
  effect(() => {
    window.clearTimeout(reloadTimer);
    const isAttract = view.value.kind === 'attract';
    const isIdle = isAttract && note.value === undefined && forgetting.step.value === undefined;
    if (somebodyWasHere && isIdle) reloadTimer = window.setTimeout(reloadPage, 1_500);
  });

  const count = () => {
    const now = view.peek();
    if (now.kind !== 'session') {
      if (remainingMs.peek() !== undefined) remainingMs.value = undefined;
      return;
    }
    const { warnAt, wipeAt, now: saidAt, sessionId: id } = now.session;
    const edgeNow = saidAt + (performance.now() - heardAt);
    if (edgeNow > wipeAt + WIPE_GRACE_MS) {
      endHere(id);
      return;
    }
    const before = warning.peek();
    remainingMs.value = edgeNow >= warnAt ? wipeAt - edgeNow : undefined;
    const after = warning.peek();
    if (after !== undefined && (before === undefined || (after !== before && after % 5 === 0)))
      sound('warning');
  };
  window.setInterval(count, 200);
  view.subscribe(count);

  return {
    view,
    frame,
    note,
    warning,
    touch() {
      if (view.peek().kind !== 'session') {
        touched.value = true;
        window.clearTimeout(touchTimer);
        touchTimer = window.setTimeout(resetForNext, BROWSE_MS);
      }
      if (performance.now() - lastTouchSent < TOUCH_EVERY_MS || !edge.connected.peek()) return;
      lastTouchSent = performance.now();
      act('touch');
    },
    stay() {
      const now = view.peek();
      if (now.kind === 'session') act('stay', now.session.sessionId);
    },
    leave() {
      const now = view.peek();
      if (now.kind !== 'session') {
        resetForNext();
        return;
      }
      act('leave', now.session.sessionId);
      endHere(now.session.sessionId);
    },
    withdraw() {
      const now = view.peek();
      if (now.kind !== 'session') return;
      forgetting.begin(now.session.sessionId);
      endHere(now.session.sessionId);
    },
    forgetting,
    closeNote,
    counted: () => countedDecision(view.peek(), note.peek()),
  };
}
