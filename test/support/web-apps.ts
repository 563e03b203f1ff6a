import { buildWeb } from '../../scripts/build-web.mjs';

/** Vitest calls this before the first file of a project that needs the built pages. */
export async function setup(): Promise<void> {
  await buildWeb();
}
