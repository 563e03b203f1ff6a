import { type Rejected, rejected } from '../rejected.ts';
import { FRAME_URL, eddystonePayload } from './eddystone-frame.ts';
import { viewOf, within } from './layout.ts';

const SCHEMES = ['http://www.', 'https://www.', 'http://', 'https://'] as const;
const ENDINGS = ['.com', '.org', '.edu', '.net', '.info', '.biz', '.gov'] as const;
/** Byte 0 to 13 → what it stands for. */
const EXPANSIONS = [...ENDINGS.map((ending) => `${ending}/`), ...ENDINGS];
/** Frame type, power, scheme. */
const HEAD = 3;
/** With flags, service list and header, 17 bytes are left of 31. */
const LONGEST_BODY = 17;

export interface EddystoneUrl {
  readonly kind: 'eddystone-url';
  /** Power at 0 m. */
  readonly txPowerDbm: number;
  readonly url: string;
}
export type EddystoneUrlAdvert =
  | EddystoneUrl
  | Rejected<'wrong-frame' | 'truncated' | 'too-long' | 'unknown-scheme' | 'bad-character'>;

/** Eddystone-URL from service data. Source: google/eddystone, eddystone-url/README.md. */
export function decodeEddystoneUrl(serviceData: Uint8Array): EddystoneUrlAdvert {
  if (serviceData[0] !== FRAME_URL) return rejected('wrong-frame', 0);
  const schemeByte = serviceData[2];
  if (schemeByte === undefined) return rejected('truncated', serviceData.length);
  const longest = HEAD + LONGEST_BODY;
  if (serviceData.length > longest) return rejected('too-long', longest);
  const scheme = SCHEMES[schemeByte];
  if (scheme === undefined) return rejected('unknown-scheme', 2);
  let url: string = scheme;
  for (const [i, byte] of serviceData.subarray(HEAD).entries()) {
    const part = EXPANSIONS[byte] ?? (isGraphic(byte) ? String.fromCharCode(byte) : undefined);
    if (part === undefined) return rejected('bad-character', HEAD + i);
    url += part;
  }
  return { kind: 'eddystone-url', txPowerDbm: viewOf(serviceData).getInt8(1), url };
}

/** @throws {RangeError} if the address has another scheme, other characters, or over 17 bytes once shortened */
export function encodeEddystoneUrl(advert: Omit<EddystoneUrl, 'kind'>): Uint8Array<ArrayBuffer> {
  const scheme = SCHEMES.findIndex((prefix) => advert.url.startsWith(prefix));
  const prefix = SCHEMES[scheme];
  if (prefix === undefined) throw new RangeError(`url has none of ${SCHEMES.join(' ')}`);
  const body: number[] = [];
  let rest = advert.url.slice(prefix.length);
  while (rest !== '') {
    const code = EXPANSIONS.findIndex((expansion) => rest.startsWith(expansion));
    const expansion = EXPANSIONS[code];
    const byte = expansion === undefined ? rest.charCodeAt(0) : code;
    if (expansion === undefined && !isGraphic(byte)) {
      throw new RangeError(`url has a character of code ${String(byte)}`);
    }
    body.push(byte);
    rest = rest.slice(expansion?.length ?? 1);
  }
  if (body.length > LONGEST_BODY) throw new RangeError(`url takes ${String(body.length)} bytes`);
  const txPower = within('txPowerDbm', advert.txPowerDbm, -128, 127) & 0xff;
  return eddystonePayload(Uint8Array.from([FRAME_URL, txPower, scheme, ...body]));
}

function isGraphic(byte: number): boolean {
  return byte >= 0x21 && byte <= 0x7e;
}
