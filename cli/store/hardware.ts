import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { SYSTEM_BUS, type BlueZListener } from '../../firmware-bridge/ble/bluez.ts';
import { connectBlueZ } from '../../firmware-bridge/ble/system-bus.ts';
import type { Hardware } from './first-configuration.ts';

const SERIAL_BY_ID = '/dev/serial/by-id';
const BLUETOOTH_CLASS = '/sys/class/bluetooth';

/**
 * What this machine has. Nothing found is an answer, not an error.
 * @param busAddress - of the system bus, where it is not the machine's own (DBUS_SYSTEM_BUS_ADDRESS)
 */
export async function findHardware(busAddress?: string): Promise<Hardware> {
  const [answering, present, serial] = await Promise.all([
    adaptersOnBus(busAddress),
    namesIn(BLUETOOTH_CLASS),
    namesIn(SERIAL_BY_ID),
  ]);
  // A radio without a BlueZ that answers is wanted all the same: the bridge says what is missing, and how to get it.
  const adapters = answering.length > 0 ? answering : present;
  return {
    adapters: adapters.filter((name) => /^hci\d+$/.test(name)).sort(),
    serialDevices: serial.sort().map((name) => `${SERIAL_BY_ID}/${name}`),
  };
}

async function adaptersOnBus(busAddress: string | undefined): Promise<readonly string[]> {
  if (busAddress === undefined && !existsSync(SYSTEM_BUS.replace('unix:path=', ''))) return [];
  try {
    const bluez = await connectBlueZ(busAddress ?? SYSTEM_BUS, DEAF);
    try {
      return (await bluez.isPresent()) ? await bluez.adapters() : [];
    } finally {
      bluez.close();
    }
  } catch {
    return []; // a bus that does not answer has no radio for us
  }
}

const nothing = () => undefined;
const DEAF: BlueZListener = {
  advert: nothing,
  forgotten: nothing,
  restarted: nothing,
  adaptersChanged: nothing,
  closed: nothing,
};

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return []; // the folder is absent where there is no such device
  }
}
