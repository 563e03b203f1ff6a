import { createHash } from 'node:crypto';

/** What is kept of an id that is erased: tells it again when it is shown, and gives it to nobody. @param salt - hex */
export function tombstoneHash(salt: string, id: string): string {
  return createHash('sha256').update(Buffer.from(salt, 'hex')).update(id).digest('hex');
}
