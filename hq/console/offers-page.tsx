import { useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { benefitText, textIn } from '../../ui/wording.ts';
import type { Desk } from './desk.ts';
import { readOffers, type OfferView, type OffersView } from './head-office.ts';
import { Badge, Empty, PageHead, Read } from './parts.tsx';
import { PublishDialog } from './publish-dialog.tsx';
import { useReading } from './reading.ts';
import { addressOf } from './route.ts';
import { dateText } from './words.ts';

export function OffersPage({ desk }: { readonly desk: Desk }) {
  const { t } = desk.i18n;
  const offers = useReading(readOffers, ['offers', 'stores'], desk.live, desk.onSignedOut);
  const [isPublishing, setPublishing] = useState(false);
  return (
    <>
      <PageHead title={t('offers.title')} lead={t('offers.lead')}>
        <a class="button" href={addressOf({ page: 'offer-new' })}>
          {t('offers.new')}
        </a>
        <Button
          kind="primary"
          disabled={(offers.value ?? []).length === 0}
          onClick={() => setPublishing(true)}
        >
          {t('publish.button')}
        </Button>
      </PageHead>
      <Read reading={offers} t={t}>
        {(list) =>
          list.length === 0 ? (
            <Empty title={t('offers.none')} body={t('offers.none-body')} />
          ) : (
            <OfferTable offers={list} desk={desk} />
          )
        }
      </Read>
      {isPublishing && (
        <PublishDialog
          desk={desk}
          offers={offers.value ?? []}
          onClose={() => {
            setPublishing(false);
            offers.again();
          }}
        />
      )}
    </>
  );
}

function OfferTable({ offers, desk }: { readonly offers: OffersView; readonly desk: Desk }) {
  const { t } = desk.i18n;
  return (
    <div class="table-box">
      <table>
        <thead>
          <tr>
            <th scope="col">{t('offers.offer')}</th>
            <th scope="col">{t('offers.benefit')}</th>
            <th scope="col">{t('offers.for')}</th>
            <th scope="col">{t('offers.valid')}</th>
            <th scope="col">{t('offers.state')}</th>
            <th scope="col">{t('offers.effect')}</th>
          </tr>
        </thead>
        <tbody>
          {offers.map((offer) => (
            <OfferRow key={offer.offerId} offer={offer} desk={desk} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OfferRow({ offer, desk }: { readonly offer: OfferView; readonly desk: Desk }) {
  const { t } = desk.i18n;
  const language = desk.i18n.language.value;
  const benefit = benefitText(offer.benefit, language, t);
  const title = textIn(offer.text, language)?.title ?? offer.offerId;
  return (
    <tr>
      <th scope="row">
        <a href={addressOf({ page: 'offer', offerId: offer.offerId })}>{title}</a>
        <small>{offer.offerId}</small>
      </th>
      <td>{benefit === '' ? t('offers.information') : benefit}</td>
      <td>
        {offer.segments.length === 0 ? t('offers.for-everybody') : <Tags words={offer.segments} />}
      </td>
      <td>
        {t('offers.from-to', {
          from: dateText(offer.validFrom, language),
          until: dateText(offer.validUntil, language),
        })}
      </td>
      <td>
        <OfferState offer={offer} desk={desk} />
      </td>
      <td>
        <a
          href={addressOf({ page: 'results', offerId: offer.offerId })}
          aria-label={t('offers.results-of', { title })}
        >
          {t('offers.results')}
        </a>
      </td>
    </tr>
  );
}

function OfferState({ offer, desk }: { readonly offer: OfferView; readonly desk: Desk }) {
  const { t } = desk.i18n;
  if (offer.validUntil < Date.now()) return <Badge tone="off" text={t('offers.over')} />;
  if (offer.published) return <Badge tone="good" text={t('offers.published')} />;
  return <Badge tone="waiting" text={t('offers.draft')} />;
}

export function Tags({ words }: { readonly words: readonly string[] }) {
  return (
    <ul class="tags">
      {words.map((word) => (
        <li key={word}>{word}</li>
      ))}
    </ul>
  );
}
