/** What a device object of BlueZ says changed, as D-Bus variants: `{signature, value}` by property name. */
export type DeviceProperties = Readonly<Record<string, unknown>>;

/** What BlueZ tells by itself. */
export interface BlueZListener {
  /** @param path - of the device object: /org/bluez/hci0/dev_… */
  advert(path: string, properties: DeviceProperties): void;
  /** BlueZ has forgotten a device object. */
  forgotten(path: string): void;
  /** BlueZ itself came or went; whatever was asked of it before is void. */
  restarted(): void;
  /** An adapter came, went, was switched or stopped discovering. */
  adaptersChanged(): void;
  /** The bus is gone; this connection with it. Told once, never after `close`. */
  closed(reason: string): void;
}

/** BlueZ over one connection to the system bus. Every answer comes within a deadline, or 'time/out'. */
export interface BlueZ {
  isPresent(): Promise<boolean>;
  /** hci0, hci1 … */
  adapters(): Promise<readonly string[]>;
  isPowered(adapter: string): Promise<boolean>;
  isDiscovering(adapter: string): Promise<boolean>;
  setPower(adapter: string, isOn: boolean): Promise<void>;
  /** Low energy only, every repetition of an advert told. */
  startDiscovery(adapter: string): Promise<void>;
  stopDiscovery(adapter: string): Promise<void>;
  /** Asks systemd for BlueZ anew. @throws what the bus says where this process may not, or there is no systemd */
  restartService(): Promise<void>;
  close(): void;
}

export type ConnectBlueZ = (listener: BlueZListener) => Promise<BlueZ>;

/** Where the machine's own system bus listens. */
export const SYSTEM_BUS = 'unix:path=/var/run/dbus/system_bus_socket';
