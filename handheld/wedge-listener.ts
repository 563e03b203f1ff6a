import { codeOf, emptyWedge, typed, WEDGE_GAP_MS } from './wedge.ts';

/**
 * Hears a keyboard-wedge scanner wherever the focus is, but in a field: there its Enter sends the form.
 * @returns what to call to stop listening
 */
export function listenForWedge(onCode: (code: string) => void): () => void {
  let state = emptyWedge;
  let silence: number | undefined;
  const finish = () => {
    const code = codeOf(state);
    state = emptyWedge;
    if (code !== undefined) onCode(code);
  };
  const hear = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement) return;
    window.clearTimeout(silence);
    if (event.key === 'Enter' || event.key === 'Tab') {
      if (codeOf(state) !== undefined) event.preventDefault(); // else a button in focus would be pressed by the scan
      finish();
      return;
    }
    if (Array.from(event.key).length !== 1 || event.ctrlKey || event.altKey || event.metaKey)
      return;
    state = typed(state, event.key, event.timeStamp);
    silence = window.setTimeout(finish, WEDGE_GAP_MS * 3);
  };
  document.addEventListener('keydown', hear, { capture: true });
  return () => {
    document.removeEventListener('keydown', hear, { capture: true });
    window.clearTimeout(silence);
  };
}
