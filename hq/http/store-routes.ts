import type { Request, Response } from 'express';
import { z } from 'zod';
import { hexOf, StoreIdSchema } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { parse } from '../../kernel/parse.ts';
import {
  EnrolRequestSchema,
  RotateRequestSchema,
  TokenRequestSchema,
} from '../../kernel/protocol/enrolment.ts';
import { PullQuerySchema, PushRequestSchema } from '../../kernel/protocol/hq-sync.ts';
import type { EnrolmentAuthority } from '../../node/enrolment-authority.ts';
import type { OpenRoute, GuardedRoute, Route } from '../../node/http-server.ts';
import type { Clock } from '../clock.ts';
import { gapOf, type Intake } from '../ingest/intake.ts';
import type { Feed } from '../publishing/feed.ts';
import type { HqCaller } from './callers.ts';
import { type BucketSize, TokenBuckets } from '../token-bucket.ts';

const PUSH_LIMIT_BYTES = 320 * 1024; // 256 kB of events and what is around them
/** Whole shops of phones may stand behind one address. */
const KNOCKS_PER_MINUTE = 600;
export const STORE_RATE: BucketSize = { perSecond: 100, burst: 200 };

export interface StoreRouteParts {
  readonly authority: EnrolmentAuthority;
  readonly hqEpoch: string;
  readonly bundleKeys: readonly string[];
  readonly feed: Feed;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly rate: BucketSize;
}

/** The six endpoints of the sync. Which store is meant comes from the credential alone. */
export function storeRoutes(parts: StoreRouteParts): Route<HqCaller>[] {
  const { feed, intake } = parts;
  const buckets = new TokenBuckets(parts.rate);
  const forStore = (
    route: Pick<GuardedRoute<HqCaller>, 'method' | 'path' | 'bodyLimitBytes'>,
    handle: (request: Request, response: Response, storeId: StoreIdOf) => Promise<void>,
  ): GuardedRoute<HqCaller> => ({
    ...route,
    who: ['store'],
    async handle(request, response, caller) {
      if (caller.kind !== 'store') throw new Error('the table let somebody else in');
      if (!buckets.take(caller.storeId, parts.clock())) {
        response.setHeader('Retry-After', '1');
        throw new SogliaError('request/too-many', 'this store asks too often: wait a second');
      }
      await handle(request, response, caller.storeId);
    },
  });
  return [
    ...enrolmentRoutes(parts),
    {
      method: 'POST',
      path: '/v1/rotate',
      who: ['store', 'phone'],
      async handle(request: Request, response: Response) {
        // Whose key it is, the signature with the one that goes proves.
        await parts.authority.rotate(parse(RotateRequestSchema, request.body));
        response.status(204).end();
      },
    },
    forStore(
      { method: 'POST', path: '/v1/push', bodyLimitBytes: PUSH_LIMIT_BYTES },
      async (request, response, storeId) => {
        const push = parse(PushRequestSchema, request.body);
        try {
          response.json(await intake.push(storeId, push));
        } catch (error) {
          const lastSeq = gapOf(error);
          if (lastSeq === undefined || !(error instanceof SogliaError)) throw error;
          response.status(409).json({ code: error.code, message: error.message, lastSeq });
        }
      },
    ),
    forStore({ method: 'GET', path: '/v1/pull' }, async (request, response, storeId) => {
      response.json(await feed.pull(storeId, parse(PullQuerySchema, request.query)));
    }),
    forStore({ method: 'GET', path: '/v1/snapshot/:hash' }, async (request, response, storeId) => {
      const { hash } = parse(z.object({ hash: hexOf(32) }), request.params);
      const content = await feed.snapshot(storeId, hash);
      response.type('application/json').end(content);
    }),
  ];
}

type StoreIdOf = z.infer<typeof StoreIdSchema>;

function enrolmentRoutes({ authority, hqEpoch, bundleKeys }: StoreRouteParts): OpenRoute[] {
  const open = (path: string, handle: OpenRoute['handle']): OpenRoute => ({
    method: 'POST',
    path,
    who: 'anybody',
    perMinute: KNOCKS_PER_MINUTE,
    handle,
  });
  return [
    open('/v1/enrol', async (request, response) => {
      const asked = parse(EnrolRequestSchema, request.body);
      const device = await authority.enrol(asked);
      const store = { storeId: device.name, hqEpoch, bundleKeys };
      response.json({ deviceId: device.deviceId, audience: 'hq', store });
    }),
    open('/v1/token', async (request, response) => {
      response.json(await authority.token(parse(TokenRequestSchema, request.body)));
    }),
  ];
}
