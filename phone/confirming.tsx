import { useState } from 'preact/hooks';
import type { ConfirmationOutcome } from '../kernel/protocol/relay.ts';
import { Button } from '../ui/button.tsx';
import { Doorway } from './doorway.tsx';
import { faultOf, type PhoneFault } from './fault.ts';
import type { Errand } from './fragment.ts';
import { FaultNote, Page } from './page.tsx';
import type { Shopper } from './shopper.ts';
import type { PhoneWords } from './words.ts';

interface ConfirmingProps {
  readonly i18n: PhoneWords;
  readonly shopper: Shopper;
  readonly errand: Extract<Errand, { kind: 'confirm' }>;
  readonly onDone: () => void;
}
type State = 'comparing' | 'asking' | 'denied' | ConfirmationOutcome;

/** The kiosk asks who is there: the person compares four symbols and says so, or not. */
export function Confirming({ i18n, shopper, errand, onDone }: ConfirmingProps) {
  const { t } = i18n;
  const [state, setState] = useState<State>('comparing');
  const [fault, setFault] = useState<PhoneFault>();

  const confirm = async () => {
    setFault(undefined);
    setState('asking');
    try {
      setState(await shopper.confirm(errand));
    } catch (error) {
      setFault(faultOf(error));
      setState('comparing');
    }
  };
  const toCard = (
    <Button kind="primary" onClick={onDone}>
      {t('confirm.card')}
    </Button>
  );
  if (typeof state === 'object') {
    const isOpen = state.kind === 'opened';
    return (
      <Page
        i18n={i18n}
        title={t(isOpen ? 'confirm.opened' : 'confirm.refused')}
        opening={isOpen ? 'open' : 'closed'}
        acts={toCard}
      >
        <p class="lead" role="status">
          {isOpen ? t('confirm.opened-body') : t(`confirm.${state.reason}`)}
        </p>
        <Doorway opening={isOpen ? 'open' : 'closed'} />
      </Page>
    );
  }
  if (state === 'denied') {
    return (
      <Page i18n={i18n} title={t('confirm.not-me')} acts={toCard}>
        <p class="lead">{t('confirm.not-me-body')}</p>
        <Doorway opening="closed" />
      </Page>
    );
  }
  const isAsking = state === 'asking';
  return (
    <Page
      i18n={i18n}
      title={t('confirm.title')}
      opening="ajar"
      acts={
        <>
          <p class="acts-note" role="status">
            {isAsking ? t('confirm.asking') : ''}
          </p>
          <div class="acts-pair">
            <Button disabled={isAsking} onClick={() => setState('denied')}>
              {t('confirm.no')}
            </Button>
            <Button kind="primary" disabled={isAsking} onClick={() => void confirm()}>
              {t('confirm.yes')}
            </Button>
          </div>
        </>
      }
    >
      <p class="lead">{t('confirm.body')}</p>
      <p
        class="symbols"
        role="img"
        aria-label={t('confirm.symbols', { symbols: errand.matchCode.split('').join(' ') })}
      >
        {errand.matchCode}
      </p>
      <p>{t('confirm.what')}</p>
      {fault !== undefined && <FaultNote i18n={i18n} fault={fault} />}
    </Page>
  );
}
