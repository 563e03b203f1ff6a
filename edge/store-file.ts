import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { SogliaError } from '../kernel/errors.ts';
import { makePrivateFolder } from '../node/atomic-file.ts';
import { WriterClient } from './db/writer.ts';

/** The store's database, and the one who writes to it. */
export interface StoreFile {
  readonly file: string;
  /** @throws {SogliaError} 'storage/failed' for a damaged database */
  readonly writer: Promise<WriterClient>;
  /** Settles if the disk cannot be trusted any more. */
  readonly failed: Promise<SogliaError>;
}

/**
 * Begins to open it. A thread of its own loads and checks the file: whoever calls this first and loads the rest of the store
 * meanwhile opens half a second earlier.
 * @param dataDir - made 0700 if it is not there
 */
export function openStoreFile(dataDir: string): StoreFile {
  const file = join(dataDir, 'store.db');
  const bootId = randomBytes(16).toString('hex');
  let fail: (error: SogliaError) => void = () => undefined;
  const failed = new Promise<SogliaError>((resolve) => (fail = resolve));
  const writer = makePrivateFolder(dataDir).then(() => WriterClient.start({ file, bootId }, fail));
  writer.catch(() => undefined); // told to whoever awaits it, maybe later
  return { file, writer, failed };
}
