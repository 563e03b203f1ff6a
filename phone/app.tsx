import { CreditCard, ListChecks, Ticket } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import { CardPage } from './card-page.tsx';
import { ChoicesPage } from './choices-page.tsx';
import { Confirming } from './confirming.tsx';
import { CouponsPage } from './coupons-page.tsx';
import { Doorway } from './doorway.tsx';
import type { Errand } from './fragment.ts';
import { Joining } from './joining.tsx';
import { Page } from './page.tsx';
import type { Shopper } from './shopper.ts';
import type { PhoneWords } from './words.ts';

interface AppProps {
  readonly i18n: PhoneWords;
  readonly shopper: Shopper;
  readonly errand: Errand;
  readonly onDone: () => void;
}

/** What the page was opened for comes first; then the card. */
export function App({ i18n, shopper, errand, onDone }: AppProps) {
  const { t } = i18n;
  const [isJoining] = useState(errand.kind === 'join' && shopper.phone.value === undefined);
  const phone = shopper.phone.value;
  const toCard = (
    <Button kind="primary" onClick={onDone}>
      {t('confirm.card')}
    </Button>
  );
  if (errand.kind === 'unreadable') {
    return (
      <Page i18n={i18n} title={t('torn.title')} acts={phone === undefined ? undefined : toCard}>
        <p class="lead">{t('torn.body')}</p>
        <Doorway opening="closed" />
      </Page>
    );
  }
  if (errand.kind === 'join' && isJoining) {
    return <Joining i18n={i18n} shopper={shopper} joinToken={errand.joinToken} onDone={onDone} />;
  }
  if (phone === undefined) {
    const isAsked = errand.kind === 'confirm';
    return (
      <Page i18n={i18n} title={t(isAsked ? 'confirm.no-card' : 'empty.title')}>
        <p class="lead">{t(isAsked ? 'confirm.no-card-body' : 'empty.body')}</p>
        <Doorway opening="closed" />
      </Page>
    );
  }
  switch (errand.kind) {
    case 'confirm':
      return <Confirming i18n={i18n} shopper={shopper} errand={errand} onDone={onDone} />;
    case 'join':
      return (
        <Page i18n={i18n} title={t('already.title')} acts={toCard}>
          <p class="lead">{t('already.body', { number: phone.cardNumber })}</p>
          <Doorway opening="open" />
        </Page>
      );
    case 'none':
      return <Home i18n={i18n} shopper={shopper} />;
  }
}

const TABS = ['card', 'coupons', 'choices'] as const;
const ICONS = { card: CreditCard, coupons: Ticket, choices: ListChecks };
const REFRESH_MS = 30_000;

function Home({ i18n, shopper }: { readonly i18n: PhoneWords; readonly shopper: Shopper }) {
  const { t } = i18n;
  const [tab, setTab] = useState<(typeof TABS)[number]>('card');
  const phone = shopper.phone.value;
  const view = shopper.view.value;
  useFreshView(shopper);
  if (phone === undefined) return null;
  const title =
    tab === 'card' && view?.firstName !== undefined
      ? t('card.hello', { name: view.firstName })
      : t(`${tab}.title`);
  return (
    <Page
      i18n={i18n}
      title={title}
      opening="open"
      bar={
        <nav class="bar" aria-label={t('nav.label')}>
          {TABS.map((one) => {
            const Icon = ICONS[one];
            return (
              <button
                key={one}
                type="button"
                aria-current={tab === one ? 'page' : undefined}
                onClick={() => setTab(one)}
              >
                <Icon aria-hidden="true" />
                {t(`nav.${one}`)}
              </button>
            );
          })}
        </nav>
      }
    >
      <Trouble i18n={i18n} shopper={shopper} />
      {tab === 'card' && (
        <>
          {view !== undefined && (
            <p class="points-now">{t('card.points', { count: view.points })}</p>
          )}
          <CardPage i18n={i18n} phone={phone} />
        </>
      )}
      {tab === 'coupons' && <CouponsPage i18n={i18n} coupons={view?.coupons ?? []} />}
      {tab === 'choices' && <ChoicesPage i18n={i18n} shopper={shopper} />}
    </Page>
  );
}

/** Away from head office is no fault of the card's: one quiet line. Anything else says what to do. */
function Trouble({ i18n, shopper }: { readonly i18n: PhoneWords; readonly shopper: Shopper }) {
  const trouble = shopper.trouble.value;
  return (
    <p class={trouble === undefined ? 'line' : 'line line-shown'} role="status">
      {trouble === 'unreachable' && i18n.t('offline.short')}
      {trouble !== undefined && trouble !== 'unreachable' && i18n.t(`fault.${trouble}`)}
    </p>
  );
}

/** Read at once, when the phone wakes or is back on line, and every 30 s while somebody looks. */
function useFreshView(shopper: Shopper): void {
  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState === 'visible') void shopper.refresh();
    };
    refresh();
    const timer = window.setInterval(refresh, REFRESH_MS);
    document.addEventListener('visibilitychange', refresh);
    window.addEventListener('online', refresh);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener('visibilitychange', refresh);
      window.removeEventListener('online', refresh);
    };
  }, [shopper]);
}
