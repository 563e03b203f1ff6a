import { ReceiverIdSchema, type ReceiverId } from '../domain/ids.ts';

/** A token as a receiver heard it. Nothing of the advertiser's address is kept. */
export interface TokenSighting {
  readonly receiverId: ReceiverId;
  readonly carrier: 'eid' | 'uuid128';
  /** 8 bytes. */
  readonly token: Uint8Array;
  /** Received strength, below 0; undefined: heard, strength unknown. */
  readonly rssiDbm: number | undefined;
  /** How long before the batch was sent it was heard, ms, 0 to 65,535. */
  readonly ageMs: number;
}
export type SightingBatch =
  | { readonly kind: 'sightings'; readonly sightings: readonly TokenSighting[] }
  | {
      readonly kind: 'rejected';
      readonly reason: 'truncated' | 'unknown-version' | 'bad-receiver' | 'too-many' | 'left-over';
      readonly at: number;
    };

/** A batch leaves the bridge after 20 ms or at this many sightings, whichever is first (about 32 kB). */
export const MAX_SIGHTINGS_PER_BATCH = 2_000;
const VERSION = 1;
const RECORD_BYTES = 13;
const RSSI_UNKNOWN = 127; // the HCI's own word for "not available" (Core 5.4, vol. 4, part E, 7.7.65.2)
const CARRIERS = ['eid', 'uuid128'] as const;
const NO_INDEX = 0xff;

/**
 * Bytes of a batch, big-endian: version u8 | receivers u8 | receivers × (length u8 | name, ASCII) | count u16 |
 * count × (receiver u8 | carrier u8 | RSSI i8, 127 unknown | age u16 ms | token 8 bytes).
 * @throws {RangeError} for more than 2,000 sightings or 255 receivers
 */
export function encodeSightingBatch(sightings: readonly TokenSighting[]): Uint8Array {
  const receivers = [...new Set(sightings.map((sighting) => sighting.receiverId))];
  if (sightings.length > MAX_SIGHTINGS_PER_BATCH) throw new RangeError('more than 2,000 sightings');
  if (receivers.length >= NO_INDEX) throw new RangeError('more than 254 receivers');
  const head = 2 + receivers.reduce((sum, receiver) => sum + 1 + receiver.length, 0) + 2;
  const bytes = new Uint8Array(head + sightings.length * RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  bytes[0] = VERSION;
  bytes[1] = receivers.length;
  let at = 2;
  for (const receiver of receivers) {
    bytes[at++] = receiver.length;
    for (let i = 0; i < receiver.length; i += 1) bytes[at++] = receiver.charCodeAt(i);
  }
  view.setUint16(at, sightings.length);
  at += 2;
  const indexOf = new Map(receivers.map((receiver, index) => [receiver, index]));
  for (const sighting of sightings) {
    bytes[at] = indexOf.get(sighting.receiverId) ?? 0;
    bytes[at + 1] = CARRIERS.indexOf(sighting.carrier);
    view.setInt8(at + 2, sighting.rssiDbm ?? RSSI_UNKNOWN);
    view.setUint16(at + 3, Math.min(Math.max(Math.round(sighting.ageMs), 0), 0xffff));
    bytes.set(sighting.token.subarray(0, 8), at + 5);
    at += RECORD_BYTES;
  }
  return bytes;
}

/** The batch that `encodeSightingBatch` made; tokens are views into `bytes`. */
export function decodeSightingBatch(bytes: Uint8Array): SightingBatch {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rejected = (reason: (SightingBatch & { kind: 'rejected' })['reason'], at: number) =>
    ({ kind: 'rejected', reason, at }) as const;
  if (bytes.length < 4) return rejected('truncated', bytes.length);
  if (bytes[0] !== VERSION) return rejected('unknown-version', 0);
  const receivers: ReceiverId[] = [];
  let at = 2;
  for (let i = 0; i < (bytes[1] ?? 0); i += 1) {
    const length = bytes[at] ?? 0;
    if (at + 1 + length > bytes.length) return rejected('truncated', bytes.length);
    const name = String.fromCharCode(...bytes.subarray(at + 1, at + 1 + length));
    const receiver = ReceiverIdSchema.safeParse(name);
    if (!receiver.success) return rejected('bad-receiver', at);
    receivers.push(receiver.data);
    at += 1 + length;
  }
  if (at + 2 > bytes.length) return rejected('truncated', bytes.length);
  const count = view.getUint16(at);
  if (count > MAX_SIGHTINGS_PER_BATCH) return rejected('too-many', at);
  at += 2;
  if (at + count * RECORD_BYTES > bytes.length) return rejected('truncated', bytes.length);
  if (at + count * RECORD_BYTES < bytes.length)
    return rejected('left-over', at + count * RECORD_BYTES);
  const sightings: TokenSighting[] = [];
  for (let i = 0; i < count; i += 1, at += RECORD_BYTES) {
    const receiverId = receivers[bytes[at] ?? NO_INDEX];
    const carrier = CARRIERS[bytes[at + 1] ?? NO_INDEX];
    if (receiverId === undefined || carrier === undefined) return rejected('bad-receiver', at);
    const rssi = view.getInt8(at + 2);
    sightings.push({
      receiverId,
      carrier,
      token: bytes.subarray(at + 5, at + RECORD_BYTES),
      rssiDbm: rssi >= 0 ? undefined : rssi,
      ageMs: view.getUint16(at + 3),
    });
  }
  return { kind: 'sightings', sightings };
}
