import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { LanguageSwitch } from '../../ui/language-switch.tsx';
import { Threshold } from '../../ui/threshold.tsx';
import { AlarmsPage } from './alarms-page.tsx';
import { CustomerPage } from './customer-page.tsx';
import { CustomersPage } from './customers-page.tsx';
import type { Desk } from './desk.ts';
import { OfferPage } from './offer-page.tsx';
import { OffersPage } from './offers-page.tsx';
import { Badge } from './parts.tsx';
import { ResultsPage } from './results-page.tsx';
import { addressOf, type Route } from './route.ts';
import { StoresPage } from './stores-page.tsx';

const SECTIONS = ['stores', 'offers', 'customers', 'alarms'] as const;

interface AppProps {
  readonly desk: Desk;
  readonly route: ReadonlySignal<Route>;
}

export function App({ desk, route }: AppProps) {
  const { t } = desk.i18n;
  const main = useRef<HTMLElement>(null);
  const here = route.value;
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) main.current?.focus(); // a new page is read from its start
    isFirst.current = false;
  }, [here]);
  return (
    <div class="console">
      <aside class="side">
        <p class="brand">
          Soglia <span>{t('app.title')}</span>
        </p>
        <Threshold opening="ajar" />
        <nav aria-label={t('nav.label')}>
          {SECTIONS.map((page) => (
            <a
              key={page}
              href={addressOf({ page })}
              aria-current={sectionOf(here) === page ? 'page' : undefined}
            >
              {t(`nav.${page}`)}
            </a>
          ))}
        </nav>
        <div class="side-end">
          <p role="status">
            <Badge
              tone={desk.live.connected.value ? 'good' : 'waiting'}
              text={t(desk.live.connected.value ? 'live.on' : 'live.off')}
            />
          </p>
          <LanguageSwitch i18n={desk.i18n} onChosen={rememberLanguage} />
        </div>
      </aside>
      <main ref={main} tabIndex={-1}>
        <Page desk={desk} route={here} />
      </main>
    </div>
  );
}

function Page({ desk, route }: { readonly desk: Desk; readonly route: Route }) {
  switch (route.page) {
    case 'stores':
      return <StoresPage desk={desk} />;
    case 'offers':
      return <OffersPage desk={desk} />;
    case 'offer-new':
      return <OfferPage key="+" desk={desk} offerId={undefined} />;
    case 'offer':
      return <OfferPage key={route.offerId} desk={desk} offerId={route.offerId} />;
    case 'results':
      return <ResultsPage key={route.offerId} desk={desk} offerId={route.offerId} />;
    case 'alarms':
      return <AlarmsPage desk={desk} />;
    case 'customers':
      return <CustomersPage desk={desk} />;
    case 'customer':
      return <CustomerPage key={route.customerId} desk={desk} customerId={route.customerId} />;
  }
}

function sectionOf(route: Route): (typeof SECTIONS)[number] {
  switch (route.page) {
    case 'offer-new':
    case 'offer':
    case 'results':
      return 'offers';
    case 'customer':
      return 'customers';
    default:
      return route.page;
  }
}

const LANGUAGE = 'soglia-console-language';
export const rememberedLanguage = () => localStorage.getItem(LANGUAGE) ?? undefined;
function rememberLanguage(language: string) {
  localStorage.setItem(LANGUAGE, language);
}
