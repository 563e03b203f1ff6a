import { readdir } from 'node:fs/promises';
import type { Hardware } from './first-configuration.ts';

const SERIAL_BY_ID = '/dev/serial/by-id';
const BLUETOOTH_CLASS = '/sys/class/bluetooth';

/** What this machine has. Nothing found is an answer, not an error. */
export async function findHardware(): Promise<Hardware> {
  const [radios, serial] = await Promise.all([namesIn(BLUETOOTH_CLASS), namesIn(SERIAL_BY_ID)]);
  const adapters = radios.filter((name) => /^hci\d+$/.test(name)).sort();
  return {
    adapters,
    serialDevices: serial.sort().map((name) => `${SERIAL_BY_ID}/${name}`),
  };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return []; // the folder is absent where there is no such device
  }
}
