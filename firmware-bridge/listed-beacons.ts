import type { Adverts } from '../kernel/adverts/advert.ts';
import { identityOfFrame, identityText } from '../kernel/adverts/beacon-identity.ts';
import type { BeaconId } from '../kernel/domain/ids.ts';
import type { BeaconReport } from '../kernel/protocol/bridge-events.ts';
import type { BeaconConfiguration } from '../node/beacon-configuration.ts';
import type { MonotonicClock } from './source.ts';

interface Heard {
  readonly atMs: number;
  readonly told: Omit<BeaconReport, 'beaconId' | 'heardAgoMs'>;
  /** Whom the last frame with its name came from; undefined where the receiver does not say. */
  readonly address: string | undefined;
}

/**
 * How the shop's own beacons are, by what they advertise. Telemetry names nobody: it counts for the beacon whose name
 * came from the same address last. Memory is bounded by the list, and nothing of any other sender is kept (threat-26).
 */
export class ListedBeacons {
  readonly #clock: MonotonicClock;
  readonly #idOf: ReadonlyMap<string, BeaconId>;
  readonly #ids: readonly BeaconId[];
  readonly #heard = new Map<BeaconId, Heard>();
  /** At most one address for each beacon. */
  readonly #beaconAt = new Map<string, BeaconId>();

  constructor(beacons: readonly BeaconConfiguration[], clock: MonotonicClock) {
    this.#clock = clock;
    this.#ids = beacons.map(({ id }) => id);
    this.#idOf = new Map(beacons.map((beacon) => [identityText(beacon), beacon.id]));
  }

  /** @returns whether any of the frames was a listed beacon's */
  take(frames: Adverts, from: string | undefined): boolean {
    let isTaken = false;
    for (const frame of this.#ids.length === 0 ? [] : frames) {
      if (frame.kind === 'rejected') continue;
      if (frame.kind === 'eddystone-tlm') {
        const beacon = from === undefined ? undefined : this.#beaconAt.get(from);
        if (beacon === undefined) continue;
        const { batteryMv, temperatureC, advertCount, uptimeMs } = frame;
        this.#note(beacon, from, { batteryMv, temperatureC, advertCount, uptimeMs });
        isTaken = true;
        continue;
      }
      const identity = identityOfFrame(frame);
      const beacon = identity === undefined ? undefined : this.#idOf.get(identity);
      if (beacon === undefined) continue;
      const percent = frame.kind === 'ibeacon' ? frame.batteryPercent : undefined;
      this.#move(beacon, from);
      this.#note(beacon, from, percent === undefined ? {} : { batteryPercent: percent });
      isTaken = true;
    }
    return isTaken;
  }

  health(): readonly BeaconReport[] {
    const now = this.#clock();
    return this.#ids.map((beaconId) => {
      const heard = this.#heard.get(beaconId);
      if (heard === undefined) return { beaconId };
      return { beaconId, heardAgoMs: Math.max(0, Math.round(now - heard.atMs)), ...heard.told };
    });
  }

  #note(beacon: BeaconId, from: string | undefined, told: Heard['told']): void {
    const before = this.#heard.get(beacon);
    const address = from ?? before?.address;
    this.#heard.set(beacon, { atMs: this.#clock(), address, told: { ...before?.told, ...told } });
  }

  /** Its name comes from this address now; another one that it had is anybody's again. */
  #move(beacon: BeaconId, from: string | undefined): void {
    const before = this.#heard.get(beacon)?.address;
    if (from === undefined || from === before) return;
    if (before !== undefined) this.#beaconAt.delete(before);
    this.#beaconAt.set(from, beacon);
  }
}
