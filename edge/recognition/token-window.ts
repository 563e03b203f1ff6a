const EMPTY = 0;
const AMBIGUOUS = 0xffff_ffff;
const SMALLEST = 64;
/** Entries for two thirds of the places: longer runs cost strangers' tokens, which are looked up most, too much. */
const PLACES_PER_ENTRY = 1.5;
/** Of these many a larger table is made while the loop waits, 2 ms at most. */
const GROW_AT_ONCE = 20_000;

/** The arrays of a window as they travel between threads. */
export interface WindowArrays {
  readonly high: Uint32Array<ArrayBuffer>;
  readonly low: Uint32Array<ArrayBuffer>;
  readonly slots: Uint32Array<ArrayBuffer>;
  readonly count: number;
}

/**
 * The tokens of one window: 64-bit ids to slot numbers, by open addressing in typed arrays (18 bytes an entry).
 * Looks up without making garbage.
 */
export class TokenWindow {
  #high: Uint32Array<ArrayBuffer>;
  #low: Uint32Array<ArrayBuffer>;
  /** Owner + 1; 0 is empty. */
  #slots: Uint32Array<ArrayBuffer>;
  #count: number;

  private constructor({ high, low, slots, count }: WindowArrays) {
    this.#high = high;
    this.#low = low;
    this.#slots = slots;
    this.#count = count;
  }

  /** @param expected - how many tokens are to come */
  static for(expected: number): TokenWindow {
    return new TokenWindow(emptyArrays(Math.ceil(expected * PLACES_PER_ENTRY)));
  }

  /** One that another thread has filled. */
  static of(arrays: WindowArrays): TokenWindow {
    return new TokenWindow(arrays);
  }

  get arrays(): WindowArrays {
    return { high: this.#high, low: this.#low, slots: this.#slots, count: this.#count };
  }

  get count(): number {
    return this.#count;
  }

  /** Memory of the arrays, bytes. */
  get bytes(): number {
    return this.#slots.byteLength * 3;
  }

  /** Whether it should be built anew, larger: it still takes some more until then. */
  get isCrowded(): boolean {
    return this.#count > this.#slots.length * 0.8;
  }

  /** Whether more would make every look-up slow, and a larger one take the loop too long: it must be built anew. */
  get isFull(): boolean {
    return this.#slots.length >= GROW_AT_ONCE && this.#count > this.#slots.length * 0.9;
  }

  /**
   * The same token from two people resolves to neither.
   * @param owner - whose it is, as `ownerOf` says it
   * @param isTaken - whether who is there is somebody else; if not the entry is left over, or the same person's, and is taken over
   */
  add(
    high: number,
    low: number,
    owner: number,
    isTaken: (there: number, owner: number) => boolean,
  ): void {
    const isSmall = this.#slots.length < GROW_AT_ONCE;
    if (this.#count > this.#slots.length * (isSmall ? 0.75 : 0.95)) this.#grow();
    const at = this.#find(high, low);
    const there = this.#slots[at] ?? EMPTY;
    if (there === EMPTY) {
      this.#high[at] = high;
      this.#low[at] = low;
      this.#slots[at] = owner + 1;
      this.#count += 1;
    } else if (there !== owner + 1) {
      const isShared = there === AMBIGUOUS || isTaken(there - 1, owner);
      this.#slots[at] = isShared ? AMBIGUOUS : owner + 1;
    }
  }

  /** The owner; −1 for a stranger's token or one that two sources share. */
  get(high: number, low: number): number {
    const slot = this.#slots[this.#find(high, low)] ?? EMPTY;
    return slot === AMBIGUOUS ? -1 : slot - 1;
  }

  /** Index of the entry, or of the empty place where it would be. Tokens are AES output: any 32 bits of them spread well. */
  #find(high: number, low: number): number {
    const places = this.#slots.length;
    let at = Math.floor((((high ^ low) >>> 0) / 0x1_0000_0000) * places);
    while (this.#slots[at] !== EMPTY && (this.#high[at] !== high || this.#low[at] !== low)) {
      at = at + 1 === places ? 0 : at + 1;
    }
    return at;
  }

  #grow(): void {
    const { high, low, slots } = this.arrays;
    const larger = emptyArrays(slots.length * 2);
    this.#high = larger.high;
    this.#low = larger.low;
    this.#slots = larger.slots;
    slots.forEach((slot, i) => {
      if (slot === EMPTY) return;
      const at = this.#find(high[i] ?? 0, low[i] ?? 0);
      this.#high[at] = high[i] ?? 0;
      this.#low[at] = low[i] ?? 0;
      this.#slots[at] = slot;
    });
  }
}

function emptyArrays(places: number): WindowArrays {
  const size = Math.max(SMALLEST, places);
  const make = () => new Uint32Array(size);
  return { high: make(), low: make(), slots: make(), count: 0 };
}
