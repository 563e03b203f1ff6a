// `npm start`: a whole shop on this machine, from a fresh clone too.
import { ready } from './ready.mjs';

await ready();
const { buildServer } = await import('./build-server.mjs');
const { buildWeb } = await import('./build-web.mjs');
await Promise.all([buildServer(), buildWeb()]);
process.argv.splice(2, 0, 'store');
await import(new URL('../dist/cli/main.js', import.meta.url).href);
