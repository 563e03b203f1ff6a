import { mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLater } from './endings.ts';

/** An empty folder of this test's own, removed with it. Short, since socket paths may have 107 bytes at most. */
export function tempDir(): string {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), 'soglia-'));
  endLater(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}
