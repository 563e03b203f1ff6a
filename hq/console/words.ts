import type { createI18n } from '../../ui/i18n.ts';
import type { Fault } from './field-errors.ts';
import type words from './i18n/it.json';
import { RequestFailed } from './request.ts';

/** The console's languages and words. */
export type ConsoleWords = Awaited<ReturnType<typeof createI18n<typeof words>>>;
export type Say = ConsoleWords['t'];

/** What went wrong, and what to do about it. */
export function troubleText(error: unknown, t: Say): string {
  if (!(error instanceof RequestFailed)) return t('trouble.other', { message: String(error) });
  switch (error.kind) {
    case 'unreachable':
      return t('trouble.unreachable');
    case 'too-many':
      return t('trouble.too-many');
    default:
      return t('trouble.other', { message: error.message });
  }
}

export const faultText = (fault: Fault, t: Say): string => t(`fault.${fault.reason}`, fault.values);

/** As the shops' own clocks show it, in every language. */
const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** Today: the time alone; else the day too. */
export function whenText(at: number, language: string, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(language, {
    ...(isToday ? {} : { day: 'numeric', month: 'short' }),
    ...CLOCK,
  }).format(at);
}

export const timeText = (at: number, language: string) =>
  new Intl.DateTimeFormat(language, CLOCK).format(at);

export const dateText = (at: number, language: string) =>
  new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' }).format(at);

/** A span of whole minutes, as people of `language` say it. */
export const minutesText = (minutes: number, language: string) =>
  new Intl.NumberFormat(language, { style: 'unit', unit: 'minute', unitDisplay: 'long' }).format(
    minutes,
  );
