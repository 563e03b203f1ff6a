import { type Rejected, rejected } from '../rejected.ts';

/** The longest content of any symbol we read: alphanumeric QR, version 40-L. */
export const MAX_FRAME_BYTES = 4296;
/** A scan begun this long ago and not ended will not count any more, so its bytes must not join the next one. */
export const STALE_AFTER_MS = 2000;

/** How a scanner marks where one code ends. GS, RS and EOT are data in each. */
export type FramingProfile =
  /** `line`: CR, LF, or both as one. */
  | { readonly kind: 'terminator'; readonly terminator: 'line' | 'tab' | 'etx' }
  /**
   * CR, LF and NUL between the frames are a record suffix, and ignored. With `lrc` one byte follows ETX: the exclusive
   * or of all after STX, ETX included (ISO 1155).
   */
  | { readonly kind: 'stx-etx'; readonly lrc?: boolean | undefined }
  /** Silence of `gapMs` ends a frame: 30 to 50 ms at 9600 baud. */
  | { readonly kind: 'gap'; readonly gapMs: number };

export interface Frame {
  readonly kind: 'frame';
  readonly bytes: Uint8Array;
}
export type FramingRejection =
  /** Over `MAX_FRAME_BYTES`; what follows is dropped up to the next end. */
  | 'too-long'
  /** Begun and not ended before `STALE_AFTER_MS`, or before the next STX. */
  | 'unterminated'
  /** Bytes before STX, told once for each run of them. */
  | 'outside-frame'
  /** The byte after ETX is not the check that the frame has; `at` counts from the byte after STX. */
  | 'wrong-lrc';
export type FramedScan = Frame | Rejected<FramingRejection>;

/** Turns what a port gives into something whole. */
export interface Framer<Out = FramedScan> {
  /**
   * Takes what the port gave, in pieces of any size: the frames are the same.
   * @param atMs - when it came, on a clock that does not go back
   */
  push(chunk: Uint8Array, atMs: number): readonly Out[];
  /** Ends what silence ends. Call it at `dueAtMs`. */
  flush(atMs: number): readonly Out[];
  /** When `flush` has something to do if nothing comes before; undefined while nothing waits. */
  dueAtMs(): number | undefined;
}

const NUL = 0x00;
const STX = 0x02;
const ETX = 0x03;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;

/**
 * `waiting`: no frame begun. `inside`: collecting. `dropping`: an over-long frame, until its end.
 * `lrc`: the check byte of a frame comes next; `dropping-lrc`: that of an over-long one.
 * `noise`: bytes outside STX and ETX that have been told of.
 */
type State = 'waiting' | 'inside' | 'dropping' | 'lrc' | 'dropping-lrc' | 'noise';

/** A framer for one port. Make a new one whenever the port is opened again. */
export function createFramer(profile: FramingProfile): Framer {
  const buffer = new Uint8Array(MAX_FRAME_BYTES);
  const isEnd = endOf(profile);
  const hasLrc = profile.kind === 'stx-etx' && profile.lrc === true;
  const silenceMs = profile.kind === 'gap' ? profile.gapMs : STALE_AFTER_MS;
  let state: State = 'waiting';
  let length = 0;
  let lastAtMs = 0;

  const finish = (out: FramedScan[]): void => {
    if (state === 'inside' && length > 0)
      out.push({ kind: 'frame', bytes: buffer.slice(0, length) });
    restart();
  };
  const restart = (): void => {
    state = 'waiting';
    length = 0;
  };
  const collect = (byte: number, out: FramedScan[]): void => {
    if (state === 'dropping') return;
    state = 'inside';
    if (length < MAX_FRAME_BYTES) {
      buffer[length++] = byte;
      return;
    }
    out.push(rejected('too-long', MAX_FRAME_BYTES));
    state = 'dropping';
    length = 0;
  };
  const endBySilence = (atMs: number, out: FramedScan[]): void => {
    if (state === 'waiting' || atMs - lastAtMs < silenceMs) return;
    if (profile.kind !== 'gap' && length > 0) {
      out.push(rejected('unterminated', length));
      restart();
    } else {
      finish(out);
    }
  };
  const checkLrc = (byte: number, out: FramedScan[]): void => {
    let sum = ETX;
    for (let i = 0; i < length; i++) sum ^= buffer[i] ?? 0;
    if (byte === sum) {
      state = 'inside';
      finish(out);
      return;
    }
    out.push(rejected('wrong-lrc', length + 1));
    restart();
    if (byte === STX) state = 'inside'; // a scanner that sends no check, or one whose check was lost
  };
  const take = (byte: number, out: FramedScan[]): void => {
    if (profile.kind !== 'stx-etx') {
      if (isEnd(byte)) finish(out);
      else collect(byte, out);
      return;
    }
    if (state === 'lrc') checkLrc(byte, out);
    else if (state === 'dropping-lrc') restart();
    else if (byte === STX) {
      if (state === 'inside' && length > 0) out.push(rejected('unterminated', length));
      state = 'inside';
      length = 0;
    } else if (state === 'inside' || state === 'dropping') {
      if (byte !== ETX) collect(byte, out);
      else if (hasLrc) state = state === 'inside' ? 'lrc' : 'dropping-lrc';
      else finish(out);
    } else if (state === 'waiting' && byte !== CR && byte !== LF && byte !== NUL) {
      out.push(rejected('outside-frame', 0));
      state = 'noise';
    }
  };

  return {
    push(chunk, atMs) {
      const out: FramedScan[] = [];
      if (chunk.length === 0) return out;
      endBySilence(atMs, out);
      for (const byte of chunk) take(byte, out);
      lastAtMs = atMs;
      return out;
    },
    flush(atMs) {
      const out: FramedScan[] = [];
      endBySilence(atMs, out);
      return out;
    },
    dueAtMs: () => (state === 'waiting' ? undefined : lastAtMs + silenceMs),
  };
}

function endOf(profile: FramingProfile): (byte: number) => boolean {
  if (profile.kind === 'gap') return () => false;
  if (profile.kind === 'stx-etx' || profile.terminator === 'etx') return (byte) => byte === ETX;
  return profile.terminator === 'tab'
    ? (byte) => byte === TAB
    : (byte) => byte === CR || byte === LF;
}
