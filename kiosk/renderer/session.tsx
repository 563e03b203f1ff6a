import { useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import type { ScreenProps } from './screen-props.ts';
import { Cards } from './cards.tsx';
import { ForgetMe } from './forget-me.tsx';
import { ScanHint } from './scan-hint.tsx';
import type { Session as SessionState } from './view.ts';

/** One person's own offers; name and points only where the credential allows them. */
export function Session({
  kiosk,
  i18n,
  exposures,
  session,
}: ScreenProps & { readonly session: SessionState }) {
  const { t } = i18n;
  const { personal, offers } = session;
  const [isAsked, ask] = useState(false);
  const hasCoupon = offers.cards.some((card) => card.couponCode !== undefined);
  return (
    <div class="session">
      <div class="session-head">
        <div>
          {personal?.firstName !== undefined && (
            <p class="session-hello">{t('session.hello', { name: personal.firstName })}</p>
          )}
          <h1>{t('session.title')}</h1>
        </div>
        {personal !== undefined && (
          <p class="points">{t('session.points', { count: personal.points })}</p>
        )}
      </div>
      {offers.cards.length === 0 ? (
        <p class="session-none">{t('session.none')}</p>
      ) : (
        <Cards
          cards={offers.cards}
          decisionId={offers.decisionId}
          i18n={i18n}
          exposures={exposures}
        />
      )}
      <div class="actions">
        <ScanHint text={hasCoupon ? t('session.use') : t('scan.hint')} />
        <Button onClick={() => ask(true)}>{t('forget.me')}</Button>
        <Button kind="primary" onClick={() => kiosk.leave()}>
          {t('session.done')}
        </Button>
      </div>
      {isAsked && <ForgetMe kiosk={kiosk} i18n={i18n} onNo={() => ask(false)} />}
    </div>
  );
}
