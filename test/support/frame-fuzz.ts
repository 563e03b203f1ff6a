import {
  type Dialect,
  type Heard,
  type Listener,
  createListener,
} from '../../kernel/scans/dialect.ts';
import { MAX_FRAME_BYTES, STALE_AFTER_MS } from '../../kernel/scans/framing.ts';
import { SSI } from '../../kernel/scans/ssi.ts';

/** How a scanner wraps what it sends, beside what must come of it. */
export type Wrapping = 'line' | 'tab' | 'etx' | 'stx-etx' | 'stx-etx-lrc' | 'gap' | 'ssi';
export const WRAPPINGS: readonly Wrapping[] = [
  'line',
  'tab',
  'etx',
  'stx-etx',
  'stx-etx-lrc',
  'gap',
  'ssi',
];

const STX = 0x02;
const ETX = 0x03;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const GAP_MS = 40;
const MOST_FRAMES = 8;
const LONGEST_DATA = 24;

/** Whole numbers below 2^32, quick and repeatable: xorshift32. */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }
  below(limit: number): number {
    return this.next() % limit;
  }
}

/**
 * One stream of a scanner: frames right and wrong, each with the silence after it, and what a host must make of them. Made
 * without any part of the decoder: a frame is expected because it was written right.
 */
export class FuzzedStream {
  readonly bytes = new Uint8Array(2 * MAX_FRAME_BYTES);
  length = 0;
  /** Where the silences are, and how long, ms. */
  readonly silenceAt = new Int32Array(2 * MOST_FRAMES);
  readonly silenceMs = new Int32Array(2 * MOST_FRAMES);
  silences = 0;
  /** What must come out: for each, from where to where in `expected`. */
  readonly expected = new Uint8Array(2 * MAX_FRAME_BYTES);
  readonly expectedEnd = new Int32Array(MOST_FRAMES);
  expectedFrames = 0;
  frames = 0;
  valid = 0;
  #dice: Dice;
  readonly #data = new Uint8Array(LONGEST_DATA);
  #dataLength = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  fill(wrapping: Wrapping): void {
    this.length = 0;
    this.silences = 0;
    this.expectedFrames = 0;
    this.frames = 1 + this.#dice.below(MOST_FRAMES);
    this.valid = 0;
    for (let i = 0; i < this.frames; i += 1) {
      this.#draw(wrapping);
      if (wrapping === 'ssi') this.#ssi();
      else if (wrapping === 'stx-etx' || wrapping === 'stx-etx-lrc') this.#between(wrapping);
      else if (wrapping === 'gap') this.#gap();
      else this.#terminated(wrapping);
    }
  }

  /** Data of 1 to 24 bytes without those that the wrapping gives a meaning. */
  #draw(wrapping: Wrapping): void {
    this.#dataLength = 1 + this.#dice.below(LONGEST_DATA);
    for (let i = 0; i < this.#dataLength; i += 1) {
      let byte = this.#dice.next() >>> 24;
      while (isMeant(wrapping, byte)) byte = this.#dice.next() >>> 24;
      this.#data[i] = byte;
    }
  }

  #put(byte: number): void {
    this.bytes[this.length++] = byte;
  }
  #putData(from = 0, to = this.#dataLength): void {
    for (let i = from; i < to; i += 1) this.#put(this.#data[i] ?? 0);
  }
  #silence(ms: number): void {
    this.silenceAt[this.silences] = this.length;
    this.silenceMs[this.silences++] = ms;
  }
  #expect(prefix: string, length = this.#dataLength): void {
    let end = this.expectedFrames === 0 ? 0 : (this.expectedEnd[this.expectedFrames - 1] ?? 0);
    for (let i = 0; i < prefix.length; i += 1) this.expected[end++] = prefix.charCodeAt(i);
    for (let i = 0; i < length; i += 1) this.expected[end++] = this.#data[i] ?? 0;
    this.expectedEnd[this.expectedFrames++] = end;
    this.valid += 1;
  }
  /** Now and then, and where it still fits. */
  #mayBeOverLong(): boolean {
    return this.length < 1_000 && this.#dice.below(4_000) === 0;
  }
  #putOverLong(): void {
    for (let i = 0; i < MAX_FRAME_BYTES + 1; i += 1) this.#put(0x41);
  }

  #terminated(wrapping: 'line' | 'tab' | 'etx'): void {
    const isOverLong = this.#mayBeOverLong();
    if (isOverLong) this.#putOverLong();
    const isCut = !isOverLong && this.#dice.below(4) === 0;
    if (!isOverLong) this.#putData();
    if (isCut) {
      this.#silence(STALE_AFTER_MS);
      return;
    }
    if (wrapping === 'tab') this.#put(TAB);
    else if (wrapping === 'etx') this.#put(ETX);
    else {
      const way = this.#dice.below(3);
      if (way !== 1) this.#put(CR);
      if (way !== 0) this.#put(LF);
    }
    if (!isOverLong) this.#expect('');
  }

  #between(wrapping: 'stx-etx' | 'stx-etx-lrc'): void {
    const hasLrc = wrapping === 'stx-etx-lrc';
    if (this.#mayBeOverLong()) {
      this.#put(STX);
      this.#putOverLong();
      this.#put(ETX);
      if (hasLrc) this.#put(this.#dice.next() >>> 24);
      this.#silence(STALE_AFTER_MS);
      return;
    }
    let lrc = ETX;
    for (let i = 0; i < this.#dataLength; i += 1) lrc ^= this.#data[i] ?? 0;
    switch (this.#dice.below(6)) {
      case 0: // the beginning is lost; with the end before it lost too, no decoder could tell the two apart
        this.#silence(STALE_AFTER_MS);
        this.#putData();
        this.#put(ETX);
        this.#silence(STALE_AFTER_MS);
        return;
      case 1: // the end is lost
        this.#put(STX);
        this.#putData();
        if (this.#dice.below(2) === 0) this.#silence(STALE_AFTER_MS);
        return;
      case 2: // a bit of data, or of the check, is wrong
        if (!hasLrc) break;
        this.#put(STX);
        this.#corrupt(lrc);
        return;
      case 3: // the check is lost
        if (!hasLrc) break;
        this.#put(STX);
        this.#putData();
        this.#put(ETX);
        this.#silence(STALE_AFTER_MS);
        return;
    }
    this.#put(STX);
    this.#putData();
    this.#put(ETX);
    if (hasLrc) this.#put(lrc);
    if (this.#dice.below(2) === 0) this.#put(CR);
    this.#expect('');
  }

  #corrupt(lrc: number): void {
    const at = this.#dice.below(this.#dataLength + 1);
    const change = 1 + this.#dice.below(255);
    if (at === this.#dataLength) {
      this.#putData();
      this.#put(ETX);
      this.#put(lrc ^ change);
      return;
    }
    let wrong = (this.#data[at] ?? 0) ^ change;
    if (isMeant('stx-etx', wrong)) wrong ^= 0x80; // neither STX nor ETX, and if it is right again then it changes twice
    if (wrong === this.#data[at]) wrong ^= 0x40;
    this.#putData(0, at);
    this.#put(wrong);
    this.#putData(at + 1);
    this.#put(ETX);
    this.#put(lrc);
  }

  #gap(): void {
    if (this.#mayBeOverLong()) this.#putOverLong();
    else {
      this.#putData();
      this.#expect('');
    }
    this.#silence(GAP_MS);
  }

  #ssi(): void {
    const start = this.length;
    if (this.#dice.below(8) === 0) this.#put(0);
    const at = this.length;
    switch (this.#dice.below(6)) {
      case 0: {
        // a byte is wrong, the length excepted: 1 in 65,536 of those is right again, elsewhere
        this.#packet(0);
        const where = at + 1 + this.#dice.below(this.length - at - 1);
        this.bytes[where] = (this.bytes[where] ?? 0) ^ (1 + this.#dice.below(255));
        this.#silence(150);
        return;
      }
      case 1: // it breaks off
        this.#packet(0);
        this.length = at + 1 + this.#dice.below(this.length - at - 1);
        this.#silence(150);
        return;
      case 2: // the length is wrong: too long for what follows, or too short to be one
        this.#packet(0);
        this.bytes[at] =
          this.#dice.below(2) === 0 ? 0xff - this.#dice.below(100) : 1 + this.#dice.below(3);
        this.#silence(150);
        return;
      case 3: // it comes twice, since the answer was lost
        this.#packet(0);
        this.#packet(1);
        this.#expect(']C0');
        return;
      default:
        // Marked as sent again though its first copy was lost; a short one might equal the packet before by chance.
        this.#packet(this.#dataLength > 6 && this.#dice.below(4) === 0 ? 1 : 0);
        this.#expect(']C0');
        this.length = Math.max(this.length, start);
    }
  }

  #packet(status: number): void {
    const at = this.length;
    this.#put(5 + this.#dataLength);
    this.#put(SSI.decodeData);
    this.#put(0);
    this.#put(status);
    this.#put(0x03);
    this.#putData();
    let sum = 0;
    for (let i = at; i < this.length; i += 1) sum += this.bytes[i] ?? 0;
    const checksum = -sum & 0xffff;
    this.#put(checksum >> 8);
    this.#put(checksum & 0xff);
  }
}

function isMeant(wrapping: Wrapping, byte: number): boolean {
  switch (wrapping) {
    case 'line':
      return byte === CR || byte === LF;
    case 'tab':
      return byte === TAB;
    case 'etx':
      return byte === ETX;
    case 'stx-etx':
    case 'stx-etx-lrc':
      return byte === STX || byte === ETX;
    case 'gap':
    case 'ssi':
      return false;
  }
}

export function dialectOf(wrapping: Wrapping): Dialect {
  return { framing: framingOf(wrapping), codeId: 'none', unknownCodeId: 'reject' };
}

function framingOf(wrapping: Wrapping): Dialect['framing'] {
  switch (wrapping) {
    case 'line':
    case 'tab':
    case 'etx':
      return { kind: 'terminator', terminator: wrapping };
    case 'stx-etx':
      return { kind: 'stx-etx' };
    case 'stx-etx-lrc':
      return { kind: 'stx-etx', lrc: true };
    case 'gap':
      return { kind: 'gap', gapMs: GAP_MS };
    case 'ssi':
      return { kind: 'ssi' };
  }
}

/** One port that a stream is pushed into, in pieces, with its silences; it goes on from stream to stream. */
export class FuzzedPort {
  readonly #listener: Listener;
  readonly #stream: FuzzedStream;
  #atMs = 0;
  #heardFrames = 0;
  wrong: string | undefined;

  constructor(wrapping: Wrapping, stream: FuzzedStream) {
    this.#listener = createListener(dialectOf(wrapping));
    this.#stream = stream;
  }

  /** @param cutAt - where the stream is cut; −1 for after every byte */
  push(cutAt: number): void {
    const { bytes, length, silences, silenceAt, silenceMs, expectedFrames } = this.#stream;
    this.#heardFrames = 0;
    let at = 0;
    for (let i = 0; i <= silences; i += 1) {
      const end = i < silences ? (silenceAt[i] ?? 0) : length;
      this.#pushPart(bytes, at, end, cutAt);
      at = end;
      if (i < silences) this.#wait(silenceMs[i] ?? 0);
    }
    this.#wait(60_000);
    if (this.#heardFrames !== expectedFrames) this.wrong ??= 'fewer codes than were sent right';
  }

  #pushPart(bytes: Uint8Array, from: number, to: number, cutAt: number): void {
    if (cutAt < 0) {
      for (let i = from; i < to; i += 1)
        this.#hear(this.#listener.push(bytes.subarray(i, i + 1), this.#atMs));
    } else if (cutAt > from && cutAt < to) {
      this.#hear(this.#listener.push(bytes.subarray(from, cutAt), this.#atMs));
      this.#hear(this.#listener.push(bytes.subarray(cutAt, to), this.#atMs));
    } else if (to > from) this.#hear(this.#listener.push(bytes.subarray(from, to), this.#atMs));
  }

  /** Lets time pass, as the timer of a port does: flushed whenever something is due. */
  #wait(ms: number): void {
    const end = this.#atMs + ms;
    for (
      let due = this.#listener.dueAtMs();
      due !== undefined && due <= end;
      due = this.#listener.dueAtMs()
    ) {
      this.#hear(this.#listener.flush(due));
    }
    this.#atMs = end;
  }

  #hear(heard: readonly Heard[]): void {
    for (const output of heard) {
      if (output.kind !== 'frame') continue;
      const { expected, expectedEnd, expectedFrames } = this.#stream;
      const index = this.#heardFrames++;
      if (index >= expectedFrames) {
        this.wrong ??= 'a code that nobody sent';
        return;
      }
      const from = index === 0 ? 0 : (expectedEnd[index - 1] ?? 0);
      const to = expectedEnd[index] ?? 0;
      let isSame = output.bytes.length === to - from;
      for (let i = 0; isSame && i < output.bytes.length; i += 1) {
        isSame = output.bytes[i] === expected[from + i];
      }
      if (!isSame) this.wrong ??= 'a code other than the one sent';
    }
  }
}
