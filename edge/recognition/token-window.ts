const EMPTY = 0;
const AMBIGUOUS = 0xffff_ffff;
const SMALLEST = 64;

/**
 * The tokens of one window: 64-bit ids to slot numbers, by open addressing in typed arrays (12 bytes an entry).
 * Looks up without making garbage.
 */
export class TokenWindow {
  #high: Uint32Array;
  #low: Uint32Array;
  /** Slot + 1; 0 is empty. */
  #slots: Uint32Array;
  #mask: number;
  #count = 0;

  /** @param expected - how many tokens are to come; more make it grow */
  constructor(expected: number) {
    let size = SMALLEST;
    while (size < expected * 2) size *= 2;
    this.#mask = size - 1;
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#slots = new Uint32Array(size);
  }

  get count(): number {
    return this.#count;
  }

  /**
   * The same token from two people resolves to neither.
   * @param isTaken - whether somebody has that slot still; else the entry is left over, and is taken over
   */
  add(high: number, low: number, slot: number, isTaken: (slot: number) => boolean): void {
    if (this.#count * 2 > this.#mask) this.#grow();
    const at = this.#find(high, low);
    const there = this.#slots[at] ?? EMPTY;
    if (there === EMPTY) {
      this.#high[at] = high;
      this.#low[at] = low;
      this.#slots[at] = slot + 1;
      this.#count += 1;
    } else if (there !== slot + 1) {
      const isShared = there === AMBIGUOUS || isTaken(there - 1);
      this.#slots[at] = isShared ? AMBIGUOUS : slot + 1;
    }
  }

  /** The slot; −1 for a stranger's token or one that two sources share. */
  get(high: number, low: number): number {
    const slot = this.#slots[this.#find(high, low)] ?? EMPTY;
    return slot === AMBIGUOUS ? -1 : slot - 1;
  }

  /** Index of the entry, or of the empty place where it would be. Tokens are AES output: any 32 bits of them spread well. */
  #find(high: number, low: number): number {
    let at = (high ^ low) & this.#mask;
    while (this.#slots[at] !== EMPTY && (this.#high[at] !== high || this.#low[at] !== low)) {
      at = (at + 1) & this.#mask;
    }
    return at;
  }

  #grow(): void {
    const [high, low, slots] = [this.#high, this.#low, this.#slots];
    const size = slots.length * 2;
    this.#mask = size - 1;
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#slots = new Uint32Array(size);
    for (let i = 0; i < slots.length; i += 1) {
      const slot = slots[i] ?? EMPTY;
      if (slot === EMPTY) continue;
      const at = this.#find(high[i] ?? 0, low[i] ?? 0);
      this.#high[at] = high[i] ?? 0;
      this.#low[at] = low[i] ?? 0;
      this.#slots[at] = slot;
    }
  }
}
