import type { OfferId } from '../../kernel/domain/ids.ts';
import type { Comparison, OfferResults } from '../../kernel/protocol/console-api.ts';
import { textIn } from '../../ui/wording.ts';
import type { Desk } from './desk.ts';
import { readOffers, readResults, readStores } from './head-office.ts';
import { Badge, Empty, PageHead, Read } from './parts.tsx';
import { useReading } from './reading.ts';
import {
  boundsText,
  figuresText,
  ofHundred,
  spanText,
  spentText,
  verdictText,
} from './results-words.ts';
import { addressOf } from './route.ts';
import { dateText } from './words.ts';

type Measured = Extract<OfferResults, { readonly kind: 'measured' }>;

interface ResultsPageProps {
  readonly desk: Desk;
  readonly offerId: OfferId;
}

/** What an offer changed: those to whom it was open beside those held out of it. */
export function ResultsPage({ desk, offerId }: ResultsPageProps) {
  const { t, language } = desk.i18n;
  const { live, onSignedOut } = desk;
  const read = () => readResults(offerId);
  const results = useReading(read, ['offers'], live, onSignedOut);
  const offers = useReading(readOffers, ['offers'], live, onSignedOut);
  const offer = offers.value?.find((one) => one.offerId === offerId);
  const title = offer === undefined ? offerId : textIn(offer.text, language.value)?.title;
  return (
    <>
      <PageHead
        title={t('results.title', { title: title ?? offerId })}
        lead={t('results.lead')}
        back={{ href: addressOf({ page: 'offers' }), text: t('offer.back') }}
      />
      <Read reading={results} t={t}>
        {(found) =>
          found.kind === 'measured' ? (
            <MeasuredResults desk={desk} results={found} />
          ) : (
            <Empty title={t(`results.${found.reason}`)} body={t(`results.${found.reason}-body`)} />
          )
        }
      </Read>
    </>
  );
}

interface MeasuredProps {
  readonly desk: Desk;
  readonly results: Measured;
}
function MeasuredResults({ desk, results }: MeasuredProps) {
  const { t } = desk.i18n;
  const language = desk.i18n.language.value;
  const { all, outcome, outcomeDays, mismatched } = results;
  const wording = { t, language };
  const spent = all.figures && spentText(all.figures, outcomeDays, wording);
  return (
    <>
      <section class="panel" aria-labelledby="results-all">
        <h2 id="results-all">
          <VerdictBadge comparison={all} text={verdictText(all, wording)} />
        </h2>
        {all.figures !== undefined && <p>{figuresText(all.figures, outcome, wording)}</p>}
        {spent !== undefined && <p>{spent}</p>}
        <ul class="result-notes">
          <li>
            {t('results.since', {
              since: dateText(results.since, language),
              share: ofHundred(results.holdOut / 10_000, language),
            })}
          </li>
          {!results.isOn && <li>{t('results.over')}</li>}
          {!results.heldOutMayTake && <li>{t(`results.held-out-cannot-${outcome}`)}</li>}
          <li>{t('results.days', { days: outcomeDays })}</li>
          <li>{t('results.bound-note')}</li>
          {results.stores.length > 0 && <li>{t('results.stores-note')}</li>}
          {mismatched > 0 && <li>{t('results.mismatched', { count: mismatched })}</li>}
        </ul>
      </section>
      <ComparisonTable desk={desk} results={results} />
      {all.figures !== undefined && all.figures.variants.length > 0 && (
        <section class="panel" aria-labelledby="results-variants">
          <h2 id="results-variants">{t('results.variants')}</h2>
          <ul class="result-notes">
            {all.figures.variants.map(({ variant, people, took }) => (
              <li key={variant}>
                {t('results.variant', {
                  variant,
                  took: ofHundred(took / people, language),
                  count: people,
                })}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function ComparisonTable({ desk, results }: MeasuredProps) {
  const { t } = desk.i18n;
  const stores = useReading(readStores, ['stores'], desk.live, desk.onSignedOut);
  const nameOf = (storeId: string) =>
    stores.value?.find((store) => store.storeId === storeId)?.name ?? storeId;
  const { tooSmall } = results;
  return (
    <div
      class="table-box results-table"
      tabIndex={0}
      role="region"
      aria-label={t('results.by-store')}
    >
      <table>
        <caption>{t('results.by-store')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('stores.store')}</th>
            <th scope="col">{t('results.people')}</th>
            <th scope="col">{t('results.open-to')}</th>
            <th scope="col">{t('results.held-out')}</th>
            <th scope="col">{t('results.difference')}</th>
            <th scope="col">{t('results.saw')}</th>
            <th scope="col">{t('results.verdict')}</th>
          </tr>
        </thead>
        <tbody>
          <ComparisonRow desk={desk} name={t('results.all-stores')} comparison={results.all} />
          {results.stores.map((each) => (
            <ComparisonRow
              key={each.storeId}
              desk={desk}
              name={nameOf(each.storeId)}
              comparison={each}
            />
          ))}
          {tooSmall.map((storeId) => (
            <tr key={storeId}>
              <th scope="row">{nameOf(storeId)}</th>
              <td colSpan={6} class="quiet">
                {t('results.too-small')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly desk: Desk;
  readonly name: string;
  readonly comparison: Comparison;
}
function ComparisonRow({ desk, name, comparison }: RowProps) {
  const { t } = desk.i18n;
  const language = desk.i18n.language.value;
  const wording = { t, language };
  const { figures, split, people } = comparison;
  const number = (value: number) => new Intl.NumberFormat(language).format(value);
  const group = ({ people: of, took }: { people: number; took: number }) =>
    t('results.group', {
      share: ofHundred(took / of, language),
      took: number(took),
      people: number(of),
    });
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        {people === undefined ? t('results.few') : number(people)}
        {split !== undefined && (
          <small>
            {t('results.split', { shown: number(split.shown), heldOut: number(split.heldOut) })}
          </small>
        )}
      </td>
      {figures === undefined ? (
        <td colSpan={4} class="quiet">
          {t('results.no-figures')}
        </td>
      ) : (
        <>
          <td>{group(figures.shown)}</td>
          <td>{group(figures.heldOut)}</td>
          <td>
            {spanText(figures, wording)}
            <small>
              {t('results.one-look', { bounds: boundsText(figures.interval, wording) })}
            </small>
          </td>
          <td>{ofHundred(figures.saw, language)}</td>
        </>
      )}
      <td>
        <VerdictBadge comparison={comparison} text={verdictText(comparison, wording)} />
      </td>
    </tr>
  );
}

function VerdictBadge({
  comparison: { verdict },
  text,
}: {
  readonly comparison: Comparison;
  readonly text: string;
}) {
  switch (verdict.kind) {
    case 'better':
      return <Badge tone="good" text={text} />;
    case 'worse':
    case 'sample-ratio-mismatch':
      return <Badge tone="waiting" text={text} />;
    case 'not-enough-data':
    case 'no-difference-seen-yet':
      return <Badge tone="off" text={text} />;
  }
}
