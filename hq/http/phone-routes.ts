import type { Request, Response } from 'express';
import { z } from 'zod';
import type { DeviceId } from '../../kernel/domain/ids.ts';
import { LanguageSchema } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { parse } from '../../kernel/parse.ts';
import {
  ConfirmRequestSchema,
  ConsentActsSchema,
  JoinRequestSchema,
  ReportRequestSchema,
} from '../../kernel/protocol/phone-api.ts';
import type { ConfirmRequest, ReportRequest } from '../../kernel/protocol/phone-api.ts';
import type { ConfirmationOutcome, ReportOutcome } from '../../kernel/protocol/relay.ts';
import type { GuardedRoute, Route } from '../../node/http-server.ts';
import type { Clock } from '../clock.ts';
import type { Consents } from '../profiles/consents.ts';
import type { Customers } from '../profiles/customers.ts';
import type { Joining } from '../profiles/joining.ts';
import type { HqCaller } from './callers.ts';
import { TokenBuckets } from '../token-bucket.ts';

const KNOCKS_PER_MINUTE = 600;
const PHONE_RATE = { perSecond: 5, burst: 30 } as const;

export interface PhoneRouteParts {
  readonly joining: Joining;
  readonly consents: Consents;
  readonly customers: Customers;
  readonly confirm: (phoneId: DeviceId, request: ConfirmRequest) => Promise<ConfirmationOutcome>;
  readonly report: (phoneId: DeviceId, request: ReportRequest) => Promise<ReportOutcome>;
  readonly clock: Clock;
}

/** What a shopper's phone may ask: joining without a credential, then about itself alone. */
export function phoneRoutes(parts: PhoneRouteParts): Route<HqCaller>[] {
  const { joining, consents, customers } = parts;
  const buckets = new TokenBuckets(PHONE_RATE);
  const forPhone = (
    method: 'GET' | 'POST',
    path: string,
    handle: (request: Request, response: Response, phoneId: DeviceId) => Promise<void>,
  ): GuardedRoute<HqCaller> => ({
    method,
    path,
    who: ['phone'],
    async handle(request, response, caller) {
      if (caller.kind !== 'phone') throw new Error('the table let somebody else in');
      if (!buckets.take(caller.phoneId, parts.clock()))
        throw new SogliaError('request/too-many', 'this phone asks too often: wait a second');
      await handle(request, response, caller.phoneId);
    },
  });
  return [
    {
      method: 'GET',
      path: '/v1/phone/texts',
      who: 'anybody',
      perMinute: KNOCKS_PER_MINUTE,
      async handle(request, response) {
        const { language } = parse(z.object({ language: LanguageSchema }), request.query);
        response.json({ texts: await consents.texts(language) });
      },
    },
    {
      method: 'POST',
      path: '/v1/phone/join',
      who: 'anybody',
      perMinute: KNOCKS_PER_MINUTE,
      async handle(request, response) {
        response.json(await joining.join(parse(JoinRequestSchema, request.body)));
      },
    },
    forPhone('GET', '/v1/phone/me', async (_request, response, phoneId) => {
      response.json(await customers.phoneView(phoneId));
    }),
    forPhone('POST', '/v1/phone/consents', async (request, response, phoneId) => {
      const { acts } = parse(ConsentActsSchema, request.body);
      await consents.record(phoneId, acts);
      response.json(await customers.phoneView(phoneId));
    }),
    forPhone('POST', '/v1/phone/confirm', async (request, response, phoneId) => {
      response.json(await parts.confirm(phoneId, parse(ConfirmRequestSchema, request.body)));
    }),
    forPhone('POST', '/v1/phone/reports', async (request, response, phoneId) => {
      response.json(await parts.report(phoneId, parse(ReportRequestSchema, request.body)));
    }),
  ];
}
