import type { Response } from 'express';
import { z } from 'zod';
import { RequestIdSchema, type StationId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { parse } from '../../kernel/parse.ts';
import {
  BasketPostSchema,
  type PricesAnswer,
  type PricesPost,
  PricesPostSchema,
  PurchasePostSchema,
  ReturnPostSchema,
  VoidPostSchema,
} from '../../kernel/protocol/pos-api.ts';
import { posOpenApi } from '../../kernel/protocol/pos-openapi.ts';
import type { TokenHolder } from '../../node/enrolment-authority.ts';
import type { GuardedRoute } from '../../node/http-server.ts';
import type { Till } from '../pos/till.ts';

const PurchaseAddressSchema = z.object({ purchaseId: RequestIdSchema });
/** 500 lines and 20 codes of any length that a scanner gives. */
const BODY_LIMIT_BYTES = 256 * 1024;

/** What tills may ask; nobody else may. */
export function posRoutes(
  till: Till,
  keepPrices: (post: PricesPost) => Promise<number>,
): readonly GuardedRoute<TokenHolder>[] {
  return [
    {
      method: 'GET',
      path: '/v1/pos/openapi.json',
      who: ['till'],
      handle: (_request, response) => response.json(posOpenApi()),
    },
    {
      method: 'POST',
      path: '/v1/pos/baskets',
      who: ['till'],
      bodyLimitBytes: BODY_LIMIT_BYTES,
      handle: async (request, response, caller) => {
        response.json(await till.price(parse(BasketPostSchema, request.body), stationOf(caller)));
      },
    },
    {
      method: 'POST',
      path: '/v1/pos/purchases',
      who: ['till'],
      bodyLimitBytes: BODY_LIMIT_BYTES,
      handle: async (request, response, caller) => {
        const purchase = parse(PurchasePostSchema, request.body);
        const outcome = await till.record(purchase, stationOf(caller));
        if (outcome.kind === 'recorded') sendText(response, outcome.text);
        else response.status(409).json(outcome);
      },
    },
    {
      method: 'POST',
      path: '/v1/pos/purchases/:purchaseId/void',
      who: ['till'],
      handle: async (request, response, caller) => {
        parse(VoidPostSchema, request.body);
        const { purchaseId } = parse(PurchaseAddressSchema, request.params);
        sendText(response, known(await till.void(purchaseId, stationOf(caller))));
      },
    },
    {
      method: 'POST',
      path: '/v1/pos/purchases/:purchaseId/returns',
      who: ['till'],
      handle: async (request, response, caller) => {
        const { purchaseId } = parse(PurchaseAddressSchema, request.params);
        const post = parse(ReturnPostSchema, request.body);
        sendText(response, known(await till.return(purchaseId, post, stationOf(caller))));
      },
    },
    {
      method: 'POST',
      path: '/v1/pos/prices',
      who: ['till'],
      bodyLimitBytes: BODY_LIMIT_BYTES,
      handle: async (request, response) => {
        const changed = await keepPrices(parse(PricesPostSchema, request.body));
        response.json({ kind: 'kept', changed } satisfies PricesAnswer);
      },
    },
  ];
}

function known(text: string | undefined): string {
  if (text === undefined)
    throw new SogliaError('request/not-found', 'purchaseId: no such purchase here');
  return text;
}

/** Byte for byte as it was stored. */
function sendText(response: Response, text: string): void {
  response.type('application/json').send(text);
}

/** A till's code was made for a station of the configuration. */
function stationOf({ name }: TokenHolder): StationId {
  if (name === undefined) throw new SogliaError('request/denied', 'not a station of this store');
  return name as StationId;
}
