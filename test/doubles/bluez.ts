import type { BlueZ, BlueZListener, ConnectBlueZ } from '../../firmware-bridge/ble/bluez.ts';

/** An error as the bus answers it: org.bluez.Error.NotReady. */
export class BusError extends Error {
  readonly type: string;
  constructor(type: string, message = type) {
    super(message);
    this.type = type;
  }
}

/** A BlueZ whose faults can be chosen; what a real one will not do when asked. */
export class FakeBlueZ {
  isPresent = true;
  adapters: string[] = ['hci0'];
  isPowered = true;
  isDiscovering = false;
  /** Thrown by `setPower` and `startDiscovery`. */
  powerFails: Error | undefined;
  startFails: Error | undefined;
  connectFails: Error | undefined;
  /** The kernel goes on with the discovery of a bluetoothd that died. */
  isKernelBusy = false;
  /** Thrown by `adapters`: a bluetoothd that is there and does not answer. */
  hangs: Error | undefined;
  /** Discovery begins, and BlueZ says all the same that it does not search. */
  neverSearches = false;
  /** Thrown by `restartService`. */
  restartFails: Error | undefined;
  /** What was done to it, in order: power-off, power-on, restart. */
  readonly acts: string[] = [];
  starts = 0;
  connections = 0;
  open = 0;
  #listener: BlueZListener | undefined;
  #hasSession = false;

  readonly connect: ConnectBlueZ = (listener) => {
    this.connections += 1;
    if (this.connectFails !== undefined) return Promise.reject(this.connectFails);
    this.#listener = listener;
    this.open += 1;
    return Promise.resolve(this.#port());
  };

  /** Tells of a device object: service data of 0xFEAA in hex. */
  advertise(path: string, eddystoneHex: string, rssi = -60): void {
    this.#listener?.advert(path, {
      RSSI: { signature: 'n', value: rssi },
      ServiceData: {
        signature: 'a{sv}',
        value: {
          '0000feaa-0000-1000-8000-00805f9b34fb': {
            signature: 'ay',
            value: Buffer.from(eddystoneHex, 'hex'),
          },
        },
      },
    });
  }

  restart(): void {
    this.#hasSession = false;
    this.isDiscovering = false;
    this.#listener?.restarted();
  }

  stopsByItself(): void {
    this.isDiscovering = false;
    this.#listener?.adaptersChanged();
  }

  changed(): void {
    this.#listener?.adaptersChanged();
  }

  loseBus(): void {
    this.#listener?.closed('the system bus closed the connection');
  }

  #port(): BlueZ {
    return {
      isPresent: () => Promise.resolve(this.isPresent),
      adapters: () =>
        this.hangs === undefined ? Promise.resolve(this.adapters) : Promise.reject(this.hangs),
      isPowered: () => Promise.resolve(this.isPowered),
      isDiscovering: () => Promise.resolve(this.isDiscovering && !this.neverSearches),
      setPower: (_, isOn) => {
        if (this.powerFails !== undefined) return Promise.reject(this.powerFails);
        this.acts.push(isOn ? 'power-on' : 'power-off');
        this.isPowered = isOn;
        if (!isOn) this.isKernelBusy = this.#hasSession = this.isDiscovering = false;
        return Promise.resolve();
      },
      startDiscovery: () => {
        this.starts += 1;
        if (this.startFails !== undefined) return Promise.reject(this.startFails);
        if (this.isKernelBusy || this.#hasSession) {
          return Promise.reject(new BusError('org.bluez.Error.InProgress'));
        }
        this.#hasSession = this.isDiscovering = true;
        return Promise.resolve();
      },
      stopDiscovery: () => {
        if (!this.#hasSession) {
          return Promise.reject(new BusError('org.bluez.Error.Failed', 'No discovery started'));
        }
        this.#hasSession = this.isDiscovering = false;
        return Promise.resolve();
      },
      restartService: () => {
        this.acts.push('restart');
        if (this.restartFails !== undefined) return Promise.reject(this.restartFails);
        this.hangs = undefined;
        this.neverSearches = false;
        this.restart();
        return Promise.resolve();
      },
      close: () => {
        this.open -= 1;
        this.#hasSession = this.isDiscovering = false;
      },
    };
  }
}
