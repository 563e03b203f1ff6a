import { useEffect, useState } from 'preact/hooks';
import type { OfferCard as Card } from '../../kernel/protocol/kiosk-events.ts';
import { Button } from '../../ui/button.tsx';
import { OfferCard } from '../../ui/offer-card.tsx';
import type { ScreenProps } from './screen-props.ts';

const TURN_MS = 8_000;

interface AttractProps extends Pick<ScreenProps, 'kiosk' | 'i18n'> {
  readonly cards: readonly Card[];
}

/** What stands here when nobody does: one offer for everybody after the other, nothing of anyone. */
export function Attract({ kiosk, i18n, cards }: AttractProps) {
  const { t, language } = i18n;
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => setTurn((before) => before + 1), TURN_MS);
    return () => window.clearInterval(timer);
  }, []);
  const at = cards.length === 0 ? 0 : turn % cards.length;
  const card = cards[at];
  if (card === undefined) {
    return (
      <div class="attract attract-empty">
        <h1>{t('attract.welcome')}</h1>
        <p>{t('attract.soon')}</p>
      </div>
    );
  }
  return (
    <div class="attract">
      <h1 class="eyebrow">{t('attract.title')}</h1>
      <div class="attract-stage" key={card.offerId}>
        <OfferCard card={card} language={language.value} t={t} size="hero" />
      </div>
      <div class="attract-foot">
        <Button kind="primary" class="attract-touch" onClick={() => kiosk.touch()}>
          {t('attract.touch')}
        </Button>
        <div class="attract-dots" aria-hidden="true">
          {cards.map(({ offerId }, index) => (
            <span key={offerId} data-now={index === at} />
          ))}
        </div>
      </div>
    </div>
  );
}
