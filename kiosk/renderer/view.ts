import type { KioskNote, KioskState } from '../../kernel/protocol/kiosk-events.ts';
import { genericOf, type Generic } from './generic.ts';

type Screen = KioskState['screen'];
export type Cards = Extract<Screen, { kind: 'attract' }>['offers'];
export type Session = Extract<Screen, { kind: 'session' }>;
type Prompt = Extract<Screen, { kind: 'prompt' }>;

/** The one thing that the screen shows. */
export type View =
  | { readonly kind: 'attract'; readonly cards: Generic['cards']; readonly decisionId?: string }
  | { readonly kind: 'browse'; readonly cards: Generic['cards']; readonly decisionId?: string }
  | { readonly kind: 'prompt'; readonly offers: Cards; readonly challenge: Prompt['challenge'] }
  | { readonly kind: 'session'; readonly session: Session };

/** What is around the view on every screen. */
export interface Frame {
  readonly storeName: string;
  readonly languages: readonly string[];
  readonly simulated: boolean;
  readonly notice: Generic['notice'] | undefined;
}

interface Seen {
  /** The newest state, undefined while the edge is away or was never heard. */
  readonly state: KioskState | undefined;
  /** What was last shown to everybody, from memory or from this disk. */
  readonly generic: Generic | undefined;
  /** A hand touched the attract screen a short while ago. */
  readonly touched: boolean;
  /** The session that this screen ended by itself; it is not drawn again. */
  readonly ended: string | undefined;
}

/** Without a live state, only what is for everybody. */
export function viewOf({ state, generic, touched, ended }: Seen): View {
  const screen = state?.screen;
  switch (screen?.kind) {
    case 'session':
      if (screen.sessionId !== ended) return { kind: 'session', session: screen };
      break;
    case 'prompt':
      return { kind: 'prompt', offers: screen.offers, challenge: screen.challenge };
    case 'attract': {
      const { decisionId, cards } = screen.offers;
      return { kind: touched ? 'browse' : 'attract', cards, decisionId };
    }
    case undefined:
  }
  return { kind: touched ? 'browse' : 'attract', cards: generic?.cards ?? [] };
}

export function frameOf({ state, generic }: Pick<Seen, 'state' | 'generic'>): Frame {
  const source = state ?? generic;
  return {
    storeName: source?.storeName ?? 'Soglia',
    languages: source?.languages ?? ['it', 'en'],
    simulated: source?.simulated ?? false,
    notice: source?.notice,
  };
}

/** The newest content for everybody: from this state, or what was known before. */
export function genericAfter(state: KioskState, before: Generic | undefined): Generic | undefined {
  return genericOf(state) ?? before;
}

/** Decisions whose cards stand uncovered before somebody: the only ones whose exposure counts. */
export function countedDecision(view: View, note: KioskNote | undefined): string | undefined {
  if (note !== undefined) return note.kind === 'product' ? note.offers.decisionId : undefined;
  switch (view.kind) {
    case 'attract':
      return undefined; // nobody looks, as far as we know
    case 'browse':
      return view.decisionId;
    case 'prompt':
      return view.offers.decisionId;
    case 'session':
      return view.session.offers.decisionId;
  }
}
