import { parse } from '../../kernel/parse.ts';
import { SubjectPostSchema } from '../../kernel/protocol/privacy-api.ts';
import type { GuardedRoute } from '../../node/http-server.ts';
import type { Erasures } from '../privacy/erasures.ts';
import type { HqCaller } from './callers.ts';

export interface PrivacyRouteParts {
  readonly erasures: Erasures;
}

/** The privacy desk, from the machine itself. Whom it is about stands in the body, never in the address. */
export function privacyRoutes({ erasures }: PrivacyRouteParts): GuardedRoute<HqCaller>[] {
  return [
    {
      method: 'POST',
      path: '/v1/privacy/erasures',
      who: ['operator'],
      async handle(request, response) {
        const { customerId } = parse(SubjectPostSchema, request.body);
        response.json(await erasures.erase(customerId));
      },
    },
    {
      method: 'GET',
      path: '/v1/privacy/erasures',
      who: ['operator'],
      async handle(_request, response) {
        response.json({ erasures: await erasures.receipts() });
      },
    },
  ];
}
