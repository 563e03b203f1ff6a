import { Check, CircleHelp, X } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import type { Refusal } from '../kernel/protocol/handheld-events.ts';
import { Button } from '../ui/button.tsx';
import { OfferCard } from '../ui/offer-card.tsx';
import { priceText, textIn, weightText } from '../ui/wording.ts';
import type { HandheldI18n } from './key.ts';
import { meaningOf, type Result, type Till } from './till.ts';

interface ResultViewProps {
  readonly till: Till;
  readonly i18n: HandheldI18n;
  readonly isAway: boolean;
  /** Where a checked person's session can be opened. */
  readonly kiosks: readonly string[];
}

const whatAgain = { scan: 'scan.send', redeem: 'redeem.do', check: 'check.do' } as const;
const icons = { yes: Check, no: X, ask: CircleHelp };

export function ResultView({ till, i18n, isAway, kiosks }: ResultViewProps) {
  const { t } = i18n;
  const result = till.result.value;
  if (result.kind === 'nothing') return <p class="invite">{t('scan.invite')}</p>;
  if (result.kind === 'asking') return <p class="invite">{t('scan.busy')}</p>;
  const meaning = meaningOf(result);
  const Icon = icons[meaning];
  return (
    <div class={`result result-${meaning}`} data-meaning={meaning}>
      <div class="result-head">
        <Icon aria-hidden="true" />
        <h1>{titleOf(result, i18n)}</h1>
      </div>
      <div class="result-body">
        <Details result={result} till={till} i18n={i18n} isAway={isAway} />
        <Actions result={result} till={till} i18n={i18n} isAway={isAway} kiosks={kiosks} />
      </div>
    </div>
  );
}

type Shown = Exclude<Result, { kind: 'nothing' | 'asking' }>;

function titleOf(result: Shown, { t }: HandheldI18n): string {
  switch (result.kind) {
    case 'redeemed':
      return t('redeem.done');
    case 'refused':
      return t(`refused.${result.reason}`);
    case 'checked':
      return t('check.done');
    case 'not-checked':
      return t(`not-checked.${result.reason}`);
    case 'not-now':
      return t('redeem.not-now');
    case 'unsure':
      return t('redeem.unsure');
    case 'verdict': {
      const { verdict } = result;
      if (verdict.kind === 'coupon' && verdict.refusal !== undefined)
        return t(`refused.${verdict.refusal}`);
      if (verdict.kind === 'unknown-code' && verdict.coupon !== undefined)
        return t('verdict.foreign-coupon');
      return t(`verdict.${verdict.kind}`);
    }
  }
}

function Details({
  result,
  till,
  i18n,
  isAway,
}: Omit<ResultViewProps, 'kiosks'> & { readonly result: Shown }) {
  const { t } = i18n;
  switch (result.kind) {
    case 'redeemed':
      return <p>{t('redeem.done-next')}</p>;
    case 'refused':
      return <p>{whyNot(result.reason, result.redeemedAt, i18n)}</p>;
    case 'checked':
      return <Checked result={result} till={till} i18n={i18n} isAway={isAway} />;
    case 'not-checked':
      return <p>{t(`not-checked.${result.reason}-next`)}</p>;
    case 'not-now':
      return <p>{t('redeem.not-now-next')}</p>;
    case 'unsure':
      return <p>{t('redeem.unsure-next')}</p>;
    case 'verdict':
      return <VerdictDetails verdict={result.verdict} i18n={i18n} />;
  }
}

function VerdictDetails({
  verdict,
  i18n,
}: {
  readonly verdict: Extract<Shown, { kind: 'verdict' }>['verdict'];
  readonly i18n: HandheldI18n;
}): ComponentChildren {
  const { t } = i18n;
  const language = i18n.language.value;
  switch (verdict.kind) {
    case 'product': {
      const { product, offers } = verdict;
      const place = product.place === undefined ? undefined : textIn(product.place, language);
      return (
        <>
          <p class="product-name">{textIn(product.name, language)}</p>
          <p class="product-price">
            {priceText(product.price, language)}
            {product.weightG !== undefined && ` · ${weightText(product.weightG, language)}`}
          </p>
          {place !== undefined && <p>{place}</p>}
          {offers.map((card) => (
            <OfferCard key={card.offerId} card={card} language={language} t={t} />
          ))}
        </>
      );
    }
    case 'coupon':
      return (
        <>
          {verdict.refusal !== undefined && (
            <p>{whyNot(verdict.refusal, verdict.redeemedAt, i18n)}</p>
          )}
          <OfferCard card={verdict.card} language={language} t={t} withCoupon={false} />
        </>
      );
    case 'member':
      if (verdict.brief.length === 0) return <p>{t('verdict.member-quiet')}</p>;
      return <Brief lines={verdict.brief} language={language} />;
    case 'points-follow':
      return <p>{t('verdict.points-follow-next')}</p>;
    case 'unknown-product':
      return <p>{t('verdict.unknown-product-next', { gtin: verdict.gtin })}</p>;
    case 'unknown-code':
      if (verdict.coupon === undefined) return <p>{t('verdict.unknown-code-next')}</p>;
      return (
        <>
          {verdict.coupon.amount !== undefined && (
            <p class="product-price">{priceText(verdict.coupon.amount, language)}</p>
          )}
          <p>{t('verdict.foreign-coupon-next')}</p>
        </>
      );
    case 'misread':
      return <p>{t('verdict.misread-next')}</p>;
  }
}

