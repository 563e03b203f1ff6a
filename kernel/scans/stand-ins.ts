/** FS, GS, RS, US and EOT as a scanner writes them that must not, or cannot, send control characters. */
type StandIns = readonly (readonly [printed: string, control: number])[];

const FS = 0x1c;
const GS = 0x1d;
const RS = 0x1e;
const US = 0x1f;
const EOT = 0x04;

/**
 * One list for each habit:
 * - caret notation, which scanners call hat encoding: `^]` for GS (Honeywell and LXE, "Control Code Replacement");
 * - the names in angle brackets or braces, as label software and key-stroke interfaces print them;
 * - Unicode's control pictures, U+2400 and on, as terminals and browsers show them.
 */
const HABITS: readonly StandIns[] = [
  [['^\\', FS], ['^]', GS], ['^^', RS], ['^_', US], ['^D', EOT]],
  [['<FS>', FS], ['<GS>', GS], ['<RS>', RS], ['<US>', US], ['<EOT>', EOT]],
  [['{FS}', FS], ['{GS}', GS], ['{RS}', RS], ['{US}', US], ['{EOT}', EOT]],
  [['␜', FS], ['␝', GS], ['␞', RS], ['␟', US], ['␄', EOT]],
]; // prettier-ignore

const TABLES = HABITS.map((habit) =>
  habit.map(([printed, control]) => ({ printed: new TextEncoder().encode(printed), control })),
);

/** Bytes with their control characters back, and where each of them stood before. */
export interface Restored {
  readonly bytes: Uint8Array;
  /** Offset before, of offset `at` in `bytes`, 0 to their length. */
  readonly placeOf: (at: number) => number;
}

/**
 * Puts the control characters back if what stands at `rsAt` is somebody's stand-in for RS. A scanner that replaces one
 * of them replaces them all, so the habit seen there holds for the whole message. Undefined where none stands.
 */
export function restoreControls(bytes: Uint8Array, rsAt: number): Restored | undefined {
  const table = TABLES.find((habit) => controlAt(bytes, rsAt, habit)?.control === RS);
  if (table === undefined) return undefined;
  const restored: number[] = [];
  const places: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const found = controlAt(bytes, at, table);
    restored.push(found?.control ?? bytes[at] ?? 0);
    places.push(at);
    at += found?.printed.length ?? 1;
  }
  return { bytes: Uint8Array.from(restored), placeOf: (at) => places[at] ?? bytes.length };
}

function controlAt(bytes: Uint8Array, at: number, habit: (typeof TABLES)[number]) {
  return habit.find(({ printed }) => printed.every((byte, i) => bytes[at + i] === byte));
}
