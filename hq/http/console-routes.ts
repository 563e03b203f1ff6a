import type { CookieOptions, Request, Response } from 'express';
import { z } from 'zod';
import { OfferIdSchema, type StoreId, StoreIdSchema } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { parse } from '../../kernel/parse.ts';
import {
  AlarmsAcknowledgedSchema,
  ConsoleSessionRequestSchema,
  CustomerPostSchema,
  EnrolmentCodePostSchema,
  JoinPostSchema,
  OfferFileSchema,
  OfferPutSchema,
  ProductsPutSchema,
  PublishRequestSchema,
  SegmentsPutSchema,
  StorePutSchema,
} from '../../kernel/protocol/console-api.ts';
import { SubjectPostSchema } from '../../kernel/protocol/privacy-api.ts';
import type { EnrolmentAuthority } from '../../node/enrolment-authority.ts';
import type { GuardedRoute, Route } from '../../node/http-server.ts';
import { printedCode } from '../../node/printed-code.ts';
import type { Alarms } from '../alarms/alarms.ts';
import type { Offers } from '../offers/offers.ts';
import type { ConsoleAccess } from '../profiles/console-access.ts';
import type { Customers } from '../profiles/customers.ts';
import type { Joining } from '../profiles/joining.ts';
import type { Publishing } from '../publishing/publishing.ts';
import type { Stores } from '../publishing/stores.ts';
import type { Results } from '../results/results.ts';
import { type HqCaller, SESSION_COOKIE } from './callers.ts';

const IMPORT_LIMIT_BYTES = 8 * 1024 * 1024;
const SESSION_TRIES_PER_MINUTE = 30;
const CardQuerySchema = z.object({ as: z.enum(['code128', 'qr']).default('code128') });

export interface ConsoleRouteParts {
  readonly access: ConsoleAccess;
  readonly authority: EnrolmentAuthority;
  readonly stores: Stores;
  readonly isOnline: (storeId: StoreId) => boolean;
  readonly offers: Offers;
  readonly publishing: Publishing;
  readonly results: Results;
  readonly customers: Customers;
  readonly joining: Joining;
  readonly alarms: Alarms;
  readonly metrics: () => Promise<string>;
  /** Cookies go over HTTPS only, but for loopback. */
  readonly isSecure: () => boolean;
}

type Handle = (request: Request, response: Response) => unknown;

/** What people at head office may do, in the console or from the command line. */
export function consoleRoutes(parts: ConsoleRouteParts): Route<HqCaller>[] {
  return [
    ...accessRoutes(parts),
    ...storeAndOfferRoutes(parts),
    ...customerRoutes(parts),
    ...alarmRoutes(parts),
    {
      method: 'GET',
      path: '/metrics',
      who: ['operator'],
      async handle(_request: Request, response: Response) {
        response.type('text/plain').send(await parts.metrics());
      },
    },
    // Only from the machine itself: these let others in.
    {
      method: 'POST',
      path: '/v1/console-links',
      who: ['operator'],
      async handle(_request: Request, response: Response) {
        response.json(await parts.access.createLink());
      },
    },
    {
      method: 'POST',
      path: '/v1/offers/import',
      who: ['operator'],
      bodyLimitBytes: IMPORT_LIMIT_BYTES,
      async handle(request: Request, response: Response) {
        const { offers, products = [] } = parse(OfferFileSchema, request.body);
        response.json(await parts.offers.import(offers, products));
      },
    },
  ];
}

const forStaff = (
  method: GuardedRoute<HqCaller>['method'],
  path: string,
  handle: Handle,
  bodyLimitBytes?: number,
): GuardedRoute<HqCaller> => ({
  method,
  path,
  who: ['console', 'operator'],
  handle,
  ...(bodyLimitBytes === undefined ? {} : { bodyLimitBytes }),
});

function accessRoutes({ access, authority, stores, isSecure }: ConsoleRouteParts) {
  const cookie = (): CookieOptions => ({
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure(),
    path: '/',
  });
  const routes: Route<HqCaller>[] = [
    {
      method: 'POST',
      path: '/v1/console/session',
      who: 'anybody',
      perMinute: SESSION_TRIES_PER_MINUTE,
      async handle(request, response) {
        const { token } = parse(ConsoleSessionRequestSchema, request.body);
        const session = await access.openSession(token);
        const expires = new Date(session.expiresAt);
        response.cookie(SESSION_COOKIE, session.token, { ...cookie(), expires });
        response.status(204).end();
      },
    },
    {
      method: 'DELETE',
      path: '/v1/console/session',
      who: ['console'],
      async handle(_request, response, caller) {
        if (caller.kind === 'console') await access.closeSession(caller.sessionToken);
        response.clearCookie(SESSION_COOKIE, cookie());
        response.status(204).end();
      },
    },
    forStaff('POST', '/v1/enrolment-codes', async (request, response) => {
      const { kind, name } = parse(EnrolmentCodePostSchema, request.body);
      if (kind !== 'store')
        throw new SogliaError(
          'request/invalid',
          'kind: head office enrols stores; the edge others',
        );
      const known = (await stores.summaries()).some(({ storeId }) => storeId === name);
      if (name === undefined || !known)
        throw new SogliaError('request/not-found', `name: no store '${name ?? ''}'`);
      response.json(authority.createCode(kind, name));
    }),
  ];
  return routes;
}

