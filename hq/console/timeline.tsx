import type { CustomerId } from '../../kernel/domain/ids.ts';
import type { TimelineEntry } from '../../kernel/protocol/console-api.ts';
import { textIn } from '../../ui/wording.ts';
import type { Desk } from './desk.ts';
import { readOffers, readStores, readTimeline } from './head-office.ts';
import { Read } from './parts.tsx';
import { useReading } from './reading.ts';
import { timelineLine, type TimelineContext } from './timeline-words.ts';
import { timeText } from './words.ts';

interface TimelineProps {
  readonly desk: Desk;
  readonly customerId: CustomerId;
}

/** What happened with one customer, newest first, by day; grows by itself. */
export function Timeline({ desk, customerId }: TimelineProps) {
  const { t, language } = desk.i18n;
  const entries = useReading(
    () => readTimeline(customerId),
    ['timeline', 'customers'],
    desk.live,
    desk.onSignedOut,
  );
  const offers = useReading(readOffers, ['offers'], desk.live, desk.onSignedOut);
  const stores = useReading(readStores, ['stores'], desk.live, desk.onSignedOut);
  const context: TimelineContext = {
    t,
    language: language.value,
    titleOf: (offerId) => {
      const offer = offers.value?.find((one) => one.offerId === offerId);
      return offer === undefined ? offerId : (textIn(offer.text, language.value)?.title ?? offerId);
    },
    storeName: (storeId) =>
      stores.value?.find((store) => store.storeId === storeId)?.name ?? storeId,
  };
  return (
    <section class="panel timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">{t('timeline.title')}</h2>
      <Read reading={entries} t={t}>
        {(list) =>
          list.length === 0 ? (
            <p class="quiet">{t('timeline.none')}</p>
          ) : (
            byDay(list).map(({ day, entries: ofDay }) => (
              <section key={day}>
                <h3>{dayName(day, language.value)}</h3>
                <ol>
                  {ofDay.map((entry) => (
                    <Line key={entry.entryId} entry={entry} context={context} />
                  ))}
                </ol>
              </section>
            ))
          )
        }
      </Read>
    </section>
  );
}

function Line({
  entry,
  context,
}: {
  readonly entry: TimelineEntry;
  readonly context: TimelineContext;
}) {
  const { text, details } = timelineLine(entry, context);
  return (
    <li data-kind={entry.kind} data-entry={entry.entryId}>
      <time dateTime={new Date(entry.at).toISOString()}>
        {timeText(entry.at, context.language)}
      </time>
      <div>
        <p>{text}</p>
        {details.length > 0 && <p class="quiet">{details.join(' · ')}</p>}
      </div>
    </li>
  );
}

function byDay(entries: readonly TimelineEntry[]) {
  const days: { readonly day: number; readonly entries: TimelineEntry[] }[] = [];
  for (const entry of entries) {
    const day = new Date(entry.at).setHours(0, 0, 0, 0);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}

const dayName = (day: number, language: string) =>
  new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' }).format(day);
