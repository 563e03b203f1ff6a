import type { HeardScan, HeardToken, PartState, SourceSink } from '../../firmware-bridge/source.ts';
import { toHex } from '../../kernel/hex.ts';
import type { GatewayRefusal, Tone } from '../../kernel/protocol/bridge-events.ts';

/** Remembers all that a source puts out. */
export class ListeningSink implements SourceSink {
  readonly sightings: HeardToken[] = [];
  readonly scans: HeardScan[] = [];
  readonly droppedOf = { advert: 0, frame: 0 };
  readonly refusals: GatewayRefusal[] = [];
  readonly parts = new Map<string, PartState>();
  readonly reasons: string[] = [];
  /** What every scan is answered with. */
  tone: Tone = 'good';

  get tokens(): readonly string[] {
    return this.sightings.map(({ token }) => toHex(token));
  }
  get frames(): readonly string[] {
    return this.scans.map(({ frame }) => new TextDecoder().decode(frame));
  }
  stateOf(part: string): string | undefined {
    return this.parts.get(part)?.state;
  }

  heard(sighting: HeardToken): void {
    this.sightings.push(sighting);
  }
  scanned(scan: HeardScan, feedback: (tone: Tone) => void): void {
    this.scans.push(scan);
    feedback(this.tone);
  }
  dropped(what: 'advert' | 'frame'): void {
    this.droppedOf[what] += 1;
  }
  refused(reason: GatewayRefusal): void {
    this.refusals.push(reason);
  }
  receiver(receiverId: string, part: PartState): void {
    this.#note(receiverId, part);
  }
  scanner(scannerId: string, part: PartState): void {
    this.#note(scannerId, part);
  }

  #note(id: string, part: PartState): void {
    this.parts.set(id, part);
    if (part.state !== 'working') this.reasons.push(part.reason);
  }
}
