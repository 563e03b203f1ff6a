/** So long a card stands before somebody, without a break, before it counts as seen (expose-1). */
export const SEEN_MS = 1_000;

/** How long each card has been before somebody, by any steady clock in ms. What goes out of sight begins anew. */
export class Seen {
  readonly #since = new Map<string, number>();

  /** @param inSight - all cards that are in sight now */
  look(inSight: ReadonlySet<string>, now: number): void {
    for (const card of this.#since.keys()) if (!inSight.has(card)) this.#since.delete(card);
    for (const card of inSight) if (!this.#since.has(card)) this.#since.set(card, now);
  }

  /** Those that have been in sight for long enough. */
  longEnough(now: number): readonly string[] {
    return [...this.#since].filter(([, since]) => now - since >= SEEN_MS).map(([card]) => card);
  }

  /** When the next one will have been; undefined: none is on its way. */
  nextAt(now: number): number | undefined {
    const coming = [...this.#since.values()].filter((since) => now - since < SEEN_MS);
    return coming.length === 0 ? undefined : Math.min(...coming) + SEEN_MS;
  }
}
