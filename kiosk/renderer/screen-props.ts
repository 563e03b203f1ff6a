import type { I18n } from '../../ui/i18n.ts';
import type { Exposures } from './exposures.ts';
import type { KeyOfKiosk } from './key.ts';
import type { Kiosk } from './kiosk.ts';

/** What every part of the screen is given. */
export interface ScreenProps {
  readonly kiosk: Kiosk;
  readonly i18n: I18n<KeyOfKiosk>;
  readonly exposures: Exposures;
}
