// `npm run prove [NAME …]`: the same tests with the full counts, one line per proof and its seed.
import { ready } from './ready.mjs';

await ready();
const { register } = await import('tsx/esm/api');
register();
const { prove } = await import('./proofs.ts');
process.exitCode = await prove(process.argv.slice(2));