function Brief({
  lines,
  language,
}: {
  readonly lines: readonly Readonly<Record<string, string>>[];
  readonly language: string;
}) {
  return (
    <ul class="brief">
      {lines.map((line, index) => (
        <li key={index}>{textIn(line, language)}</li>
      ))}
    </ul>
  );
}

/** What staff see of a person whom they have checked: the brief, and their coupons, each to be used by one press. */
function Checked({
  result,
  till,
  i18n,
  isAway,
}: Omit<ResultViewProps, 'kiosks'> & {
  readonly result: Extract<Shown, { kind: 'checked' }>;
}) {
  const { t } = i18n;
  const language = i18n.language.value;
  const { brief, coupons, checkId, openedAt } = result;
  return (
    <>
      {openedAt !== undefined && <p role="status">{t('check.opened', { station: openedAt })}</p>}
      <Brief lines={brief} language={language} />
      {coupons.length === 0 && <p>{t('check.no-coupons')}</p>}
      {coupons.map((card) => (
        <div class="held-coupon" key={card.couponCode}>
          <OfferCard card={card} language={language} t={t} withCoupon={false} />
          <Button disabled={isAway} onClick={() => till.redeem(card.couponCode ?? '', checkId)}>
            {isAway ? t('redeem.not-now') : t('redeem.do')}
          </Button>
        </div>
      ))}
    </>
  );
}

function Actions({
  result,
  till,
  i18n,
  isAway,
  kiosks,
}: ResultViewProps & { readonly result: Shown }) {
  const { t } = i18n;
  const member = result.kind === 'verdict' && result.verdict.kind === 'member' && result.verdict;
  const checkId = member ? member.checkId : undefined;
  const again = result.kind === 'redeemed' ? result.checkId : undefined;
  const coupon = result.kind === 'verdict' && result.verdict.kind === 'coupon' ? result : undefined;
  const isRedeemable = coupon?.verdict.kind === 'coupon' && coupon.verdict.refusal === undefined;
  return (
    <div class="result-actions">
      {coupon !== undefined && isRedeemable && (
        <Button kind="primary" disabled={isAway} onClick={() => till.redeem(coupon.code)}>
          {isAway ? t('redeem.not-now') : t('redeem.do')}
        </Button>
      )}
      {checkId !== undefined && (
        <>
          <p>{t('check.what')}</p>
          <Button kind="primary" disabled={isAway} onClick={() => till.check(checkId)}>
            {isAway ? t('redeem.not-now') : t('check.do')}
          </Button>
        </>
      )}
      {result.kind === 'checked' &&
        kiosks
          .filter((station) => station !== result.openedAt)
          .map((station) => (
            <Button
              key={station}
              disabled={isAway}
              onClick={() => till.check(result.checkId, station)}
            >
              {t('check.open-at', { station })}
            </Button>
          ))}
      {again !== undefined && (
        <Button kind="primary" onClick={() => till.check(again)}>
          {t('check.back')}
        </Button>
      )}
      {result.kind === 'unsure' && (
        <Button kind="primary" onClick={result.again}>
          {t(whatAgain[result.asked])}
        </Button>
      )}
      <Button onClick={() => till.clear()}>{t('scan.again')}</Button>
    </div>
  );
}

function whyNot(reason: Refusal, redeemedAt: number | undefined, i18n: HandheldI18n): string {
  const { t, language } = i18n;
  if (reason !== 'already-used') return t(`refused.${reason}-next`);
  if (redeemedAt === undefined) return t('refused.already-used-sometime');
  const format = new Intl.DateTimeFormat(language.value, { dateStyle: 'long', timeStyle: 'short' });
  return t('refused.already-used-next', { when: format.format(redeemedAt) });
}
