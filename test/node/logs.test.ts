import { expect, test } from 'vitest';
import { SogliaError } from '../../kernel/errors.ts';
import { createLog, type Log, type LogFields } from '../../node/logs.ts';

function recording(): { log: Log; lines: () => Record<string, unknown>[]; text: () => string } {
  let text = '';
  const log = createLog('edge', { destination: { write: (line) => (text += line) } });
  const lines = () =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log, lines, text: () => text };
}

test('a line has its process, message and fields', () => {
  const { log, lines } = recording();
  log.info('ready', { url: 'http://127.0.0.1:4200', port: 4200 });
  expect(lines()).toEqual([
    expect.objectContaining({
      process: 'edge',
      msg: 'ready',
      url: 'http://127.0.0.1:4200',
      port: 4200,
    }),
  ]);
});

test('[threat-18] what no field is named for is not written, whatever object comes along', () => {
  const { log, text } = recording();
  const person = { stationId: 'banco', firstName: 'Socia', pseudonym: 'f'.repeat(32) };
  const fields: LogFields = person;
  log.info('session opened', fields);
  log.info('proto', JSON.parse('{"__proto__":{"x":"Socia"},"constructor":"Socia"}') as LogFields);
  log.info('nested', { reason: { firstName: 'Socia' } as unknown as string });
  expect(text()).toContain('banco');
  expect(text()).not.toMatch(/Socia|ffff/);
});

test('[threat-18] a person cannot be named in a field by its type', () => {
  const { log, text } = recording();
  // @ts-expect-error no field is named for a pseudonym
  log.info('entered', { pseudonym: 'abc' });
  expect(text()).not.toContain('abc');
});

test('[threat-18] an address is written without the token that it may carry', () => {
  const { log, text } = recording();
  log.info('link', { url: 'http://127.0.0.1:4100/console/#token=s3cret' });
  log.info('link', { url: 'http://127.0.0.1:4100/x?token=s3cret' });
  expect(text()).not.toContain('s3cret');
});

test('[threat-18] an error says where and which, not what somebody sent', () => {
  const { log, lines, text } = recording();
  log.error('failed', {}, new TypeError('cannot read Socia'));
  log.error('refused', {}, new SogliaError('request/invalid', 'firstName: Socia'));
  log.warn('away', {}, new SogliaError('hq/unreachable', 'http://hq: nobody answers'));
  expect(text()).not.toContain('Socia');
  const [bug, refused, away] = lines().map(({ error }) => error);
  expect(bug).toMatchObject({ name: 'TypeError', at: expect.any(Array) as unknown });
  expect(refused).toEqual({ name: 'SogliaError', code: 'request/invalid' });
  expect(away).toMatchObject({ code: 'hq/unreachable', message: 'http://hq: nobody answers' });
});
