import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Exposure, KioskAct, KioskState } from '../../kernel/protocol/kiosk-events.ts';

/** The line to the edge, as the screen needs it. */
export interface Line {
  readonly state: ReadonlySignal<KioskState | undefined>;
  readonly connected: ReadonlySignal<boolean>;
  /** Drops the state that is held, and with it whatever it said about a person. */
  forget(): void;
  /** Sent until answered or 5 s are over; the edge ends what it does not hear of by itself. */
  act(act: Exclude<KioskAct, { kind: 'withdraw' }>): void;
  /**
   * `over`: the edge has no such session any more, and wrote nothing. The same act again has no second effect.
   * @throws {Error} if the edge did not say in time that it is written, or says that it could not
   */
  withdraw(act: Extract<KioskAct, { kind: 'withdraw' }>): Promise<'written' | 'over'>;
  /**
   * `refused`: there is no use in repeating it.
   * @throws {Error} if the edge did not answer in time
   */
  report(exposure: Exposure): Promise<'recorded' | 'refused'>;
}

/** A line whose code comes after the first paint: until then it is like an edge that is away. */
export function lineLater(load: () => Promise<Line>): Line {
  const none = () => Promise.reject(new Error('no line to the edge yet'));
  const line = signal<Line | undefined>(undefined);
  const tryLoading = () => {
    load().then(
      (loaded) => (line.value = loaded),
      () => window.setTimeout(tryLoading, 2_000),
    );
  };
  tryLoading();
  return {
    state: computed(() => line.value?.state.value),
    connected: computed(() => line.value?.connected.value ?? false),
    forget: () => line.peek()?.forget(),
    act: (act) => line.peek()?.act(act),
    withdraw: (act) => line.peek()?.withdraw(act) ?? none(),
    report: (exposure) => line.peek()?.report(exposure) ?? none(),
  };
}
