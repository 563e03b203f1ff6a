// Builds the web apps with Vite.
import { existsSync } from 'node:fs';
import { ifChanged } from './if-changed.mjs';
import { quietly, root } from './steps.mjs';

const made = {
  sources: [
    'vite.config.ts',
    'package-lock.json',
    'kernel',
    'ui',
    'kiosk/renderer',
    'handheld',
    'phone',
    'hq/console',
  ],
  stamp: 'dist/web/sources.sha256',
};

/**
 * Makes sure that the built web apps match their sources.
 * @throws {Error} if Vite fails; its last lines have been printed by then
 */
export async function buildWeb() {
  if (!existsSync(`${root}/vite.config.ts`)) return;
  await ifChanged(made, async () => {
    const vite = `${root}/node_modules/vite/bin/vite.js`;
    const built = await quietly('build the web apps', process.execPath, [vite, 'build'], {
      deadlineMs: 300_000,
    });
    if (!built.ok) throw new Error('vite build failed');
  });
}
