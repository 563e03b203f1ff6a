import { fromHex } from '../hex.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A view of exactly these bytes: a `Uint8Array` may be a window on a larger buffer. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** @throws {RangeError} if `value` is no integer from `low` to `high` */
export function within(name: string, value: number, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new RangeError(`${name} is ${String(value)}, not ${String(low)} to ${String(high)}`);
}

/** @throws {RangeError} if `bytes` are not exactly `count` */
export function exactly(name: string, bytes: Uint8Array, count: number): Uint8Array {
  if (bytes.length === count) return bytes;
  throw new RangeError(`${name} has ${String(bytes.length)} bytes, not ${String(count)}`);
}

/** The 16 bytes of a UUID with hyphens. @throws {RangeError} if `text` is none */
export function uuidBytes(name: string, text: string): Uint8Array<ArrayBuffer> {
  const bytes = UUID.test(text) ? fromHex(text.replaceAll('-', '')) : undefined;
  if (bytes === undefined) throw new RangeError(`${name} is ${text}`);
  return bytes;
}
