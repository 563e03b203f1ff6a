import type { Adverts } from '../kernel/adverts/advert.ts';
import type { ReceiverId, ScannerId } from '../kernel/domain/ids.ts';
import type { GatewayRefusal, PartTrouble, Tone } from '../kernel/protocol/bridge-events.ts';
import type { TokenSighting } from '../kernel/protocol/sighting-batch.ts';

/** Milliseconds on a clock that never goes back, from an arbitrary origin. */
export type MonotonicClock = () => number;

/** A token as a receiver heard it, before it is put in a batch. */
export interface HeardToken extends Omit<TokenSighting, 'ageMs'> {
  readonly heardAtMs: number;
}

export interface HeardScan {
  readonly scannerId: ScannerId;
  /** Without its terminator. */
  readonly frame: Uint8Array;
  readonly framedAtMs: number;
}

/** What a source says of one of its receivers or scanners; the reason is for people. */
export type PartState =
  | { readonly state: 'working' }
  | {
      readonly state: 'missing' | 'failing';
      readonly reason: string;
      readonly trouble?: PartTrouble;
    };

/** Where a source puts what it hears. No call throws or waits. */
export interface SourceSink {
  heard(sighting: HeardToken): void;
  /** `feedback` is called once, with the tone for the hand that holds the scanner. */
  scanned(scan: HeardScan, feedback: (tone: Tone) => void): void;
  /**
   * Frames without a token, and the sender's address where it is known. Those of beacons that `soglia.yaml` lists are
   * taken; of anybody else's nothing is kept.
   * @returns whether they were taken
   */
  listed(receiverId: ReceiverId, frames: Adverts, from: string | undefined): boolean;
  /** Not of our formats: a number, nothing else of it. */
  droppedAdvert(receiverId: ReceiverId): void;
  /** Not a whole frame: a number. */
  droppedFrame(): void;
  /** Why it is no quiet shop that this receiver hears nothing at all, in words; undefined where it may be one. */
  silence(receiverId: ReceiverId): string | undefined;
  /** A gateway's message that was not taken: counted by reason, nothing else of it. */
  refused(reason: GatewayRefusal): void;
  receiver(receiverId: ReceiverId, part: PartState): void;
  scanner(scannerId: ScannerId, part: PartState): void;
}

/** Something that hears: radios, scanners, the simulator, a recording, a bench. */
export interface Source {
  /** Marked as such on every screen. */
  readonly simulated: boolean;
  /** Begins, and keeps on by itself whatever is unplugged or restarted. */
  start(sink: SourceSink): Promise<void>;
  stop(): Promise<void>;
}
