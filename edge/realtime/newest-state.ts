import { randomBytes } from 'node:crypto';
import type { EdgeToKiosk } from '../../kernel/protocol/kiosk-events.ts';

/** The one thing that a state is sent through. */
export interface StateSocket {
  readonly connected: boolean;
  emitWithin(ms: number, event: keyof EdgeToKiosk, message: unknown): Promise<unknown>;
  disconnect(): void;
}
const ACK_WITHIN_MS = 5_000;
/** Random per start, so that versions may begin anew. */
const BOOT = randomBytes(8).toString('hex');

/**
 * Sends a screen its newest state: at most one is under way, whatever happens meanwhile is in the next. A screen that has
 * not drawn within 5 s is disconnected, and comes back to the whole state.
 */
export class NewestState {
  readonly #socket: StateSocket;
  readonly #state: () => unknown;
  #version = 0;
  #isUnderWay = false;
  #isOld = false;

  constructor(socket: StateSocket, state: () => unknown) {
    this.#socket = socket;
    this.#state = state;
  }

  /** The state is another one. */
  poke(): void {
    if (this.#isUnderWay) {
      this.#isOld = true;
      return;
    }
    void this.#send();
  }

  async #send(): Promise<void> {
    this.#isUnderWay = true;
    try {
      this.#version += 1;
      const message = { boot: BOOT, version: this.#version, state: this.#state() };
      await this.#socket.emitWithin(ACK_WITHIN_MS, 'state', message);
    } catch {
      this.#socket.disconnect();
    }
    this.#isUnderWay = false;
    if (!this.#isOld) return;
    this.#isOld = false;
    if (this.#socket.connected) void this.#send();
  }
}

/** A message of a state that needs no answer: small, and newest wins at the other end too. */
export function versionedState(version: number, state: unknown): unknown {
  return { boot: BOOT, version, state };
}