function storeAndOfferRoutes(parts: ConsoleRouteParts): Route<HqCaller>[] {
  const { stores, offers, publishing, results, isOnline } = parts;
  return [
    forStaff('GET', '/v1/stores', async (_request, response) => {
      const [summaries, parts] = [await stores.summaries(), await stores.partSummaries()];
      response.json({
        stores: summaries.map((store) => ({
          ...store,
          online: isOnline(store.storeId),
          parts: parts.get(store.storeId),
        })),
      });
    }),
    forStaff('GET', '/v1/stores/:storeId/parts', async (request, response) => {
      const { storeId } = parse(z.object({ storeId: StoreIdSchema }), request.params);
      response.json({ parts: await stores.parts(storeId) });
    }),
    forStaff('PUT', '/v1/stores/:storeId', async (request, response) => {
      const { storeId } = parse(z.object({ storeId: StoreIdSchema }), request.params);
      const { name } = parse(StorePutSchema, request.body);
      await stores.put(storeId, name);
      response.status(204).end();
    }),
    forStaff('GET', '/v1/offers', async (_request, response) => {
      const kept = await offers.all();
      response.json({
        offers: kept.map(({ offer, changedAt, published }) => ({ ...offer, changedAt, published })),
      });
    }),
    forStaff('PUT', '/v1/offers/:offerId', async (request, response) => {
      const { offerId } = parse(z.object({ offerId: OfferIdSchema }), request.params);
      response.json(await offers.put({ ...parse(OfferPutSchema, request.body), offerId }));
    }),
    forStaff('GET', '/v1/offers/:offerId/results', async (request, response) => {
      const { offerId } = parse(z.object({ offerId: OfferIdSchema }), request.params);
      response.json(await results.of(offerId));
    }),
    forStaff(
      'PUT',
      '/v1/products',
      async (request, response) => {
        await offers.putProducts(parse(ProductsPutSchema, request.body).products);
        response.status(204).end();
      },
      IMPORT_LIMIT_BYTES,
    ),
    forStaff('POST', '/v1/publications', async (request, response) => {
      const { storeIds } = parse(PublishRequestSchema, request.body);
      response.json({ published: await publishing.publish(storeIds) });
    }),
  ];
}

function customerRoutes({ customers, joining }: ConsoleRouteParts): Route<HqCaller>[] {
  return [
    forStaff('GET', '/v1/customers', async (_request, response) => {
      response.json({ customers: await customers.newest() });
    }),
    forStaff('POST', '/v1/customers', async (request, response) => {
      const added = await customers.add(parse(CustomerPostSchema, request.body));
      response.status(201).json(added);
    }),
    forStaff('PUT', '/v1/customers/segments', async (request, response) => {
      const { customerId, segments } = parse(SegmentsPutSchema, request.body);
      await customers.setSegments(customerId, segments);
      response.status(204).end();
    }),
    forStaff('POST', '/v1/customers/timeline', async (request, response) => {
      const { customerId } = parse(SubjectPostSchema, request.body);
      response.json({ entries: await customers.timeline(customerId) });
    }),
    forStaff('GET', '/v1/customers/:customerId/card', async (request, response) => {
      const { customerId } = parse(SubjectPostSchema, request.params);
      const { as } = parse(CardQuerySchema, request.query);
      const { number, language } = await customers.card(customerId);
      // Loaded once somebody prints: what draws codes is large.
      const { codeSvg } = await import('../../node/code-svg.ts');
      const title = language === 'it' ? 'Carta' : 'Card';
      const svg = codeSvg(printedCode('card', number, as), { title });
      response.type('image/svg+xml').send(svg);
    }),
    forStaff('POST', '/v1/joins', async (request, response) => {
      response.status(201).json(await joining.invite(parse(JoinPostSchema, request.body)));
    }),
  ];
}

function alarmRoutes({ alarms }: ConsoleRouteParts): Route<HqCaller>[] {
  return [
    forStaff('GET', '/v1/alarms', async (_request, response) => {
      response.json({ alarms: await alarms.newest() });
    }),
    forStaff('POST', '/v1/alarms/acknowledged', async (request, response) => {
      await alarms.acknowledge(parse(AlarmsAcknowledgedSchema, request.body).alarmIds);
      response.status(204).end();
    }),
  ];
}
