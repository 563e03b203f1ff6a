import { type Rejected, rejected } from '../rejected.ts';
import { FRAME_TLM, eddystonePayload } from './eddystone-frame.ts';
import { exactly } from './layout.ts';

/** Version byte of telemetry that is encrypted. */
export const TLM_ENCRYPTED = 0x01;

const CIPHER_AT = 2;
const SALT_AT = 14;
const MIC_AT = 16;
const LENGTH = 18;

/**
 * Telemetry for the owner of an ephemeral id alone: AES-EAX under its identity key, which no shop has, so it is
 * recognised and never opened.
 */
export interface EddystoneEtlm {
  readonly kind: 'eddystone-etlm';
  /** 12 bytes. */
  readonly cipher: Uint8Array;
  /** 2 bytes; behind the time base they make the nonce. */
  readonly salt: Uint8Array;
  /** 2 bytes: the message integrity check. */
  readonly mic: Uint8Array;
}
export type EddystoneEtlmAdvert =
  EddystoneEtlm | Rejected<'wrong-frame' | 'truncated' | 'unknown-version' | 'too-long'>;

/** Eddystone encrypted telemetry, from service data. Source: google/eddystone, eddystone-tlm/tlm-encrypted.md. */
export function decodeEddystoneEtlm(serviceData: Uint8Array): EddystoneEtlmAdvert {
  if (serviceData[0] !== FRAME_TLM) return rejected('wrong-frame', 0);
  if (serviceData.length === 1) return rejected('truncated', 1);
  if (serviceData[1] !== TLM_ENCRYPTED) return rejected('unknown-version', 1);
  if (serviceData.length < LENGTH) return rejected('truncated', serviceData.length);
  if (serviceData.length > LENGTH) return rejected('too-long', LENGTH);
  return {
    kind: 'eddystone-etlm',
    cipher: serviceData.slice(CIPHER_AT, SALT_AT),
    salt: serviceData.slice(SALT_AT, MIC_AT),
    mic: serviceData.slice(MIC_AT, LENGTH),
  };
}

/** The whole advertising payload, 29 bytes. @throws {RangeError} if a part has not its size */
export function encodeEddystoneEtlm(etlm: Omit<EddystoneEtlm, 'kind'>): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(LENGTH);
  frame.set([FRAME_TLM, TLM_ENCRYPTED]);
  frame.set(exactly('cipher', etlm.cipher, 12), CIPHER_AT);
  frame.set(exactly('salt', etlm.salt, 2), SALT_AT);
  frame.set(exactly('mic', etlm.mic, 2), MIC_AT);
  return eddystonePayload(frame);
}
