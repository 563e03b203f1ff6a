/** Which message of state a screen holds. */
export interface Held {
  /** Random for each start of the sender. */
  readonly boot: string;
  readonly version: number;
}

/**
 * Newest wins: within one start of the sender a lower or equal version is late and ignored; another start begins anew.
 * Returns the very object that it keeps.
 */
export function newest(held: Held | undefined, heard: Held): Held {
  if (held !== undefined && held.boot === heard.boot && heard.version <= held.version) return held;
  return heard;
}
