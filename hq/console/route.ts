import { signal, type ReadonlySignal } from '@preact/signals';
import { CustomerIdSchema, OfferIdSchema } from '../../kernel/domain/ids.ts';
import type { CustomerId, OfferId } from '../../kernel/domain/ids.ts';

export type Route =
  | { readonly page: 'stores' }
  | { readonly page: 'offers' }
  | { readonly page: 'offer-new' }
  | { readonly page: 'offer'; readonly offerId: OfferId }
  | { readonly page: 'results'; readonly offerId: OfferId }
  | { readonly page: 'alarms' }
  | { readonly page: 'customers' }
  | { readonly page: 'customer'; readonly customerId: CustomerId };

/** @param fragment - `location.hash`; anything unknown leads to the stores */
export function routeOf(fragment: string): Route {
  const [page, rest, part] = fragment.replace(/^#\/?/, '').split('/', 3);
  switch (page) {
    case 'offers': {
      if (rest === undefined || rest === '') return { page: 'offers' };
      if (rest === '+') return { page: 'offer-new' };
      const offerId = OfferIdSchema.safeParse(rest);
      if (!offerId.success) return { page: 'offers' };
      return { page: part === 'results' ? 'results' : 'offer', offerId: offerId.data };
    }
    case 'customers': {
      const customerId = CustomerIdSchema.safeParse(rest);
      return customerId.success
        ? { page: 'customer', customerId: customerId.data }
        : { page: 'customers' };
    }
    case 'alarms':
      return { page: 'alarms' };
    default:
      return { page: 'stores' };
  }
}

export function addressOf(route: Route): string {
  switch (route.page) {
    case 'offer-new':
      return '#/offers/+';
    case 'offer':
      return `#/offers/${route.offerId}`;
    case 'results':
      return `#/offers/${route.offerId}/results`;
    case 'customer':
      return `#/customers/${route.customerId}`;
    default:
      return `#/${route.page}`;
  }
}

/** The page's place in its own history: back and forward work, a link can be sent. */
export function followAddress(): ReadonlySignal<Route> {
  const route = signal(routeOf(location.hash));
  window.addEventListener('hashchange', () => (route.value = routeOf(location.hash)));
  return route;
}

export function go(route: Route): void {
  location.hash = addressOf(route);
}

/** The one-time token of the printed link, taken out of the address at once: no history holds it. */
export function tokenFromAddress(): string | undefined {
  const found = /^#token=([A-Za-z0-9_-]{22,64})$/.exec(location.hash)?.[1];
  if (location.hash.startsWith('#token=')) history.replaceState(null, '', location.pathname);
  return found;
}
