import { fromHex } from '../hex.ts';
import { rejected } from '../rejected.ts';
import type { RejectedMessage } from './gateway-message.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const UTF8 = new TextDecoder('utf-8', { fatal: true });
/** An advert has 31 bytes; an extended one, in a PDU with its header, 257 at most. */
const LONGEST_HEX = 2 * 257;

/** The JSON in a message. */
export function readJson(message: Uint8Array): { readonly value: unknown } | RejectedMessage {
  if (message.length === 0) return rejected('empty', 0);
  try {
    return { value: JSON.parse(UTF8.decode(message)) as unknown };
  } catch {
    return rejected('not-json', 0);
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** dBm, below 0; undefined for anything else. Old firmware writes its numbers as texts. */
export function strengthIn(value: unknown): number | undefined {
  const rssi = typeof value === 'string' && value.length <= 4 ? Number(value) : value;
  return typeof rssi === 'number' && rssi <= -1 && rssi >= -127 ? Math.round(rssi) : undefined;
}

/** A Bluetooth address, however it is written, as 12 hex digits; undefined for anything else. */
export function addressIn(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 17) return undefined;
  const digits = value.replace(/[:-]/g, '').toLowerCase();
  return /^[0-9a-f]{12}$/.test(digits) ? digits : undefined;
}

/** Bytes written as hex digits of either case. @param at - for the rejection */
export function bytesIn(value: unknown, at: number): Uint8Array | RejectedMessage {
  if (typeof value !== 'string') return rejected('wrong-type', at);
  const bytes = value.length <= LONGEST_HEX ? fromHex(value) : undefined;
  return bytes ?? rejected('not-hex', at);
}
