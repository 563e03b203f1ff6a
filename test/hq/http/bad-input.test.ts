import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { request } from 'node:http';
import { ProblemSchema } from '../../../kernel/protocol/reply.ts';
import { startOffice, type TestOffice, type TestStore } from '../../support/head-office.ts';

let office: TestOffice;
let store: TestStore;

beforeAll(async () => {
  office = await startOffice();
  await office.makeStore('bottega');
  store = await office.enrolStore('bottega');
});

/** As the operator, with any bytes. */
function send(
  method: string,
  path: string,
  body: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const options = {
      socketPath: office.hq.operatorSocket,
      method,
      path,
      headers: { 'content-type': 'application/json' },
    };
    const sent = request(options, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const someone = '01a20137-dd7e-7495-80cb-6944aeffc3d3';
const operatorCases: [method: string, path: string, body: unknown, field: string][] = [
  ['PUT', '/v1/stores/Not%20A%20Name', { name: 'x' }, 'storeId'],
  ['PUT', '/v1/stores/bottega', { name: '' }, 'name'],
  ['PUT', '/v1/offers/x', { text: {} }, 'text'],
  ['PUT', '/v1/products', { products: [{ gtin: '1' }] }, 'products.0.gtin'],
  ['POST', '/v1/offers/import', { offers: 7 }, 'offers'],
  ['POST', '/v1/publications', { storeIds: ['NO'] }, 'storeIds.0'],
  ['POST', '/v1/publications', { storeIds: ['nowhere'] }, 'storeIds.0'],
  ['POST', '/v1/customers', { language: 'italiano', storeIds: ['bottega'] }, 'language'],
  ['POST', '/v1/customers', { language: 'it', storeIds: ['nowhere'] }, 'storeIds.0'],
  ['PUT', '/v1/customers/segments', { customerId: someone, segments: 'wine' }, 'segments'],
  ['POST', '/v1/customers/timeline', { customerId: '7' }, 'customerId'],
  ['POST', '/v1/joins', { storeIds: [] }, 'storeIds'],
  ['POST', '/v1/joins', { storeIds: ['bottega'], customerId: someone }, 'customerId'],
  ['POST', '/v1/enrolment-codes', { kind: 'kiosk' }, 'kind'],
  ['POST', '/v1/enrolment-codes', { kind: 'store', name: 'nowhere' }, 'name'],
];

const anybodyCases: [path: string, body: unknown, field: string][] = [
  ['/v1/enrol', { kind: 'store', code: 'short', publicKey: 'x' }, 'code'],
  ['/v1/token', { deviceId: 7 }, 'deviceId'],
  ['/v1/phone/join', { joinToken: '!' }, 'joinToken'],
  ['/v1/console/session', { token: 7 }, 'token'],
];

describe('bad input', () => {
  test.each(operatorCases)('%s %s names the field', async (method, path, body, field) => {
    const { status, text } = await send(
      method,
      path,
      body === undefined ? '' : JSON.stringify(body),
    );
    expect([400, 404]).toContain(status);
    const problem = ProblemSchema.parse(JSON.parse(text));
    expect(problem.code).toMatch(/^request\//);
    expect(problem.message).toContain(`${field}:`);
  });

  test.each(anybodyCases)('%s names the field', async (path, body, field) => {
    const response = await fetch(`${office.hq.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    expect(ProblemSchema.parse(await response.json()).message).toContain(`${field}:`);
  });

  test('what a store sends is named too', async () => {
    const noEpoch = await store.fetch('POST', '/v1/push', { lane: 'redeem' });
    expect(ProblemSchema.parse(await noEpoch.json()).message).toContain('epoch:');
    const noDevice = await store.fetch('POST', '/v1/rotate', {});
    expect(ProblemSchema.parse(await noDevice.json()).message).toContain('deviceId:');
    const noStream = await store.fetch('GET', '/v1/pull?stream=gossip&rev=0');
    expect(ProblemSchema.parse(await noStream.json()).message).toContain('stream:');
    const noHash = await store.fetch('GET', '/v1/snapshot/..%2F..%2Fetc');
    expect(ProblemSchema.parse(await noHash.json()).message).toContain('hash:');
  });

  test('a body that is no JSON, or larger than its route takes, is refused in words; the next is served', async () => {
    expect(await send('PUT', '/v1/stores/bottega', '{"name":')).toMatchObject({ status: 400 });
    const large = JSON.stringify({ name: 'x'.repeat(70_000) });
    expect(await send('PUT', '/v1/stores/bottega', large)).toMatchObject({ status: 413 });
    await office.ask(z.unknown(), 'GET', '/v1/stores');
  });

  test('a card that somebody has is not given again', async () => {
    const post = { language: 'it', storeIds: ['bottega'], cardNumber: '2 000 1234' };
    expect((await send('POST', '/v1/customers', JSON.stringify(post))).status).toBe(201);
    const again = await send(
      'POST',
      '/v1/customers',
      JSON.stringify({ ...post, cardNumber: '20001234' }),
    );
    expect(again.status).toBe(400);
    expect(again.text).toContain('cardNumber: belongs to somebody already');
    const shown = z.object({ customers: z.array(z.unknown()) });
    expect((await office.ask(shown, 'GET', '/v1/customers')).customers).toHaveLength(1);
  });
});
