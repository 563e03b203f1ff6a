#!/usr/bin/env -S node --v8-pool-size=1
// The `soglia` command. Runs the sources through tsx where there are any, else, or with SOGLIA_COMPILED, the compiled tree.
// The flag: node/node-flags.ts.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sources = new URL('../cli/main.ts', import.meta.url);
const compiled = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(fileURLToPath(sources)) && !process.env['SOGLIA_COMPILED']) {
  const { register } = await import('tsx/esm/api');
  register();
  await import(sources.href);
} else {
  await import(compiled.href);
}
