import type { OfferCard as Card } from '../kernel/protocol/kiosk-events.ts';
import { CouponCode } from './coupon-code.tsx';
import type { UiTranslate } from './i18n.ts';
import { Picture } from './picture.tsx';
import { benefitText, dayText, lowestPriceText, textIn } from './wording.ts';

interface OfferCardProps {
  readonly card: Card;
  readonly language: string;
  readonly t: UiTranslate;
  /** `hero`: alone on the screen. */
  readonly size?: 'card' | 'hero';
  /** False where the code was just read and need not be shown again. */
  readonly withCoupon?: boolean;
}

/** The one way an offer looks: on the kiosk, on the phone and while it is being written at HQ. */
export function OfferCard({ card, language, t, size = 'card', withCoupon = true }: OfferCardProps) {
  const text = textIn(card.text, language);
  if (text === undefined) return null;
  const benefit = benefitText(card.benefit, language, t);
  const reason = card.reason === undefined ? undefined : textIn(card.reason, language);
  return (
    <article class={`offer-card offer-card-${size}`} data-offer={card.offerId}>
      <Picture class="offer-card-picture" source={card.picture} />
      <div class="offer-card-words">
        {benefit !== '' && <p class="offer-card-benefit">{benefit}</p>}
        {card.lowestPrice !== undefined && (
          <p class="lowest-price">{lowestPriceText(card.lowestPrice, language, t)}</p>
        )}
        <h2 class="offer-card-title">{text.title}</h2>
        <div class="offer-card-rest">
          <div class="offer-card-why">
            {text.body !== '' && <p class="offer-card-body">{text.body}</p>}
            {reason !== undefined && <p class="offer-card-reason">{reason}</p>}
            <p class="offer-card-small">
              {t('offer.until', { date: dayText(card.validUntil, language) })}
              {text.terms !== undefined && ` · ${text.terms}`}
            </p>
          </div>
          {withCoupon && card.couponCode !== undefined && (
            <div class="offer-card-coupon">
              <CouponCode code={card.couponCode} title={text.title} t={t} />
            </div>
          )}
        </div>
      </div>
    </article>
  );
}
