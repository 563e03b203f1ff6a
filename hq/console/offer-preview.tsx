import { OfferIdSchema } from '../../kernel/domain/ids.ts';
import type { OfferCard as Card } from '../../kernel/protocol/kiosk-events.ts';
import { OfferCard } from '../../ui/offer-card.tsx';
import { benefitOf, type OfferDraft } from './offer-draft.ts';
import type { ConsoleWords } from './words.ts';

const PREVIEW_ID = OfferIdSchema.parse('preview');
/** A coupon that no scanner takes: its check character is wrong on purpose. */
const SAMPLE_CODE = 'SGK0000000000000000-';

interface OfferPreviewProps {
  readonly draft: OfferDraft;
  readonly i18n: ConsoleWords;
}

/** The card of the kiosk and the phone, in both languages, from what stands in the form so far. */
export function OfferPreview({ draft, i18n }: OfferPreviewProps) {
  const card = cardOf(draft, i18n.t('offer.preview-empty'));
  return (
    <aside class="offer-preview" aria-label={i18n.t('offer.preview')}>
      <h2>{i18n.t('offer.preview')}</h2>
      {(['it', 'en'] as const).map((language) => (
        <section key={language} lang={language}>
          <h3>{i18n.nameOf(language)}</h3>
          <OfferCard card={card} language={language} t={i18n.tIn(language)} />
        </section>
      ))}
    </aside>
  );
}

function cardOf(draft: OfferDraft, placeholder: string): Card {
  const until = Date.parse(draft.validUntil);
  const textOf = (title: string, body: string, terms: string) => ({
    title: title.trim() === '' ? placeholder : title,
    body,
    ...(terms.trim() === '' ? {} : { terms }),
  });
  return {
    offerId: PREVIEW_ID,
    text: {
      it: textOf(draft.titleIt, draft.bodyIt, draft.termsIt),
      en: textOf(draft.titleEn, draft.bodyEn, draft.termsEn),
    },
    benefit: benefitOf(draft) ?? { kind: 'information' },
    validUntil: Number.isNaN(until) ? 0 : until,
    ...(draft.redemption === 'none' ? {} : { couponCode: SAMPLE_CODE }),
  };
}
