/** A keyboard-wedge scanner types like a person, only faster than any: this tells the two apart. */
export interface WedgeState {
  readonly text: string;
  /** When the last character came, ms. */
  readonly lastAt: number;
}

/** Between two characters of a scanner, at most; a fast typist needs 80 ms and more. */
export const WEDGE_GAP_MS = 50;
/** Shorter bursts may be two keys hit at once. */
const SHORTEST_CODE = 4;

export const emptyWedge: WedgeState = { text: '', lastAt: -Infinity };

/** What was typed so far in one burst; a slow key begins a new one. */
export function typed(state: WedgeState, character: string, at: number): WedgeState {
  const isBurst = at - state.lastAt <= WEDGE_GAP_MS;
  return { text: isBurst ? state.text + character : character, lastAt: at };
}

/** The code of a burst that is over: by its terminator (Enter, Tab) or by silence. Undefined where a person typed. */
export function codeOf(state: WedgeState): string | undefined {
  return state.text.length >= SHORTEST_CODE ? state.text : undefined;
}
