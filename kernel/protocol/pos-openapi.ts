import { z } from 'zod';
import {
  BasketPostSchema,
  PricedAnswerSchema,
  PricesAnswerSchema,
  PricesPostSchema,
  PurchaseAnswerSchema,
  PurchasePostSchema,
  ReturnAnswerSchema,
  ReturnPostSchema,
  VoidAnswerSchema,
  VoidPostSchema,
} from './pos-api.ts';
import { ProblemSchema } from './reply.ts';

const INPUTS = {
  BasketPost: BasketPostSchema,
  PurchasePost: PurchasePostSchema,
  VoidPost: VoidPostSchema,
  ReturnPost: ReturnPostSchema,
  PricesPost: PricesPostSchema,
};
const OUTPUTS = {
  PricedAnswer: PricedAnswerSchema,
  PurchaseAnswer: PurchaseAnswerSchema,
  VoidAnswer: VoidAnswerSchema,
  ReturnAnswer: ReturnAnswerSchema,
  PricesAnswer: PricesAnswerSchema,
  Problem: ProblemSchema,
};

const PURCHASE_ID = {
  name: 'purchaseId',
  in: 'path',
  required: true,
  schema: { type: 'string' },
  description: 'As the answer to the purchase named it',
};

/** The till's interface as an OpenAPI 3.1 document, made of the schemas that parse it. */
export function posOpenApi(): object {
  const schemas = {
    ...shapes(INPUTS, 'input'),
    ...shapes(OUTPUTS, 'output'),
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Soglia: tills',
      version: '1',
      description:
        'What a till asks of the store server. Rules: kernel/protocol/SPEC.md, sections Money and Tills. A till enrols ' +
        'once (POST /v1/enrol, kind "till") and gets tokens of 15 minutes (POST /v1/token).',
    },
    security: [{ token: [] }],
    paths: {
      '/v1/pos/baskets': {
        post: operation(
          'priceBasket',
          'What takes effect in a basket, without writing anything',
          'BasketPost',
          {
            200: answer(
              'What takes effect, line by line, and what each code came to',
              'PricedAnswer',
            ),
          },
        ),
      },
      '/v1/pos/purchases': {
        post: operation(
          'recordPurchase',
          'Uses coupons up and gives points, once',
          'PurchasePost',
          {
            200: answer('Recorded: on disk before this answer', 'PurchaseAnswer'),
            409: answer('Changed: nothing was written', 'PurchaseAnswer'),
          },
        ),
      },
      '/v1/pos/purchases/{purchaseId}/void': {
        parameters: [PURCHASE_ID],
        post: operation(
          'voidPurchase',
          'Gives coupons and points of a purchase back, once',
          'VoidPost',
          {
            200: answer('Given back; the same answer however often it is asked', 'VoidAnswer'),
            404: answer('No such purchase here', 'Problem'),
          },
        ),
      },
      '/v1/pos/purchases/{purchaseId}/returns': {
        parameters: [PURCHASE_ID],
        post: operation(
          'returnLines',
          'Takes pieces of single lines back: what is paid back for them, once',
          'ReturnPost',
          {
            200: answer('Taken back: on disk before this answer', 'ReturnAnswer'),
            404: answer('No such purchase here', 'Problem'),
          },
        ),
      },
      '/v1/pos/prices': {
        post: operation(
          'keepPrices',
          'What the tills take for one piece, so that price cuts are measured by it',
          'PricesPost',
          {
            200: answer(
              'On disk before this answer; said again it changes nothing',
              'PricesAnswer',
            ),
          },
        ),
      },
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas,
    },
  };
}

function shapes(schemas: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output') {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      // OpenAPI 3.1 says for all of them which JSON Schema it is.
      return [name, { ...z.toJSONSchema(schema, { io }), $schema: undefined }];
    }),
  );
}

function answer(description: string, name: string) {
  return { description, content: jsonOf(name) };
}
function jsonOf(name: string) {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
}
function operation(operationId: string, summary: string, body: string, responses: object) {
  const problem = (description: string) => answer(description, 'Problem');
  return {
    operationId,
    summary,
    requestBody: { required: true, content: jsonOf(body) },
    responses: {
      ...responses,
      400: problem('Names the field and the reason'),
      401: problem('No valid token'),
      403: problem('Not a till'),
      503: problem('The store is busy or stopping: ask again with the same requestId'),
    },
  };
}
