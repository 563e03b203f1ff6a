import { createPrivateKey, type KeyObject } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { SogliaError } from '../kernel/errors.ts';
import { readIfPresent, writeAtomically } from './atomic-file.ts';

/**
 * The private key in a 0600 file (PKCS #8 PEM), made by `create` and written there the first time.
 * @throws {SogliaError} 'config/invalid' if others may read the file, or it holds no key
 */
export async function openKeyFile(path: string, create: () => KeyObject): Promise<KeyObject> {
  const pem = await readIfPresent(path);
  if (pem === undefined) {
    const key = create();
    await writeAtomically(path, key.export({ format: 'pem', type: 'pkcs8' }));
    return key;
  }
  await refuseOthers(path);
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new SogliaError('config/invalid', `${path}: holds no private key`, { cause });
  }
}

/** @throws {SogliaError} 'config/invalid' if anybody but its owner may use the file */
export async function refuseOthers(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  const found = (mode & 0o777).toString(8);
  throw new SogliaError('config/invalid', `${path}: mode ${found}, others may read it: chmod 600`);
}
