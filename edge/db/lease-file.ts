import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { Base64UrlSchema, EpochMsSchema, LeaseIdSchema } from '../../kernel/domain/ids.ts';
import type { HeldLease, LeaseFile } from '../consent/lease.ts';

const StoredLeaseSchema = z.object({
  leaseId: LeaseIdSchema,
  sealingKey: Base64UrlSchema.length(43),
  indexKey: Base64UrlSchema.length(43),
  notAfter: EpochMsSchema,
});
const OWNER_ONLY = 0o600;

/** The lease keys in a file of their own, readable by the store's user alone. */
export function leaseFileAt(path: string): LeaseFile {
  return {
    read(): HeldLease | undefined {
      let text: string;
      try {
        text = readFileSync(path, 'utf8');
      } catch {
        return undefined; // none yet, or removed when the lease was over
      }
      const stored = StoredLeaseSchema.safeParse(parsedOrNull(text));
      if (!stored.success) return undefined; // a damaged file opens nothing; HQ sends the lease again
      const { leaseId, sealingKey, indexKey, notAfter } = stored.data;
      return {
        leaseId,
        sealingKey: Buffer.from(sealingKey, 'base64url'),
        indexKey: Buffer.from(indexKey, 'base64url'),
        notAfter,
      };
    },
    write({ leaseId, sealingKey, indexKey, notAfter }: HeldLease): void {
      const text = JSON.stringify({
        leaseId,
        sealingKey: Buffer.from(sealingKey).toString('base64url'),
        indexKey: Buffer.from(indexKey).toString('base64url'),
        notAfter,
      });
      const fresh = `${path}.new`;
      rmSync(fresh, { force: true });
      const file = openSync(fresh, 'wx', OWNER_ONLY);
      try {
        writeSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(fresh, path);
      syncFolder(dirname(path));
    },
    remove(): void {
      rmSync(path, { force: true });
      rmSync(`${path}.new`, { force: true });
      syncFolder(dirname(path));
    },
  };
}

/** A rename is on disk once its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
