import { CODE_ID_PROFILES, type CodeIdProfile, toAimForm } from './code-id.ts';
import { type Dialect, createListener } from './dialect.ts';
import { meaningOfScan } from './scan.ts';

/** What a port gave, and when, on a clock that does not go back. */
export interface RecordedChunk {
  readonly atMs: number;
  readonly bytes: Uint8Array;
}
/** A dialect in which all that was recorded makes sense. */
export interface ProfileFit {
  readonly dialect: Dialect;
  /** 0 to 1: how much of what was scanned vouches for it, by check digits and check bytes. */
  readonly score: number;
  /** For people: what speaks for the framing, and for the code ids. */
  readonly reasons: readonly string[];
  /** The codes as they are then heard, in AIM form. */
  readonly codes: readonly Uint8Array[];
}
export type Detection =
  | { readonly kind: 'certain'; readonly fit: ProfileFit }
  /** More than one fits; `scanNext` says which code would tell them apart. */
  | {
      readonly kind: 'ambiguous';
      readonly fits: readonly ProfileFit[];
      readonly scanNext: string;
    }
  | { readonly kind: 'nothing'; readonly reason: string };

type Framing = Dialect['framing'];
interface FramingFit {
  readonly framing: Framing;
  readonly reason: string;
  readonly frames: readonly Uint8Array[];
}

const STX = 0x02;
const GAP_MS = 50;
/** Silence between two scans: no hand is quicker, and no port gives one code in two pieces so far apart. */
const BETWEEN_SCANS_MS = 150;
const CANDIDATES: readonly (readonly [Framing, string])[] = [
  [{ kind: 'ssi' }, 'every byte belongs to an SSI packet whose checksum is right'],
  [
    { kind: 'stx-etx', lrc: true },
    'each code stands between STX and ETX, and the byte after is its check',
  ],
  [{ kind: 'stx-etx', lrc: false }, 'each code stands between STX and ETX, and no check follows'],
  [{ kind: 'terminator', terminator: 'line' }, 'each code ends in CR, LF or both'],
  [{ kind: 'terminator', terminator: 'tab' }, 'each code ends in TAB'],
  [{ kind: 'terminator', terminator: 'etx' }, 'each code ends in ETX'],
];
const EAN_13 = 'a product with 13 digits under its bars (EAN-13)';
const EAN_8 = 'a small product with 8 digits under its bars (EAN-8)';
const ANOTHER = 'another product';

/** Which dialects a scanner may speak that sent this. Two that fit alike are both told: nothing is guessed. */
export function detectProfile(recording: readonly RecordedChunk[]): Detection {
  const bursts = burstsOf(recording);
  if (bursts.length === 0) return { kind: 'nothing', reason: 'nothing has arrived' };
  const framings = fittingFramings(recording, bursts);
  if (framings.length === 0) {
    return {
      kind: 'nothing',
      reason: 'no framing fits: some bytes stand outside every code, or the baud rate is another',
    };
  }
  const fits = framings.flatMap(fittingCodeIds);
  const [only] = fits;
  if (only === undefined) {
    return { kind: 'nothing', reason: 'what was framed begins with the letters of no known maker' };
  }
  const needsSecond = only.dialect.framing.kind === 'gap' && bursts.length < 2;
  if (fits.length === 1 && !needsSecond) return { kind: 'certain', fit: only };
  return { kind: 'ambiguous', fits, scanNext: nextScan(framings, fits) };
}

/** Number of scans in a recording, by the silences between them. */
export function countScans(recording: readonly RecordedChunk[]): number {
  return burstsOf(recording).length;
}

/** The last byte of each burst. */
function burstsOf(recording: readonly RecordedChunk[]): readonly number[] {
  const ends: number[] = [];
  let lastAtMs: number | undefined;
  for (const { atMs, bytes } of recording) {
    const last = bytes.at(-1);
    if (last === undefined) continue;
    if (lastAtMs === undefined || atMs - lastAtMs >= BETWEEN_SCANS_MS) ends.push(last);
    else ends[ends.length - 1] = last;
    lastAtMs = atMs;
  }
  return ends;
}

