import type { DeviceId } from '../../kernel/domain/ids.ts';
import type { StationId, StoreId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import type { Enrolled, EnrolRequest } from '../../kernel/protocol/enrolment.ts';
import type { StationConfiguration } from '../../node/configuration.ts';
import type {
  DeviceRecord,
  DeviceRepository,
  EnrolmentAuthority,
} from '../../node/enrolment-authority.ts';
import type { Clock } from '../clock.ts';
import type { StoreReads } from '../reads.ts';
import type { Writer } from '../writes.ts';

export type StationKind = 'kiosk' | 'handheld' | 'till';

/** The store's own devices on disk. */
export function deviceRepository(
  writer: Writer,
  reads: Pick<StoreReads, 'device'>,
  clock: Clock,
): DeviceRepository {
  return {
    async add({ kind, ...device }: DeviceRecord) {
      await writer.write('put-device', { ...device, deviceKind: kind });
    },
    find: (deviceId: DeviceId) => Promise.resolve(reads.device(deviceId)),
    async rotate(deviceId, publicKey) {
      await writer.write('replace-device-key', { deviceId, publicKey });
    },
    async revoke(deviceId) {
      await writer.write('revoke-device', { deviceId, at: clock.now() });
    },
  };
}

/** Lets the bridge, kiosks, handhelds and tills of this store in, each to its own station. */
export class Devices {
  readonly authority: EnrolmentAuthority;
  readonly #storeId: StoreId;
  readonly #stations: readonly StationConfiguration[];

  constructor(
    authority: EnrolmentAuthority,
    storeId: StoreId,
    stations: readonly StationConfiguration[],
  ) {
    this.authority = authority;
    this.#storeId = storeId;
    this.#stations = stations;
  }

  /** @throws {SogliaError} 'request/invalid' for a kind that does not enrol here, or a station that there is not */
  createCode(kind: string, name: string | undefined): { code: string; expiresAt: number } {
    switch (kind) {
      case 'bridge':
        return this.authority.createCode('bridge');
      case 'kiosk':
      case 'handheld':
      case 'till':
        return this.authority.createCode(kind, this.#stationFor(kind, name));
      default:
        throw new SogliaError('request/invalid', `kind: a ${kind} does not enrol at a store`);
    }
  }

  /** @throws {SogliaError} as the authority's `enrol` */
  async enrol(request: EnrolRequest): Promise<Enrolled> {
    const device = await this.authority.enrol(request);
    const { deviceId, name } = device;
    const enrolled = { deviceId, audience: this.#storeId };
    // A code for a kiosk, handheld or till was made for a station of the configuration.
    return name === undefined ? enrolled : { ...enrolled, stationId: name as StationId };
  }

  #stationFor(kind: StationKind, name: string | undefined): StationId {
    const ofKind = this.#stations.filter((station) => station.kind === kind);
    const [only, second] = ofKind;
    if (name === undefined && only !== undefined && second === undefined) return only.id;
    const named = ofKind.find(({ id }) => id === name);
    if (named !== undefined) return named.id;
    const known = ofKind.map(({ id }) => id).join(', ') || 'none';
    throw new SogliaError('request/invalid', `name: no ${kind} station of that name (${known})`);
  }
}
