// Builds the web apps with Vite, but only when something they are made of has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { quietly, root } from './steps.mjs';

const sources = [
  'vite.config.ts',
  'package-lock.json',
  'kernel',
  'ui',
  'kiosk/renderer',
  'handheld',
  'phone',
  'hq/console',
];
/** Lies with what it vouches for, so that both go together. */
const stamp = `${root}/dist/web/sources.sha256`;

/**
 * Makes sure that the built web apps match their sources.
 * @throws {Error} if Vite fails; its last lines have been printed by then
 */
export async function buildWeb() {
  if (!existsSync(`${root}/vite.config.ts`)) return;
  const hash = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  const vite = `${root}/node_modules/vite/bin/vite.js`;
  const built = await quietly('build the web apps', process.execPath, [vite, 'build'], {
    deadlineMs: 300_000,
  });
  if (!built.ok) throw new Error('vite build failed');
  mkdirSync(`${root}/dist/web`, { recursive: true });
  writeFileSync(stamp, hash);
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const source of sources) addTo(hash, source);
  return hash.digest('hex');
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
