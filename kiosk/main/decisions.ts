/** The shell's decisions, apart from Electron so that they can be tried on any machine (threat-8). */

/** Where the kiosk's page lives inside Electron. */
export const OWN_ORIGIN = 'app://kiosk';
export const OWN_PAGE = `${OWN_ORIGIN}/index.html`;

/** The page may load itself anew, nothing else: not even another file of its own. */
export function mayNavigate(to: string): boolean {
  if (!URL.canParse(to)) return false;
  const { protocol, host, pathname, username, password } = new URL(to);
  return (
    protocol === 'app:' &&
    host === 'kiosk' &&
    (pathname === '/index.html' || pathname === '/') &&
    username === '' &&
    password === ''
  );
}

/** The part of Electron's `Input` that a decision needs. */
export interface KeyInput {
  readonly type: string;
  /** As in the web's `KeyboardEvent.key`. */
  readonly key: string;
  readonly control: boolean;
  readonly alt: boolean;
  readonly meta: boolean;
}

const plainKeys = new Set([
  ...['Tab', 'Enter', 'Backspace', 'Delete', 'Shift'],
  ...['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown'],
]);

/** A person may write and move the focus. Whatever a shortcut could mean to the window or the system is dropped. */
export function mayPress({ key, control, alt, meta }: KeyInput): boolean {
  if (control || alt || meta) return false;
  return plainKeys.has(key) || isOneSymbol(key);
}

/** A character, not the name of a key: names are longer. Control characters are none. */
function isOneSymbol(key: string): boolean {
  return Array.from(key).length === 1 && !/\p{Cc}/u.test(key);
}

/** Of camera, microphone, notifications, USB and the rest a kiosk of ours needs none. */
const permissions: ReadonlySet<string> = new Set();
export const mayHave = (permission: string): boolean => permissions.has(permission);

/**
 * The pause before a page that fell is loaded again, in ms: at once the first time, then longer, so that a page that
 * falls at its start does not keep the machine busy.
 * @param fallsInLastMinute - 0 for the first
 */
export function pauseBeforeReloadMs(fallsInLastMinute: number): number {
  return fallsInLastMinute === 0 ? 0 : Math.min(15_000, 500 * 2 ** fallsInLastMinute);
}

/** A page that says nothing for this long, or that has nothing on it, is loaded again; ms. */
export const SILENCE_MS = 20_000;

export function isUnwell(page: { readonly silentMs: number; readonly isBlank: boolean }): boolean {
  return page.isBlank || page.silentMs > SILENCE_MS;
}
