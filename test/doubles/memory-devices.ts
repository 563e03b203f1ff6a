import type { DeviceId } from '../../kernel/domain/ids.ts';
import type { DeviceRecord, DeviceRepository } from '../../node/enrolment-authority.ts';

/** Devices in memory: gone with the test. */
export class MemoryDevices implements DeviceRepository {
  readonly #devices = new Map<DeviceId, DeviceRecord>();

  add(device: DeviceRecord): Promise<void> {
    this.#devices.set(device.deviceId, device);
    return Promise.resolve();
  }

  find(deviceId: DeviceId): Promise<DeviceRecord | undefined> {
    return Promise.resolve(this.#devices.get(deviceId));
  }

  rotate(deviceId: DeviceId, publicKey: string): Promise<void> {
    const device = this.#devices.get(deviceId);
    if (device !== undefined) this.#devices.set(deviceId, { ...device, publicKey });
    return Promise.resolve();
  }

  revoke(deviceId: DeviceId): Promise<void> {
    this.#devices.delete(deviceId);
    return Promise.resolve();
  }
}
