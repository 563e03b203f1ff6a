import { GRANT_LIFE_MS } from '../../kernel/domain/consent.ts';
import type { Notice } from '../../kernel/domain/offer.ts';

const MONTH_MS = (365 / 12) * 86_400_000;

/** How long a yes lasts, in whole months: the number that texts and notices name. */
export function monthsOf(purpose: keyof typeof GRANT_LIFE_MS): number {
  return Math.round(GRANT_LIFE_MS[purpose] / MONTH_MS);
}

/** What stands on the attract screen and behind its QR (duty-9). */
export function noticeOf(controller: string, publicUrl: string): Notice {
  return {
    version: NOTICE_VERSION,
    controller,
    line: {
      it: 'Riconosciamo solo chi ha detto sì. Degli altri non conserviamo nulla.',
      en: 'We recognise only those who said yes. Of everybody else we keep nothing.',
    },
    url: new URL('/privacy', publicUrl).href,
  };
}
/** Grows when the words or the numbers do. */
const NOTICE_VERSION = '2026-01';
