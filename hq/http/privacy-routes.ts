import { parse } from '../../kernel/parse.ts';
import { FindPostSchema, SubjectPostSchema } from '../../kernel/protocol/privacy-api.ts';
import type { GuardedRoute } from '../../node/http-server.ts';
import type { Erasures } from '../privacy/erasures.ts';
import type { Subjects } from '../privacy/subjects.ts';
import type { HqCaller } from './callers.ts';

export interface PrivacyRouteParts {
  readonly erasures: Erasures;
  readonly subjects: Subjects;
}

/** The privacy desk, from the machine itself. Whom it is about stands in the body, never in the address. */
export function privacyRoutes({ erasures, subjects }: PrivacyRouteParts): GuardedRoute<HqCaller>[] {
  return [
    {
      method: 'POST',
      path: '/v1/privacy/find',
      who: ['operator'],
      async handle(request, response) {
        const { text } = parse(FindPostSchema, request.body);
        response.json({ found: await subjects.find(text) });
      },
    },
    {
      method: 'POST',
      path: '/v1/privacy/export',
      who: ['operator'],
      async handle(request, response) {
        const { customerId } = parse(SubjectPostSchema, request.body);
        response.json(await subjects.export(customerId));
      },
    },
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
