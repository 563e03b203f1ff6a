// The class behind node-ble's `createBluetooth`, which does not let its caller choose the bus.
declare module 'node-ble/src/Bluetooth.js' {
  import type { MessageBus } from '@jellybrick/dbus-next';
  import type { Adapter } from 'node-ble';

  // eslint-disable-next-line no-restricted-syntax -- it is how the package exports it
  export default class Bluetooth {
    constructor(bus: MessageBus);
    adapters(): Promise<string[]>;
    getAdapter(adapter: string): Promise<Adapter>;
  }
}
