import type { I18n, KeysOf } from '../ui/i18n.ts';
import type words from './i18n/it.json';

export type HandheldI18n = I18n<KeysOf<typeof words>>;
