import { describe, expect, test } from 'vitest';
import { parseConfiguration } from '../../node/configuration.ts';

const shop = (scanner: string) => `
store: { id: bottega, timeZone: Europe/Rome }
hq: { url: http://127.0.0.1:4100 }
edge: { port: 4200 }
kiosk: { port: 4300 }
zones: [entrance]
scanners:
  - { id: desk, kind: serial${scanner} }
`;
const deskOf = (scanner: string) => parseConfiguration(shop(scanner), 'soglia.yaml').scanners[0];

describe('a scanner of soglia.yaml', () => {
  test('of which nothing is said ends its codes with a line, and names no symbology', () => {
    expect(deskOf('')).toEqual({
      id: 'desk',
      kind: 'serial',
      baudRate: 9600,
      framing: { kind: 'terminator', terminator: 'line' },
      codeId: 'none',
      unknownCodeId: 'reject',
      duplicateWindowMs: 300,
    });
  });

  test.each([
    ['', { kind: 'terminator', terminator: 'line' }],
    [', framing: { kind: stx-etx }', { kind: 'stx-etx', lrc: false }],
    [', framing: { kind: stx-etx, lrc: true }', { kind: 'stx-etx', lrc: true }],
    [', framing: { kind: gap, gapMs: 40 }', { kind: 'gap', gapMs: 40 }],
    [', framing: { kind: ssi }', { kind: 'ssi', responseTimeoutMs: 2000 }],
  ])('with%s is framed so', (scanner, framing) => {
    expect(deskOf(scanner)?.framing).toEqual(framing);
  });

  test.each([
    [', duplicateWindowMs: 200', 'scanners.0.duplicateWindowMs'],
    [', codeId: acme', 'scanners.0.codeId'],
    [', framing: { kind: ssi }, codeId: zebra', 'SSI packets name the symbology themselves'],
    [', feedback: ssi', "'ssi' needs framing: { kind: ssi }"],
    [', framing: { kind: stx-etx, lrc: maybe }', 'scanners.0.framing.lrc'],
  ])('with%s is refused, and the words say why', (scanner, words) => {
    expect(() => deskOf(scanner)).toThrow(words);
  });
});

describe('a zone before the door', () => {
  const shopWith = (presence: string) =>
    parseConfiguration(`${shop('')}presence: ${presence}\n`, 'soglia.yaml').presence;

  test('is one of the zones', () => {
    expect(shopWith('{ outside: [entrance] }').outside).toEqual(['entrance']);
    expect(shopWith('{ enterAtDbm: -80 }')).toMatchObject({ outside: [], enterAtDbm: -80 });
    expect(() => shopWith('{ outside: [pavement] }')).toThrow(
      "presence.outside.0: zone 'pavement' is not listed in zones",
    );
    expect(() => shopWith('{ enterAtDbm: 3 }')).toThrow('presence.enterAtDbm');
  });
});
