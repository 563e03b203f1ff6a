import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';

/** Looks for barriers, in the page itself: our pages have no frames, for which another page would be opened each time. */
export function axeOn(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
}
