import { expect, test } from 'vitest';
import { confirmFragment, joinFragment } from '../../kernel/protocol/phone-api.ts';
import { errandOf } from '../../phone/fragment.ts';

const nonce = 'abcdefghijklmnopqrst_-';

test('a joining link carries its one-time token', () => {
  const joinToken = 'A'.repeat(43);
  expect(errandOf(`#${joinFragment(joinToken)}`)).toEqual({ kind: 'join', joinToken });
});

test('a kiosk’s link says which kiosk asks, with the symbols to compare', () => {
  expect(errandOf(`#${confirmFragment('bottega', 'kiosk-1', nonce, '7K2M')}`)).toEqual({
    kind: 'confirm',
    storeId: 'bottega',
    stationId: 'kiosk-1',
    nonce,
    matchCode: '7K2M',
  });
});

test.each([
  ['join=', 'join'],
  ['join=short', 'join'],
  [`join=${'A'.repeat(43)}<script>`, 'join'],
  ['confirm=bottega.kiosk-1', 'confirm'],
  [`confirm=bottega.kiosk-1.${nonce}.7K2`, 'confirm'],
  [`confirm=Bottega.kiosk-1.${nonce}.7K2M`, 'confirm'],
  [`confirm=bottega.kiosk-1.${nonce}.7K2M.more`, 'confirm'],
])('a torn link %s is called unreadable', (fragment, was) => {
  expect(errandOf(fragment)).toEqual({ kind: 'unreadable', was });
});

test('any other fragment is no errand', () => {
  expect(errandOf('')).toEqual({ kind: 'none' });
  expect(errandOf('#coupons')).toEqual({ kind: 'none' });
});
