import type { createI18n } from '../ui/i18n.ts';
import type words from './i18n/it.json';

/** The phone page's languages and words. */
export type PhoneWords = Awaited<ReturnType<typeof createI18n<typeof words>>>;

export const dateText = (at: number, language: string) =>
  new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', year: 'numeric' }).format(at);
