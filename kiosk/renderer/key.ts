import type { KeysOf } from '../../ui/i18n.ts';
import type words from './i18n/it.json';

/** Every text of the kiosk, by its name in the catalogue. */
export type KeyOfKiosk = KeysOf<typeof words>;
