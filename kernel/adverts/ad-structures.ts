/** Types of AD structure that we look at (Bluetooth Assigned Numbers, section 2.3). */
export const AD_FLAGS = 0x01;
export const AD_UUIDS16_COMPLETE = 0x03;
export const AD_UUIDS128_INCOMPLETE = 0x06;
export const AD_UUIDS128_COMPLETE = 0x07;
export const AD_SERVICE_DATA16 = 0x16;
export const AD_MANUFACTURER_DATA = 0xff;

export interface AdStructure {
  readonly type: number;
  readonly data: Uint8Array;
}

export interface PlacedAdStructure extends AdStructure {
  /** Offset of `data` in the payload. */
  readonly dataAt: number;
}

export interface AdStructures {
  readonly structures: readonly PlacedAdStructure[];
  /** Offset of a length byte that reaches past the end; what follows it is dropped. */
  readonly brokenAt: number | undefined;
}

/** Whether a structure is worth a look: its type, and its data as a window `[dataAt, end)` on the payload. */
export type IsWanted = (type: number, payload: Uint8Array, dataAt: number, end: number) => boolean;

const NONE: readonly PlacedAdStructure[] = [];

/**
 * Splits an advertising payload: length (itself excluded), type, data, and so on; a length of zero ends it. Nothing is
 * made of structures that are not wanted, so that a stranger's advert costs the walk alone.
 * Source: Bluetooth Core Specification, volume 3, part C, section 11.
 */
export function splitAdStructures(payload: Uint8Array, isWanted?: IsWanted): AdStructures {
  let structures: PlacedAdStructure[] | undefined;
  let at = 0;
  for (;;) {
    const length = payload[at];
    if (length === undefined || length === 0) break;
    const type = payload[at + 1];
    const dataAt = at + 2;
    const next = at + 1 + length;
    if (type === undefined || next > payload.length) {
      return { structures: structures ?? NONE, brokenAt: at };
    }
    if (isWanted === undefined || isWanted(type, payload, dataAt, next)) {
      (structures ??= []).push({ type, data: payload.subarray(dataAt, next), dataAt });
    }
    at = next;
  }
  return { structures: structures ?? NONE, brokenAt: undefined };
}

/** @throws {RangeError} if a structure has more than 254 bytes of data */
export function joinAdStructures(structures: readonly AdStructure[]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const { type, data } of structures) {
    if (data.length > 254) throw new RangeError(`AD data of ${String(data.length)} bytes`);
    bytes.push(data.length + 1, type, ...data);
  }
  return Uint8Array.from(bytes);
}

/** LE General Discoverable, no BR/EDR: what a beacon says of itself. */
export const BEACON_FLAGS: AdStructure = { type: AD_FLAGS, data: Uint8Array.of(0x06) };
