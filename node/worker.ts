import { type ResourceLimits, Worker } from 'node:worker_threads';

/**
 * Starts a worker from a module that lies beside the caller, in the sources or compiled; with SOGLIA_COMPILED in the
 * environment it is the compiled one even where the caller is a source (scripts/run-tests.ts).
 * @param base - the caller's `import.meta.url`
 * @param module - relative, without ending: './writer-worker'
 * @param resourceLimits - of its heap; none given: as the process has them
 */
export function startWorker(
  base: string,
  module: string,
  workerData: unknown,
  resourceLimits: ResourceLimits = {},
): Worker {
  const options = { workerData, resourceLimits };
  if (!base.endsWith('.ts')) return new Worker(new URL(`${module}.js`, base), options);
  if (process.env['SOGLIA_COMPILED']) {
    const root = new URL('..', import.meta.url).href;
    const path = new URL(`${module}.js`, base).href.slice(root.length);
    return new Worker(new URL(`dist/${path}`, root), options);
  }
  // Node 20 does not run `--import tsx` for a worker's first file, so the worker registers it by itself.
  const entry = JSON.stringify(new URL(`${module}.ts`, base).href);
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  return new Worker(
    `import(${tsx}).then(({ register }) => { register(); return import(${entry}); })`,
    { eval: true, execArgv: [], ...options },
  );
}
