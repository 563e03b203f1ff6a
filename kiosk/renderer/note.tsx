import { Check, CircleHelp, X } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import type { KioskNote } from '../../kernel/protocol/kiosk-events.ts';
import { Button } from '../../ui/button.tsx';
import { Picture } from '../../ui/picture.tsx';
import { lowestPriceText, priceText, textIn, weightText } from '../../ui/wording.ts';
import type { ScreenProps } from './screen-props.ts';
import { Cards } from './cards.tsx';

type NoteProps = ScreenProps & { readonly note: KioskNote };

/** The answer to a scan, on top of what stood there, for some seconds or until it is put away. */
export function Note(props: NoteProps) {
  const { kiosk, i18n, note } = props;
  const sheet = useRef<HTMLDivElement>(null);
  useEffect(() => sheet.current?.focus(), [note]);
  return (
    <div
      class="cover"
      role="dialog"
      aria-modal="true"
      aria-labelledby="note-title"
      tabIndex={-1}
      ref={sheet}
    >
      <div class={`sheet sheet-${note.kind}`}>
        {note.kind === 'product' ? (
          <ProductNote {...props} note={note} />
        ) : (
          <CouponNote i18n={i18n} note={note} />
        )}
        <Button kind="primary" onClick={() => kiosk.closeNote()}>
          {i18n.t('note.close')}
        </Button>
      </div>
    </div>
  );
}

function ProductNote({
  i18n,
  exposures,
  note,
}: NoteProps & { readonly note: Extract<KioskNote, { kind: 'product' }> }) {
  const { t, language } = i18n;
  const { product, offers } = note;
  const place = product.place === undefined ? undefined : textIn(product.place, language.value);
  return (
    <>
      <div class="product">
        <Picture class="product-picture" source={product.picture} />
        <div>
          <h1 id="note-title">{textIn(product.name, language.value)}</h1>
          <p class="product-price">
            {priceText(product.price, language.value)}
            {product.weightG !== undefined && ` · ${weightText(product.weightG, language.value)}`}
          </p>
          {product.lowestPrice !== undefined && (
            <p class="lowest-price">{lowestPriceText(product.lowestPrice, language.value, t)}</p>
          )}
          {place !== undefined && <p class="soft">{place}</p>}
        </div>
      </div>
      {offers.cards.length === 0 ? (
        <p class="soft">{t('note.no-product-offers')}</p>
      ) : (
        <section class="product-offers">
          <h2 class="eyebrow">{t('note.product-offers')}</h2>
          <Cards
            cards={offers.cards.slice(0, 2)}
            decisionId={offers.decisionId}
            i18n={i18n}
            exposures={exposures}
          />
        </section>
      )}
    </>
  );
}

function CouponNote({
  i18n,
  note,
}: Pick<NoteProps, 'i18n'> & { readonly note: Exclude<KioskNote, { kind: 'product' }> }) {
  const { t, language } = i18n;
  const foreign = note.kind === 'unknown-code' ? note.coupon : undefined;
  const key =
    foreign !== undefined
      ? 'foreign-coupon'
      : note.kind === 'not-redeemed'
        ? note.reason
        : note.kind === 'card-not-known' && note.personalOff === true
          ? 'personal-off'
          : note.kind;
  const isMaybeACard = note.kind === 'unknown-code' && note.personalOff === true;
  const Icon = icons[note.kind];
  const title =
    note.kind === 'redeemed' ? textIn(note.card.text, language.value)?.title : undefined;
  return (
    <>
      <span class="sheet-icon">
        <Icon aria-hidden="true" />
      </span>
      <h1 id="note-title">{t(`note.${key}`)}</h1>
      {title !== undefined && <p class="sheet-what">{title}</p>}
      {foreign?.amount !== undefined && (
        <p class="sheet-what">{priceText(foreign.amount, language.value)}</p>
      )}
      <p class="soft">{t(`note.${key}-body`)}</p>
      {isMaybeACard && <p class="soft">{t('note.personal-off-body')}</p>}
    </>
  );
}

/** A mark for each meaning, beside its colour and its words. */
const icons = {
  redeemed: Check,
  'not-redeemed': X,
  'unknown-code': CircleHelp,
  'card-not-known': CircleHelp,
  'points-follow': Check,
};
