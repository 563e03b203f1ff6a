import type { Challenge } from '../../kernel/protocol/kiosk-events.ts';
import { Qr } from '../../ui/qr.tsx';
import type { ScreenProps } from './screen-props.ts';
import { Cards } from './cards.tsx';
import { ScanHint } from './scan-hint.tsx';
import type { Cards as Offers } from './view.ts';

interface PromptProps extends Omit<ScreenProps, 'kiosk'> {
  readonly offers: Offers;
  readonly challenge: Challenge;
}

/** Somebody who agreed to it is near. The question names nobody and is answered on one's own phone. */
export function Prompt({ i18n, exposures, offers, challenge }: PromptProps) {
  const { t } = i18n;
  const symbols = Array.from(challenge.matchCode);
  return (
    <div class="prompt">
      <section class="prompt-question">
        <h1>{t('prompt.question')}</h1>
        <div class="prompt-answer">
          <div class="prompt-qr">
            <Qr text={challenge.url} label={t('prompt.qr')} />
          </div>
          <div class="prompt-steps">
            <p>{t('prompt.phone')}</p>
            <p class="eyebrow">{t('prompt.match')}</p>
            <p class="match-code" aria-label={symbols.join(' ')} role="img">
              {symbols.map((symbol, index) => (
                <span key={index}>{symbol}</span>
              ))}
            </p>
          </div>
        </div>
        <ScanHint text={t('prompt.card')} />
        <p class="soft">{t('prompt.no')}</p>
      </section>
      <section class="prompt-rest">
        <h2 class="eyebrow">{t('attract.title')}</h2>
        <Cards
          cards={offers.cards.slice(0, 2)}
          decisionId={offers.decisionId}
          i18n={i18n}
          exposures={exposures}
        />
      </section>
    </div>
  );
}
