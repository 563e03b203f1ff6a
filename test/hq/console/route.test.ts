import { expect, test } from 'vitest';
import { addressOf, routeOf } from '../../../hq/console/route.ts';
import type { OfferId } from '../../../kernel/domain/ids.ts';

const offerId = 'coffee-week' as OfferId;

test('the results of an offer have an address of their own, beside its form', () => {
  for (const page of ['offer', 'results'] as const)
    expect(routeOf(addressOf({ page, offerId }))).toEqual({ page, offerId });
  expect(routeOf('#/offers/coffee-week/elsewhere')).toEqual({ page: 'offer', offerId });
  expect(routeOf('#/offers/No%20Name/results')).toEqual({ page: 'offers' });
});