function fittingFramings(
  recording: readonly RecordedChunk[],
  bursts: readonly number[],
): readonly FramingFit[] {
  const fits: FramingFit[] = [];
  for (const [framing, reason] of CANDIDATES) {
    const frames = framesIn(recording, framing);
    if (frames === undefined || frames.length === 0) continue;
    // A frame that spans two scans is none; only SSI says the same twice.
    if (framing.kind !== 'ssi' && frames.length < bursts.length) continue;
    if (framing.kind === 'terminator' && frames.some((bytes) => bytes[0] === STX)) continue;
    fits.push({ framing, reason, frames });
    // Two bytes of checksum in each packet: what fits besides fits by chance.
    if (framing.kind === 'ssi') return fits;
  }
  const isSplit = fits.some(({ frames }) => frames.length > bursts.length);
  if (fits.length > 0 && !isSplit) return fits;
  const framing = { kind: 'gap', gapMs: GAP_MS } as const;
  const frames = framesIn(recording, framing);
  if (frames === undefined || frames.some((bytes) => bytes[0] === STX)) return fits;
  const reason = isSplit
    ? 'a single scan holds what would end several codes'
    : 'nothing ends a code but silence';
  return [...fits, { framing, reason, frames }];
}

/** The frames of a recording; undefined where some of it is rejected. */
function framesIn(
  recording: readonly RecordedChunk[],
  framing: Framing,
): readonly Uint8Array[] | undefined {
  const listener = createListener({ framing, codeId: 'none', unknownCodeId: 'keep' });
  const heard = recording.flatMap(({ atMs, bytes }) => [
    ...listener.flush(atMs),
    ...listener.push(bytes, atMs),
  ]);
  heard.push(...listener.flush((recording.at(-1)?.atMs ?? 0) + 60_000));
  if (heard.some(({ kind }) => kind === 'rejected')) return undefined;
  return heard.flatMap((output) => (output.kind === 'frame' ? [output.bytes] : []));
}

/** The code ids that fit frames of one framing, those that most of the codes vouch for alone. */
function fittingCodeIds({ framing, reason, frames }: FramingFit): readonly ProfileFit[] {
  const profiles = framing.kind === 'ssi' ? (['none'] as const) : CODE_ID_PROFILES;
  const fits = profiles.flatMap((codeId) => {
    const codes = frames.map((frame) => toAimForm(frame, codeId));
    const read = codes.flatMap((code) => (code instanceof Uint8Array ? [code] : []));
    const meanings = read.map((code) => meaningOfScan(code).kind);
    if (read.length < frames.length || meanings.includes('rejected')) return [];
    const vouched = meanings.filter((kind) => kind !== 'opaque').length;
    return [{ codeId, codes: read, share: vouched / frames.length }];
  });
  // AIM identifiers are no data of any maker's, and pass as data where nothing is said of code ids.
  const isAim = fits.some(({ codeId }) => codeId === 'aim');
  const wanted = isAim ? fits.filter(({ codeId }) => codeId === 'aim') : fits;
  const best = Math.max(...wanted.map(({ share }) => share));
  return wanted
    .filter(({ share }) => share === best)
    .map(({ codeId, codes, share }) => ({
      dialect: { framing, codeId, unknownCodeId: 'reject' },
      score: isAim || framing.kind === 'ssi' ? 1 : (1 + share) / 2,
      reasons: [reason, codeIdReason(codeId, framing, share)],
      codes,
    }));
}

function codeIdReason(codeId: CodeIdProfile, framing: Framing, share: number): string {
  const vouched =
    share > 0 ? 'and the check digits after it are right' : 'but no check digit vouches for it';
  switch (codeId) {
    case 'none':
      if (framing.kind === 'ssi') return 'each packet names its symbology';
      return share > 0
        ? 'the codes begin with no letter, and their check digits are right'
        : 'the codes may begin with no letter of a maker';
    case 'aim':
      return 'each code begins with an AIM identifier';
    case 'zebra':
    case 'honeywell':
    case 'datalogic':
    case 'datalogic-us':
    case 'cino':
      return `each code begins with a letter of ${codeId}, ${vouched}`;
  }
}

function nextScan(framings: readonly FramingFit[], fits: readonly ProfileFit[]): string {
  if (framings.length > 1 || fits.length === 1) return ANOTHER;
  const isVouched = fits.some(({ score }) => score > 0.5);
  const has = (codeId: CodeIdProfile) => fits.some(({ dialect }) => dialect.codeId === codeId);
  if (!isVouched || has('zebra')) return EAN_13;
  return EAN_8;
}
