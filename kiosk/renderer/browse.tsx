import type { OfferCard as Card } from '../../kernel/protocol/kiosk-events.ts';
import { Button } from '../../ui/button.tsx';
import type { ScreenProps } from './screen-props.ts';
import { Cards } from './cards.tsx';
import { ScanHint } from './scan-hint.tsx';

interface BrowseProps extends ScreenProps {
  readonly cards: readonly Card[];
  readonly decisionId: string | undefined;
}

/** Somebody touched the screen: every offer for everybody, at once. */
export function Browse({ kiosk, i18n, exposures, cards, decisionId }: BrowseProps) {
  const { t } = i18n;
  return (
    <div class="browse">
      <h1>{t('browse.title')}</h1>
      <Cards cards={cards} decisionId={decisionId} i18n={i18n} exposures={exposures} />
      <div class="actions">
        <ScanHint text={t('scan.hint')} />
        <Button kind="primary" onClick={() => kiosk.leave()}>
          {t('browse.done')}
        </Button>
      </div>
    </div>
  );
}
