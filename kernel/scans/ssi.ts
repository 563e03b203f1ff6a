import { type Rejected, rejected } from '../rejected.ts';

/** Opcodes of the Simple Serial Interface that we send or answer. Source: Zebra, SSI Programmer's Guide, 72E-40451. */
export const SSI = {
  beep: 0xe6,
  ledOn: 0xe7,
  ledOff: 0xe8,
  scanEnable: 0xe9,
  ack: 0xd0,
  nak: 0xd1,
  decodeData: 0xf3,
} as const;

/** What a NAK says, in its one byte of data. */
export const NAK_RESEND = 0x01;
const FROM_DECODER = 0x00;
const FROM_HOST = 0x04;
export const STATUS_RETRANSMITTED = 0x01;
/** More packets of the same message follow. */
export const STATUS_CONTINUED = 0x02;

const HEADER_BYTES = 4;
const CHECKSUM_BYTES = 2;
/** Of one packet, with its checksum. */
export const LONGEST_PACKET_BYTES = 0xff + CHECKSUM_BYTES;
const MOST_DATA_BYTES = 0xff - HEADER_BYTES;

export interface SsiPacket {
  readonly kind: 'ssi';
  readonly opcode: number;
  readonly source: 'decoder' | 'host';
  /** Bits: retransmitted, continued, and some of no meaning to a reader. */
  readonly status: number;
  readonly data: Uint8Array;
}
export type SsiRejection =
  'bad-length' | 'bad-source' | 'truncated' | 'wrong-checksum' | 'left-over';

/**
 * One whole packet: length (without checksum) | opcode | source | status | data | checksum u16, big-endian: the two's
 * complement of the sum of all before.
 */
export function decodeSsi(bytes: Uint8Array): SsiPacket | Rejected<SsiRejection> {
  const length = bytes[0] ?? 0;
  if (bytes.length === 0) return rejected('truncated', 0);
  if (length < HEADER_BYTES) return rejected('bad-length', 0);
  if (bytes.length < length + CHECKSUM_BYTES) return rejected('truncated', bytes.length);
  const source = bytes[2];
  const checksum = ((bytes[length] ?? 0) << 8) | (bytes[length + 1] ?? 0);
  if (checksum !== ssiChecksum(bytes, length)) return rejected('wrong-checksum', length);
  if (source !== FROM_DECODER && source !== FROM_HOST) return rejected('bad-source', 2);
  if (bytes.length > length + CHECKSUM_BYTES) return rejected('left-over', length + CHECKSUM_BYTES);
  return {
    kind: 'ssi',
    opcode: bytes[1] ?? 0,
    source: source === FROM_HOST ? 'host' : 'decoder',
    status: bytes[3] ?? 0,
    data: bytes.slice(HEADER_BYTES, length),
  };
}

/** @throws {RangeError} for more than 251 bytes of data */
export function encodeSsi(packet: Omit<SsiPacket, 'kind'>): Uint8Array {
  const { opcode, source, status, data } = packet;
  if (data.length > MOST_DATA_BYTES) throw new RangeError('more than 251 bytes in an SSI packet');
  const length = HEADER_BYTES + data.length;
  const bytes = new Uint8Array(length + CHECKSUM_BYTES);
  bytes[0] = length;
  bytes[1] = opcode;
  bytes[2] = source === 'host' ? FROM_HOST : FROM_DECODER;
  bytes[3] = status;
  bytes.set(data, HEADER_BYTES);
  const checksum = ssiChecksum(bytes, length);
  bytes[length] = checksum >> 8;
  bytes[length + 1] = checksum & 0xff;
  return bytes;
}

function ssiChecksum(bytes: Uint8Array, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i += 1) sum += bytes[i] ?? 0;
  return -sum & 0xffff;
}
