// `npm start`: a whole shop on this machine, from a fresh clone too.
import { ready } from './ready.mjs';

await ready();
const { buildWeb } = await import('./build-web.mjs');
await buildWeb();
process.argv.splice(2, 0, 'store');
await import(new URL('../bin/soglia.mjs', import.meta.url).href);
