import type { Route } from '../../node/http-server.ts';
import type { HqCaller } from './callers.ts';

/** @param isReady - whether the database answers */
export function healthRoutes(isReady: () => Promise<boolean>): Route<HqCaller>[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      who: 'anybody',
      handle: (_request, response) => response.json({ ok: true }),
    },
    {
      method: 'GET',
      path: '/readyz',
      who: 'anybody',
      async handle(_request, response) {
        const ok = await isReady();
        response.status(ok ? 200 : 503).json({ ok });
      },
    },
  ];
}
