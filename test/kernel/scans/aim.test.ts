import { expect, test } from 'vitest';
import { aimIdentifier } from '../../../kernel/scans/aim.ts';
import { utf8 } from '../../support/bytes.ts';

test.each([
  [']A0', 'code-39'],
  [']A7', 'code-39'],
  [']C0', 'code-128'],
  [']C1', 'gs1-128'],
  [']C2', 'code-128'],
  [']d0', 'data-matrix'],
  [']d1', 'data-matrix'],
  [']d2', 'gs1-data-matrix'],
  [']E0', 'ean-13'],
  [']E1', 'ean-add-on'],
  [']E2', 'ean-add-on'],
  [']E3', 'ean-13'],
  [']E4', 'ean-8'],
  [']e0', 'gs1-databar'],
  [']e1', 'gs1-composite'],
  [']F0', 'codabar'],
  [']G0', 'code-93'],
  [']H0', 'code-11'],
  [']I1', 'itf'],
  [']J0', 'dotcode'],
  [']J1', 'gs1-dotcode'],
  [']L2', 'pdf417'],
  [']M0', 'msi'],
  [']O1', 'ocr'],
  [']Q0', 'qr'],
  [']Q1', 'qr'],
  [']Q3', 'gs1-qr'],
  [']S0', '2-of-5'],
  [']X0', 'other'],
  [']z0', 'aztec'],
])('%s is %s', (identifier, symbology) => {
  const modifier = identifier[2];
  expect(aimIdentifier(utf8(`${identifier}data`))).toEqual({ symbology, modifier, dataAt: 3 });
});

test('a frame that does not begin with ] has none', () => {
  for (const text of ['', 'ABC', '4006381333931', 'A]C1']) {
    expect(aimIdentifier(utf8(text))).toEqual({ symbology: 'unknown', modifier: '', dataAt: 0 });
  }
});

test.each([
  [']', 1],
  [']C', 2],
  [']XX', 2],
  [']E5', 2],
  [']e4', 2],
  [']C*', 2],
  [']é0', 1],
  [']Y0', 1],
  [']constructor', 1],
])('%s is rejected at %i', (text, at) => {
  expect(aimIdentifier(utf8(text))).toEqual({ kind: 'rejected', reason: 'unknown-symbology', at });
});
