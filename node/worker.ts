import { type ResourceLimits, Worker } from 'node:worker_threads';

/**
 * Starts a worker from a module that lies beside the caller, in the sources or compiled.
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
  // Node 20 does not run `--import tsx` for a worker's first file, so the worker registers it by itself.
  const entry = JSON.stringify(new URL(`${module}.ts`, base).href);
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  return new Worker(
    `import(${tsx}).then(({ register }) => { register(); return import(${entry}); })`,
    { eval: true, execArgv: [], ...options },
  );
}
