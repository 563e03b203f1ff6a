import { z } from 'zod';
import { parse } from '../../kernel/parse.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { EnrolmentCodePostSchema } from '../../kernel/protocol/console-api.ts';
import {
  EnrolRequestSchema,
  RotateRequestSchema,
  TokenRequestSchema,
} from '../../kernel/protocol/enrolment.ts';
import type { PersonalFeatures } from '../../kernel/protocol/personal-features.ts';
import type { PricesPost } from '../../kernel/protocol/pos-api.ts';
import { WalkPostSchema } from '../../kernel/protocol/walk-api.ts';
import type { TokenHolder } from '../../node/enrolment-authority.ts';
import type { Caller, GuardedRoute, OpenRoute, Route } from '../../node/http-server.ts';
import type { Devices } from '../devices/devices.ts';
import type { Till } from '../pos/till.ts';
import { posRoutes } from './pos-routes.ts';
import type { TestWalks } from '../presence/test-walks.ts';

export interface RouteParts {
  readonly devices: Devices;
  /**
   * Whether the store serves: the database is open and trusted. HQ's absence does not change it, nor that of a radio or
   * of all: cards and codes are served all the same, and no new start of the store server mends what hears.
   */
  readonly isReady: () => boolean;
  readonly metrics: () => Promise<string>;
  readonly status: () => unknown;
  readonly walks: TestWalks;
  readonly till: Till;
  readonly takePrices: (list: PricesPost) => Promise<number>;
  /** How radios, scanners and beacons are, in short. */
  readonly parts: () => unknown;
  /** Said beside readiness, which they do not change. */
  readonly personalFeatures: () => PersonalFeatures;
}
const ENROLMENTS_PER_MINUTE = 60;
const TOKENS_PER_MINUTE = 600;
const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

/** What the network may ask of a store; whatever no row names is denied. */
export function edgeRoutes(parts: RouteParts): readonly Route<TokenHolder>[] {
  const { devices } = parts;
  return [
    ...healthRoutes(parts),
    ...posRoutes(parts.till, parts.takePrices),
    {
      method: 'POST',
      path: '/v1/enrol',
      who: 'anybody',
      perMinute: ENROLMENTS_PER_MINUTE,
      handle: async (request, response) => {
        response.json(await devices.enrol(parse(EnrolRequestSchema, request.body)));
      },
    },
    {
      method: 'POST',
      path: '/v1/token',
      who: 'anybody',
      perMinute: TOKENS_PER_MINUTE,
      handle: async (request, response) => {
        response.json(await devices.authority.token(parse(TokenRequestSchema, request.body)));
      },
    },
    {
      method: 'POST',
      path: '/v1/rotate',
      who: ['bridge', 'kiosk', 'handheld', 'till'],
      handle: async (request, response, caller) => {
        const rotation = parse(RotateRequestSchema, request.body);
        if (rotation.deviceId !== caller.deviceId)
          throw new SogliaError('request/denied', 'deviceId: a device replaces its own key only');
        await devices.authority.rotate(rotation);
        response.status(204).end();
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      who: 'anybody', // of this machine
      handle: async ({ socket }, response) => {
        if (!LOOPBACK.test(socket.remoteAddress ?? ''))
          throw new SogliaError('request/denied', 'open to this machine only');
        response.type('text/plain').send(await parts.metrics());
      },
    },
  ];
}

/** Whoever may open the socket's file is the operator. */
export interface Operator extends Caller {
  readonly kind: 'operator';
}
export const OPERATOR: Operator = { kind: 'operator' };

/** What commands of this machine may ask, over the operator socket. */
export function operatorRoutes(parts: RouteParts): readonly Route<Operator>[] {
  const guarded: readonly GuardedRoute<Operator>[] = [
    {
      method: 'POST',
      path: '/v1/enrolment-codes',
      who: ['operator'],
      handle: (request, response) => {
        const { kind, name } = parse(EnrolmentCodePostSchema, request.body);
        response.json(parts.devices.createCode(kind, name));
      },
    },
    {
      method: 'GET',
      path: '/v1/status',
      who: ['operator'],
      handle: async (_request, response) => response.json(await parts.status()),
    },
    {
      method: 'POST',
      path: '/v1/walks',
      who: ['operator'],
      handle: async (request, response) => {
        response.json(await parts.walks.begin(parse(WalkPostSchema, request.body)));
      },
    },
    {
      method: 'POST',
      path: '/v1/walks/:walkId/hearings',
      who: ['operator'],
      handle: (request, response) => {
        response.json(parts.walks.take(parse(z.uuid(), request.params['walkId'])));
      },
    },
    {
      method: 'DELETE',
      path: '/v1/walks/:walkId',
      who: ['operator'],
      handle: (request, response) => {
        parts.walks.end(parse(z.uuid(), request.params['walkId']));
        response.status(204).end();
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      who: ['operator'],
      handle: async (_request, response) => {
        response.type('text/plain').send(await parts.metrics());
      },
    },
  ];
  return [...healthRoutes(parts), ...guarded];
}

function healthRoutes({ isReady, parts, personalFeatures }: RouteParts): readonly OpenRoute[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      who: 'anybody',
      handle: (_request, response) => response.json({ alive: true }),
    },
    {
      method: 'GET',
      path: '/readyz',
      who: 'anybody',
      handle: (_request, response) =>
        response
          .status(isReady() ? 200 : 503)
          .json({ ready: isReady(), parts: parts(), personalFeatures: personalFeatures() }),
    },
  ];
}
