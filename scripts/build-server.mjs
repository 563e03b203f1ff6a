// Compiles what runs on Node: compiled, a shop opens in half the time.
import { ifChanged } from './if-changed.mjs';
import { quietly, root } from './steps.mjs';

const made = {
  sources: [
    'tsconfig.json',
    'tsconfig.server.json',
    'package-lock.json',
    'kernel',
    'phone/sdk',
    'node',
    'edge',
    'firmware-bridge',
    'hq',
    'kiosk/main',
    'kiosk/preload',
    'simulator',
    'cli',
  ],
  stamp: 'dist/cli/sources.sha256',
};

/**
 * Makes sure that the compiled programs match their sources.
 * @throws {Error} where a type is wrong; the compiler's last lines have been printed by then
 */
export async function buildServer() {
  await ifChanged(made, async () => {
    const args = [`${root}/node_modules/typescript/bin/tsc`, '-b', 'tsconfig.server.json'];
    const built = await quietly('compile the programs (half a minute)', process.execPath, args, {
      deadlineMs: 300_000,
    });
    if (!built.ok) throw new Error('the sources do not compile');
  });
}
