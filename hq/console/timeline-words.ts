import { PurposeSchema } from '../../kernel/domain/cohort.ts';
import { EvidenceSchema } from '../../kernel/domain/strength.ts';
import type { TimelineEntry } from '../../kernel/protocol/console-api.ts';
import { timeText, type Say } from './words.ts';

/** One line of what happened: a sentence, and where and how in short. */
export interface TimelineLine {
  readonly text: string;
  readonly details: readonly string[];
}

/** What the sentences need besides the entry. */
export interface TimelineContext {
  readonly t: Say;
  readonly language: string;
  /** An offer's title, a store's name; the id where there is none any more. */
  readonly titleOf: (offerId: string) => string;
  readonly storeName: (storeId: string) => string;
}

export function timelineLine(entry: TimelineEntry, context: TimelineContext): TimelineLine {
  return { text: sentenceOf(entry, context), details: detailsOf(entry, context) };
}

function sentenceOf(entry: TimelineEntry, { t, language, titleOf }: TimelineContext): string {
  const titles = (entry.offerIds ?? []).map((offerId) =>
    t('timeline.quoted', { title: titleOf(offerId) }),
  );
  const offers = new Intl.ListFormat(language).format(titles);
  switch (entry.kind) {
    case 'joined':
    case 'visit':
    case 'session':
    case 'staff-check':
    case 'card-shown':
      return t(`timeline.${entry.kind}`);
    case 'consent-given':
    case 'consent-withdrawn':
      return t(`timeline.${entry.kind}`, { purpose: purposeOf(entry.details['purpose'], t) });
    case 'exposure':
    case 'redemption':
      return t(`timeline.${entry.kind}`, { offers });
    case 'purchase':
    case 'purchase-voided':
    case 'purchase-returned':
      return t(`timeline.${entry.kind}`, { points: Number(entry.details['points'] ?? 0) });
    case 'product-scan':
      return t('timeline.product-scan', { gtin: String(entry.details['gtin'] ?? '') });
  }
}

function detailsOf(entry: TimelineEntry, context: TimelineContext): string[] {
  const { t, language, storeName } = context;
  const { zone, evidence, until } = entry.details;
  const details: string[] = [];
  if (entry.storeId !== undefined) details.push(storeName(entry.storeId));
  if (entry.stationId !== undefined) {
    details.push(t('timeline.at-station', { station: entry.stationId }));
  }
  if (typeof zone === 'string') details.push(t('timeline.zone', { zone }));
  const known = EvidenceSchema.safeParse(evidence);
  if (known.success) details.push(t(`evidence.${known.data}`));
  if (entry.kind === 'visit') {
    details.push(
      typeof until === 'number'
        ? t('timeline.until', { time: timeText(until, language) })
        : t('timeline.going-on'),
    );
  }
  return details;
}

function purposeOf(value: unknown, t: Say): string {
  const purpose = PurposeSchema.safeParse(value);
  return purpose.success ? t(`purpose.${purpose.data}`) : String(value);
}
