import { useState } from 'preact/hooks';
import type { PhoneView } from '../kernel/protocol/phone-api.ts';
import { Button } from '../ui/button.tsx';
import { CouponCode } from '../ui/coupon-code.tsx';
import { textIn } from '../ui/wording.ts';
import { dateText, type PhoneWords } from './words.ts';

type Coupon = PhoneView['coupons'][number];

interface CouponsPageProps {
  readonly i18n: PhoneWords;
  readonly coupons: readonly Coupon[];
}

export function CouponsPage({ i18n, coupons }: CouponsPageProps) {
  const { t } = i18n;
  const [open, setOpen] = useState<string>();
  const now = Date.now();
  const isPast = (coupon: Coupon) => coupon.redeemedAt !== undefined || coupon.validUntil < now;
  const live = coupons.filter((coupon) => !isPast(coupon));
  const past = coupons.filter(isPast);
  return (
    <>
      {live.length === 0 && (
        <div class="empty">
          <p>
            <strong>{t('coupons.none')}</strong>
          </p>
          <p>{t('coupons.none-body')}</p>
        </div>
      )}
      <ul class="coupons">
        {live.map((coupon) => (
          <CouponCard
            key={coupon.couponId}
            i18n={i18n}
            coupon={coupon}
            isOpen={open === coupon.couponId}
            onToggle={() =>
              setOpen((last) => (last === coupon.couponId ? undefined : coupon.couponId))
            }
          />
        ))}
      </ul>
      {past.length > 0 && (
        <section class="past">
          <h2>{t('coupons.past')}</h2>
          <ul>
            {past.map((coupon) => (
              <li key={coupon.couponId}>
                <strong>{textIn(coupon.text, i18n.language.value)?.title}</strong>
                <span>{endText(coupon, i18n)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

interface CouponCardProps {
  readonly i18n: PhoneWords;
  readonly coupon: Coupon;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}
function CouponCard({ i18n, coupon, isOpen, onToggle }: CouponCardProps) {
  const { t } = i18n;
  const language = i18n.language.value;
  const text = textIn(coupon.text, language);
  const title = text?.title ?? '';
  return (
    <li class="coupon">
      <h2>{title}</h2>
      {text !== undefined && text.body !== '' && <p>{text.body}</p>}
      <p class="quiet">
        {t('coupons.until', { date: dateText(coupon.validUntil, language) })}
        {text?.terms !== undefined && ` · ${text.terms}`}
      </p>
      {isOpen && (
        <div class="pass-code">
          <CouponCode code={coupon.code} title={title} t={t} />
          <p class="pass-use">{t('coupons.brighter')}</p>
        </div>
      )}
      <Button aria-expanded={isOpen} onClick={onToggle}>
        {t(isOpen ? 'coupons.hide' : 'coupons.show')}
        <span class="visually-hidden">: {title}</span>
      </Button>
    </li>
  );
}

function endText(coupon: Coupon, { t, language }: PhoneWords): string {
  return coupon.redeemedAt === undefined
    ? t('coupons.over', { date: dateText(coupon.validUntil, language.value) })
    : t('coupons.used', { date: dateText(coupon.redeemedAt, language.value) });
}
