/*
 * AES-128 of one block under a key that is used once or twice: tables of millions of tokens are made of it, each under
 * another key, where a cipher object apiece costs ten times the encryption. Table look-ups leak through caches to whoever
 * shares the processor, so it serves only keys that this process holds anyway, never for answering anybody.
 * Source: FIPS 197, section 5; tables as in the Rijndael proposal, section 5.2.1.
 */

const SBOX = substitution();
/** MixColumns of SubBytes, for each of the four places in a column. */
const [T0, T1, T2, T3] = [0, 8, 16, 24].map(mixed) as [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
];
const ROUND_CONSTANTS = Uint8Array.of(1, 2, 4, 8, 16, 32, 64, 128, 27, 54);

/**
 * The first 8 bytes of a block's encryption, as two 32-bit words, big-endian, into `out`.
 * @param keys - words of keys, big-endian, one key every four
 * @param at - index of the key's first word
 */
export function encryptHalfBlock(
  keys: Uint32Array,
  at: number,
  block: readonly [number, number, number, number],
  out: Uint32Array,
): void {
  let k0 = keys[at] as number;
  let k1 = keys[at + 1] as number;
  let k2 = keys[at + 2] as number;
  let k3 = keys[at + 3] as number;
  let [a, b, c, d] = block;
  a ^= k0;
  b ^= k1;
  c ^= k2;
  d ^= k3;
  for (let round = 0; round < 10; round += 1) {
    k0 ^=
      ((s(k3 >>> 16) ^ (ROUND_CONSTANTS[round] as number)) * 0x1000000) ^
      (s(k3 >>> 8) << 16) ^
      (s(k3) << 8) ^
      s(k3 >>> 24);
    k1 ^= k0;
    k2 ^= k1;
    k3 ^= k2;
    if (round === 9) break;
    const e = column(a, b, c, d) ^ k0;
    const f = column(b, c, d, a) ^ k1;
    const g = column(c, d, a, b) ^ k2;
    const h = column(d, a, b, c) ^ k3;
    a = e;
    b = f;
    c = g;
    d = h;
  }
  out[0] = ((s(a >>> 24) << 24) | (s(b >>> 16) << 16) | (s(c >>> 8) << 8) | s(d)) ^ k0;
  out[1] = ((s(b >>> 24) << 24) | (s(c >>> 16) << 16) | (s(d >>> 8) << 8) | s(a)) ^ k1;
}

function column(a: number, b: number, c: number, d: number): number {
  return (
    (T0[a >>> 24] as number) ^
    (T1[(b >>> 16) & 0xff] as number) ^
    (T2[(c >>> 8) & 0xff] as number) ^
    (T3[d & 0xff] as number)
  );
}

function s(value: number): number {
  return SBOX[value & 0xff] as number;
}

/** Multiplicative inverse in GF(2^8), then the affine map (section 5.1.1), walking the field by its generator 3. */
function substitution(): Uint8Array {
  const box = new Uint8Array(256);
  let [power, inverse] = [1, 1];
  do {
    power = (power ^ doubled(power)) & 0xff;
    inverse ^= inverse << 1;
    inverse ^= inverse << 2;
    inverse ^= inverse << 4;
    inverse &= 0xff;
    if (inverse & 0x80) inverse ^= 0x09;
    const turned = [1, 2, 3, 4].map((by) => ((inverse << by) | (inverse >>> (8 - by))) & 0xff);
    box[power] = turned.reduce((sum, value) => sum ^ value, inverse) ^ 0x63;
  } while (power !== 1);
  box[0] = 0x63;
  return box;
}

function doubled(value: number): number {
  return ((value << 1) ^ (value & 0x80 ? 0x11b : 0)) & 0xff;
}

function mixed(turnedBy: number): Uint32Array {
  return Uint32Array.from(SBOX, (value) => {
    const twice = doubled(value);
    const word = (twice << 24) | (value << 16) | (value << 8) | (twice ^ value);
    return turnedBy === 0 ? word : (word >>> turnedBy) | (word << (32 - turnedBy));
  });
}
