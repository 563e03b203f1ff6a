import type { EpochMs, Pseudonym } from '../../kernel/domain/ids.ts';

const CHUNK = 16_384;
const WORDS = 4;
/** 1,024 indices by the pseudonym's first bits: none is large enough to be felt when it grows. */
const SHARD_BITS = 10;
const SMALLEST_SHARD = 16;
const EMPTY = 0;
const FREE = 0;

interface Chunk {
  readonly pseudonyms: Uint32Array;
  /** End of the grant; 0: the slot is free. */
  readonly untils: Float64Array;
}
interface Shard {
  /** Slot + 1 by open addressing; 0 is empty. */
  places: Uint32Array;
  count: number;
}

/**
 * Who is behind a slot number, without an object a person: 16 bytes of pseudonym, 8 of time and about 8 of index. Grows
 * in pieces, so that a million people are taken in without the loop noticing.
 */
export class PersonSlots {
  readonly #chunks: Chunk[] = [];
  readonly #shards: (Shard | undefined)[] = [];
  readonly #given = new Uint32Array(WORDS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** −1: nobody. */
  slotOf(pseudonym: Pseudonym): number {
    this.#give(pseudonym);
    return this.#slotOfGiven();
  }

  /** As `slotOf`, of four words at `at`. */
  slotOfWords(words: Uint32Array, at: number): number {
    for (let i = 0; i < WORDS; i += 1) this.#given[i] = words[at + i] ?? 0;
    return this.#slotOfGiven();
  }

  /** The end of the grant; 0 where nobody has that slot. */
  untilAt(slot: number): EpochMs {
    return this.#chunks[Math.floor(slot / CHUNK)]?.untils[slot % CHUNK] ?? FREE;
  }

  /** Whoever has, or had, that slot. */
  pseudonymAt(slot: number): Pseudonym {
    const words = this.#chunks[Math.floor(slot / CHUNK)]?.pseudonyms;
    const at = (slot % CHUNK) * WORDS;
    return pseudonymOf(words ?? this.#given, at);
  }

  /** @param slot - a free one */
  put(slot: number, pseudonym: Pseudonym, until: EpochMs): void {
    this.#give(pseudonym);
    this.#putGiven(slot, until);
  }

  /** As `put`, of four words at `at`. */
  putWords(slot: number, words: Uint32Array, at: number, until: EpochMs): void {
    for (let i = 0; i < WORDS; i += 1) this.#given[i] = words[at + i] ?? 0;
    this.#putGiven(slot, until);
  }

  /** The slot is free from now on. */
  remove(slot: number): void {
    const chunk = this.#chunks[Math.floor(slot / CHUNK)];
    if (chunk === undefined || chunk.untils[slot % CHUNK] === FREE) return;
    const at = (slot % CHUNK) * WORDS;
    for (let i = 0; i < WORDS; i += 1) this.#given[i] = chunk.pseudonyms[at + i] ?? 0;
    this.#unindex(slot);
    chunk.untils[slot % CHUNK] = FREE;
    chunk.pseudonyms.fill(0, at, at + WORDS);
    this.#size -= 1;
  }

  clear(): void {
    for (const { pseudonyms, untils } of this.#chunks) {
      pseudonyms.fill(0);
      untils.fill(FREE);
    }
    this.#chunks.length = 0;
    this.#shards.length = 0;
    this.#size = 0;
  }

  #give(pseudonym: Pseudonym): void {
    for (let i = 0; i < WORDS; i += 1)
      this.#given[i] = Number.parseInt(pseudonym.slice(i * 8, i * 8 + 8), 16);
  }

  #slotOfGiven(): number {
    const shard = this.#shards[this.#shardOfGiven()];
    return shard === undefined ? -1 : (shard.places[this.#find(shard)] ?? EMPTY) - 1;
  }

  #putGiven(slot: number, until: EpochMs): void {
    const chunk = this.#chunkFor(slot);
    chunk.pseudonyms.set(this.#given, (slot % CHUNK) * WORDS);
    chunk.untils[slot % CHUNK] = Math.max(until, 1);
    const at = this.#shardOfGiven();
    const shard = (this.#shards[at] ??= { places: new Uint32Array(SMALLEST_SHARD), count: 0 });
    if (shard.count >= shard.places.length * 0.7) this.#grow(shard);
    shard.places[this.#find(shard)] = slot + 1;
    shard.count += 1;
    this.#size += 1;
  }

  #chunkFor(slot: number): Chunk {
    const index = Math.floor(slot / CHUNK);
    while (this.#chunks.length <= index) {
      this.#chunks.push({
        pseudonyms: new Uint32Array(CHUNK * WORDS),
        untils: new Float64Array(CHUNK),
      });
    }
    // Made above if it was not there.
    return this.#chunks[index] as Chunk;
  }

  #shardOfGiven(): number {
    return (this.#given[0] ?? 0) >>> (32 - SHARD_BITS);
  }

  /** Index of the given one's place, or of the empty one where it would be. Pseudonyms are random: any bits spread well. */
  #find({ places }: Shard): number {
    let at = (this.#given[1] ?? 0) % places.length;
    for (;;) {
      const place = places[at] ?? EMPTY;
      if (place === EMPTY || this.#isGiven(place - 1)) return at;
      at = (at + 1) % places.length;
    }
  }

  #isGiven(slot: number): boolean {
    const words = this.#chunks[Math.floor(slot / CHUNK)]?.pseudonyms;
    const at = (slot % CHUNK) * WORDS;
    return this.#given.every((word, i) => words?.[at + i] === word);
  }

  #homeOf(slot: number, places: number): number {
    const words = this.#chunks[Math.floor(slot / CHUNK)]?.pseudonyms;
    return (words?.[(slot % CHUNK) * WORDS + 1] ?? 0) % places;
  }

  #grow(shard: Shard): void {
    const before = shard.places;
    const places = new Uint32Array(before.length * 2);
    for (const place of before) {
      if (place === EMPTY) continue;
      let at = this.#homeOf(place - 1, places.length);
      while (places[at] !== EMPTY) at = (at + 1) % places.length;
      places[at] = place;
    }
    shard.places = places;
  }

  /** Closes the gap that the given one leaves, so that runs stay whole. */
  #unindex(slot: number): void {
    const shard = this.#shards[this.#shardOfGiven()];
    if (shard === undefined) return;
    const { places } = shard;
    let gap = this.#find(shard);
    if (places[gap] !== slot + 1) return;
    for (let at = (gap + 1) % places.length; places[at] !== EMPTY; at = (at + 1) % places.length) {
      const home = this.#homeOf((places[at] ?? EMPTY) - 1, places.length);
      const isBetween = gap <= at ? gap < home && home <= at : gap < home || home <= at;
      if (isBetween) continue;
      places[gap] = places[at] ?? EMPTY;
      gap = at;
    }
    places[gap] = EMPTY;
    shard.count -= 1;
  }
}

/** 128 bits in lower-case hex. */
function pseudonymOf(words: Uint32Array, at: number): Pseudonym {
  let hex = '';
  for (let i = 0; i < WORDS; i += 1) hex += (words[at + i] ?? 0).toString(16).padStart(8, '0');
  return hex as Pseudonym; // made of one that was put in
}
