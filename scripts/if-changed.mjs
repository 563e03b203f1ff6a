// A build runs only when something it is made of has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { root } from './steps.mjs';

/**
 * @param {{ sources: readonly string[], stamp: string }} what - files and folders, relative to the root; the stamp lies
 *   with what it vouches for, so that both go together
 * @param {() => Promise<void>} build
 */
export async function ifChanged({ sources, stamp }, build) {
  const hash = createHash('sha256');
  for (const source of sources) addTo(hash, source);
  const now = hash.digest('hex');
  const file = `${root}/${stamp}`;
  if (existsSync(file) && readFileSync(file, 'utf8') === now) return;
  await build();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, now);
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} path - relative to the root
 */
function addTo(hash, path) {
  if (!existsSync(`${root}/${path}`)) return;
  if (statSync(`${root}/${path}`).isFile()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(`${root}/${path}`))
      .update('\0');
    return;
  }
  for (const entry of readdirSync(`${root}/${path}`).sort()) addTo(hash, `${path}/${entry}`);
}
