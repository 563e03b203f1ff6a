import { signal, type ReadonlySignal } from '@preact/signals';
import { uuidv7 } from 'uuidv7';
import type { KioskAct } from '../../kernel/protocol/kiosk-events.ts';
import type { Line } from './line.ts';

/**
 * How far taking everything back has come. `unwritten`: the store did not say that it is written, so the person still
 * stands as a member; `over`: it has no such session any more, and trying again is of no use.
 */
export type ForgettingStep = 'asking' | 'written' | 'unwritten' | 'over';

const WRITTEN_MS = 10_000;
/** Long enough for a store server to start anew while somebody waits. */
const NOT_WRITTEN_MS = 60_000;

/** What the store makes of *forget me here*: said on a screen that is blank already, and that names nobody. */
export interface Forgetting {
  readonly step: ReadonlySignal<ForgettingStep | undefined>;
  begin(sessionId: string): void;
  /** Once more the same act. */
  again(): void;
  close(): void;
}

/** @param closed - nothing is said any more */
export function createForgetting(edge: Pick<Line, 'withdraw'>, closed: () => void): Forgetting {
  const step = signal<ForgettingStep | undefined>(undefined);
  let act: Extract<KioskAct, { kind: 'withdraw' }> | undefined;
  let timer: number | undefined;
  const close = () => {
    window.clearTimeout(timer);
    act = undefined;
    if (step.peek() === undefined) return;
    step.value = undefined;
    closed();
  };
  const ask = async () => {
    const asked = act;
    if (asked === undefined) return;
    window.clearTimeout(timer);
    step.value = 'asking';
    const outcome = await edge.withdraw(asked).catch(() => 'unwritten' as const);
    if (act !== asked) return; // somebody else stands there by now
    step.value = outcome;
    timer = window.setTimeout(close, outcome === 'written' ? WRITTEN_MS : NOT_WRITTEN_MS);
  };
  return {
    step,
    begin(sessionId) {
      act = { requestId: uuidv7(), kind: 'withdraw', sessionId } as typeof act;
      void ask();
    },
    again: () => void ask(),
    close,
  };
}
