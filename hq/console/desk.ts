import type { Live } from './live.ts';
import type { ConsoleWords } from './words.ts';

/** What every page of the console works with. */
export interface Desk {
  readonly i18n: ConsoleWords;
  readonly live: Live;
  /** The cookie is over: somebody has to sign in again. */
  readonly onSignedOut: () => void;
}
