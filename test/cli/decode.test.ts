import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { advertLine, linkLine, scanLine } from '../../cli/decode.ts';

const SOGLIA = fileURLToPath(new URL('../../bin/soglia.mjs', import.meta.url));

const advertIn = (line: string): unknown => JSON.parse(advertLine({ text: line }));
const scanIn = (line: string): unknown => JSON.parse(scanLine({ text: line }));

describe('decode adverts', () => {
  test.each([
    ['0201061aff4c000215426c7565436861726d426561636f6e730efe1355c5'],
    ['02 01 06 1A FF 4C 00 02 15 42 6C 75 65 43 68 61 72 6D 42 65 61 63 6F 6E 73 0E FE 13 55 C5'],
    ['4C:00:02:15:42:6c:75:65:43:68:61:72:6d:42:65:61:63:6f:6e:73:0e:fe:13:55:c5'],
  ])('reads %s', (line) => {
    expect(advertIn(line)).toEqual({
      kind: 'ibeacon',
      uuid: '426c7565-4368-6172-6d42-6561636f6e73',
      major: 3838,
      minor: 4949,
      measuredPowerDbm: -59,
      measuredPowerByte: 197,
    });
  });

  test('names the first frame and keeps the others beside it, in one line', () => {
    const tlm = '1116aafe2000 0bb8 1980 00000001 0000000a';
    const line = `020106 ${tlm} 0d16aafe30f8a9b76a71c5f89290 1bff1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c509`;
    expect(advertIn(line)).toEqual({
      kind: 'eddystone-tlm',
      batteryMv: 3000,
      temperatureC: 25.5,
      advertCount: 1,
      uptimeMs: 1000,
      also: [
        { kind: 'eddystone-eid', txPowerDbm: -8, eid: 'a9b76a71c5f89290' },
        {
          kind: 'altbeacon',
          companyId: 280,
          id1: '2f234454-cf6d-4a0f-adf2-f4911ba9ffa6',
          id2: 1,
          id3: 2,
          referenceRssiDbm: -59,
          mfgReserved: 9,
        },
      ],
    });
    expect(advertLine({ text: line })).not.toContain('\n');
  });

  test('writes bytes as hex', () => {
    expect(advertIn('0201060303AAFE0D16AAFE30F8A9B76A71C5F89290')).toEqual({
      kind: 'eddystone-eid',
      txPowerDbm: -8,
      eid: 'a9b76a71c5f89290',
    });
    expect(advertIn('02010611070100000 09092f8c5716ab7a94c474f53')).toEqual({
      kind: 'carrier',
      token: 'a9b76a71c5f89290',
      flags: '00000001',
    });
  });

  test.each([
    ['', 'empty', 0],
    ['0201 06zz', 'not-hex', 7],
    ['020', 'not-hex', 3],
    ['"0201"', 'not-hex', 0],
    ['40', 'truncated', 0],
  ])('rejects %j as %s at %i', (line, reason, at) => {
    expect(advertIn(line)).toEqual({ kind: 'rejected', reason, at });
  });
});

describe('decode scans', () => {
  test('reads GS1 messages with what their dates and measures say', () => {
    expect(scanIn('"]C1011231231231233317300426310300050010ABC\\u001d99X"')).toEqual({
      kind: 'gs1',
      symbology: 'gs1-128',
      elements: [
        { ai: '01', value: '12312312312333' },
        { ai: '17', value: '300426' },
        { ai: '3103', value: '000500' },
        { ai: '10', value: 'ABC' },
        { ai: '99', value: 'X' },
      ],
      gtin: '12312312312333',
      readings: [
        { ai: '17', kind: 'date', date: '2030-04-26' },
        { ai: '3103', kind: 'measure', amount: '0.500', unit: 'kg' },
      ],
    });
    const batch = { text: '"]C110ABC"' };
    expect(JSON.parse(scanLine(batch))).toEqual({
      ...{ kind: 'rejected', reason: 'missing-requisite', at: 3, ai: '10' },
    });
    expect(JSON.parse(scanLine(batch, 'lenient'))).toMatchObject({ kind: 'gs1' });
  });

  test('reads JSON strings', () => {
    expect(scanIn('"]E04006381333931"')).toEqual({
      kind: 'gtin',
      gtin: '04006381333931',
      symbology: 'ean-13',
    });
    expect(scanIn(' "a\\u001d\\u00e8\\r\\n" ')).toEqual({
      kind: 'opaque',
      symbology: 'unknown',
      text: 'a\u001dè',
      bytes: '611dc3a8',
    });
  });

  test.each([
    ['', 'empty', 0],
    ['""', 'empty', 0],
    ['"\\r"', 'empty', 0],
    ['4006381333931', 'not-json-string', 0],
    ['null', 'not-json-string', 0],
    ['["4006381333931"]', 'not-json-string', 0],
    ['"ab', 'not-json-string', 3],
    ['"a\\x"', 'not-json-string', 2],
    ['"a" b', 'not-json-string', 4],
    ['"a\tb"', 'not-json-string', 2],
  ])('rejects %j as %s at %i', (line, reason, at) => {
    expect(scanIn(line)).toEqual({ kind: 'rejected', reason, at });
  });
});

describe('decode links', () => {
  const linkIn = (text: string, strictness?: 'lenient'): unknown =>
    JSON.parse(linkLine({ text }, strictness));

  test('reads Digital Links, older ones where that is asked for', () => {
    const link = {
      kind: 'digital-link',
      stem: 'https://id.gs1.org',
      elements: [{ ai: '01', value: '09520123456788' }],
      parameters: ['x=1'],
    };
    expect(linkIn('https://id.gs1.org/01/09520123456788?x=1')).toEqual(link);
    expect(linkIn('https://id.gs1.org/gtin/9520123456788?x=1', 'lenient')).toEqual(link);
  });

  test('says where another line is wrong, and with which identifier', () => {
    expect(linkIn('https://id.gs1.org/01/09520123456789')).toEqual({
      kind: 'rejected',
      reason: 'wrong-check-digit',
      at: 35,
      ai: '01',
    });
    expect(linkIn('')).toEqual({ kind: 'rejected', reason: 'empty', at: 0 });
  });
});

test('a line too long to be either is rejected, not kept', () => {
  const tooLong = { kind: 'rejected', reason: 'too-long', at: 65_536 };
  expect(JSON.parse(advertLine({ text: undefined }))).toEqual(tooLong);
  expect(JSON.parse(scanLine({ text: undefined }))).toEqual(tooLong);
  expect(JSON.parse(linkLine({ text: undefined }))).toEqual(tooLong);
});

describe('the command', () => {
  function run(...args: string[]) {
    const child = spawn(process.execPath, [SOGLIA, 'decode', ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => undefined); // it may stop reading before we stop writing
    return child;
  }

  test('answers each line with one object, and ends well', { timeout: 30_000 }, async () => {
    const child = run('scans');
    child.stdin.end('"]E04006381333931"\n\nnot json\n"]XX"');
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit') as Promise<[number | null]>,
    ]);
    const kinds = out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds).toEqual(['gtin', 'rejected', 'rejected', 'rejected']);
    expect([code, err]).toEqual([0, '']);
  });

  test('says nothing when its reader goes', { timeout: 30_000 }, async () => {
    const child = run('adverts');
    child.stdin.write('30\n'.repeat(50_000));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stdin.end('30\n'.repeat(50_000));
    const [err, [code]] = await Promise.all([
      text(child.stderr),
      once(child, 'exit') as Promise<[number | null]>,
    ]);
    expect([code, err]).toEqual([0, '']);
  });
});
