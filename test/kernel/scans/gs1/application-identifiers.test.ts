import { expect, test } from 'vitest';
import {
  APPLICATION_IDENTIFIERS,
  applicationIdentifier,
  identifierLength,
} from '../../../../kernel/scans/gs1/application-identifiers.ts';

test('an identifier is told with its components and its rules', () => {
  expect(applicationIdentifier('01')).toEqual({
    ai: '01',
    title: 'GTIN',
    predefinedLength: true,
    components: [{ charset: 'N', min: 14, max: 14, optional: false, linters: ['csum', 'gcppos2'] }],
    requisites: [],
    exclusions: ['255', '37'],
    dlDataAttribute: true,
    dlKeys: [['22', '10', '21'], ['235']],
  });
  expect(applicationIdentifier('3922')).toMatchObject({
    title: 'PRICE',
    predefinedLength: false,
    requisites: [[['01']], [['30'], ['31nn'], ['32nn'], ['35nn'], ['36nn']]],
    exclusions: ['392n', '393n'],
  });
  expect(applicationIdentifier('8030')?.requisites[0]).toContainEqual(['8010', '8011']);
  expect(applicationIdentifier('89')).toBeUndefined();
  expect(applicationIdentifier('3106')).toBeUndefined();
});

test('a range stands for each of its members', () => {
  expect(applicationIdentifier('3105')?.title).toBe('NET WEIGHT (kg)');
  expect(applicationIdentifier('95')?.components[0]?.max).toBe(90);
  expect(APPLICATION_IDENTIFIERS).toHaveLength(541);
});

test('the first two digits tell the length of an identifier', () => {
  for (const { ai } of APPLICATION_IDENTIFIERS)
    expect(identifierLength(ai.slice(0, 2))).toBe(ai.length);
  expect(identifierLength('26')).toBeUndefined();
});
