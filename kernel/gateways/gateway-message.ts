import {
  type Adverts,
  type BluezAdvert,
  decodeAdverts,
  decodeBluezAdverts,
} from '../adverts/advert.ts';
import { type CarriedToken, tokenOfFrame } from '../adverts/carried-token.ts';
import type { Rejected } from '../rejected.ts';

/** What a receiver of another make may speak. */
export const GATEWAY_FORMATS = ['openmqttgateway', 'minew', 'raddec'] as const;
export type GatewayFormat = (typeof GATEWAY_FORMATS)[number];

export const GATEWAY_REJECTIONS = [
  /** No bytes at all. */
  'empty',
  /** Neither UTF-8 with JSON in it nor, where the format has one, its binary form. */
  'not-json',
  /** A field is of another type than the format's. */
  'wrong-type',
  /** Digits that spell no bytes. */
  'not-hex',
  /** A binary header of a version that we do not know. */
  'unknown-version',
  /** The bytes end before the format does. */
  'truncated',
  /** They go on after it. */
  'left-over',
  /** A length within the message contradicts the message. */
  'wrong-length',
  /** The closing byte is another. */
  'wrong-end',
  /** More entries than one message may have. */
  'too-many',
] as const;
export type GatewayRejection = (typeof GATEWAY_REJECTIONS)[number];
/** `at`: of JSON the position of the entry in its list, from 0; of bytes the offset. */
export type RejectedMessage = Rejected<GatewayRejection>;

/** One advert as a gateway passed it on. The transmitter's name and whatever else came with it is not read. */
export interface GatewayFrame {
  /** The gateway's own id as the message has it, as `plainAddress`; undefined where it says nothing. */
  readonly gateway: string | undefined;
  /** Received strength, below 0; undefined: heard, strength unknown. */
  readonly rssiDbm: number | undefined;
  /**
   * The sender's address, 12 hex digits; undefined where the message has none. It ties a listed beacon's telemetry to
   * its name, and is kept of nobody else.
   */
  readonly transmitter: string | undefined;
  /** The AD structures, or what the gateway has split them into. */
  readonly advert: Uint8Array | BluezAdvert;
}

export type GatewayMessage =
  | {
      readonly kind: 'frames';
      readonly frames: readonly GatewayFrame[];
      /** Entries that could not be read, each by itself; the others count. */
      readonly rejections: readonly RejectedMessage[];
    }
  | RejectedMessage;

/** Entries of one message: a busy gateway sends a few hundred a second. */
export const MOST_FRAMES = 4_096;

/** What an advert says: the door that every one comes through, whoever heard it. */
export function advertsIn({ advert }: GatewayFrame): Adverts {
  return advert instanceof Uint8Array ? decodeAdverts(advert) : decodeBluezAdverts(advert);
}

/** The tokens among the adverts. Empty for a stranger. */
export function tokensAmong(adverts: Adverts): readonly CarriedToken[] {
  if (adverts[0].kind === 'rejected') return NONE;
  return adverts.flatMap((frame) => tokenOfFrame(frame) ?? []);
}

const NONE: readonly CarriedToken[] = [];

/** Letters and digits alone, in lower case: `AC:23:3F:C0:36:41` and `ac233fc03641` are one gateway. */
export function plainAddress(address: string): string {
  return address.replace(/[^0-9a-z_]/gi, '').toLowerCase();
}
