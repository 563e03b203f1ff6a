import { useEffect, useRef } from 'preact/hooks';
import type { OfferCard as Card } from '../../kernel/protocol/kiosk-events.ts';
import { OfferCard } from '../../ui/offer-card.tsx';
import type { ScreenProps } from './screen-props.ts';

interface CardsProps extends Pick<ScreenProps, 'i18n' | 'exposures'> {
  readonly cards: readonly Card[];
  /** Undefined for cards from this disk: nobody decided them now, nothing is reported. */
  readonly decisionId: string | undefined;
}

/** Cards that are watched: once somebody could see them, the edge is told. */
export function Cards({ cards, decisionId, ...props }: CardsProps) {
  return (
    <ul class="cards" data-count={Math.min(cards.length, 5)}>
      {cards.map((card) => (
        <WatchedCard
          key={`${decisionId ?? ''} ${card.offerId}`}
          card={card}
          decisionId={decisionId}
          {...props}
        />
      ))}
    </ul>
  );
}

interface WatchedCardProps extends Omit<CardsProps, 'cards'> {
  readonly card: Card;
}

function WatchedCard({ card, decisionId, i18n, exposures }: WatchedCardProps) {
  const place = useRef<HTMLLIElement>(null);
  const { offerId } = card;
  useEffect(() => {
    if (place.current === null || decisionId === undefined) return undefined;
    return exposures.watch(place.current, decisionId, offerId);
  }, [exposures, decisionId, offerId]);
  return (
    <li ref={place}>
      <OfferCard card={card} language={i18n.language.value} t={i18n.t} />
    </li>
  );
}
