// `npm test [-- PROJECT …]`: every test this machine can run, after making it ready. Last line: the counts.
import { ready } from './ready.mjs';

await ready();
const { register } = await import('tsx/esm/api');
register();
const { runTests } = await import('./run-tests.ts');
process.exitCode = await runTests(process.argv.slice(2));
