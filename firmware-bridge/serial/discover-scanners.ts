import { readdir } from 'node:fs/promises';

/** Where udev names serial devices by maker, model and serial number, whatever port they hang on. */
const BY_ID = '/dev/serial/by-id';

/** Stable names of the serial devices that are plugged in now; none where there is no such folder. */
export async function discoverScanners(folder = BY_ID): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.sort().map((name) => `${folder}/${name}`);
}
