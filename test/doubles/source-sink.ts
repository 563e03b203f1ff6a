import { ListedBeacons } from '../../firmware-bridge/listed-beacons.ts';
import type { HeardScan, HeardToken, PartState, SourceSink } from '../../firmware-bridge/source.ts';
import type { Adverts } from '../../kernel/adverts/advert.ts';
import { toHex } from '../../kernel/hex.ts';
import type { GatewayRefusal, Tone } from '../../kernel/protocol/bridge-events.ts';
import type { BeaconConfiguration } from '../../node/beacon-configuration.ts';

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
  /** Why the receivers' silence is no quiet shop. */
  deaf: string | undefined;
  /** Receivers that heard a listed beacon, each time. */
  readonly listedBy: string[] = [];
  readonly beacons: ListedBeacons;

  constructor(beacons: readonly BeaconConfiguration[] = []) {
    this.beacons = new ListedBeacons(beacons, () => performance.now());
  }

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
  listed(receiverId: string, frames: Adverts, from: string | undefined): boolean {
    if (!this.beacons.take(frames, from)) return false;
    this.listedBy.push(receiverId);
    return true;
  }
  droppedAdvert(): void {
    this.droppedOf.advert += 1;
  }
  droppedFrame(): void {
    this.droppedOf.frame += 1;
  }
  silence(): string | undefined {
    return this.deaf;
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
