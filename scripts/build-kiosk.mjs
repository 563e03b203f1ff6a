// Bundles the Electron shell: main as ESM, preload as CommonJS, which a sandboxed preload must be. No package stays
// outside but Electron itself, so the packed app needs no node_modules.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
/** @satisfies {import('esbuild').BuildOptions} */
const shared = /** @type {const} */ ({
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22',
  sourcemap: true,
  logLevel: 'warning',
});
const external = ['electron'];
await build({
  ...shared,
  external,
  entryPoints: ['kiosk/main/main.ts'],
  format: 'esm',
  outfile: 'dist/kiosk-shell/main.mjs',
});
await build({
  ...shared,
  external,
  entryPoints: ['kiosk/preload/preload.ts'],
  platform: 'browser',
  format: 'cjs',
  outfile: 'dist/kiosk-shell/preload.cjs',
});
