import '../ui/no-eval.ts';
import '../ui/tokens.css';
import '../ui/base.css';
import './phone.css';
import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { matchCodeOf } from '../kernel/credentials/match-code.ts';
import { webCrypto } from '../ui/crypto.ts';
import { createI18n } from '../ui/i18n.ts';
import { App } from './app.tsx';
import { browserPlatform } from './browser-platform.ts';
import { faultOf } from './fault.ts';
import { errandOf, type Errand } from './fragment.ts';
import type words from './i18n/it.json';
import { indexedKeeping } from './keeping.ts';
import { FaultNote, Page } from './page.tsx';
import { openShopper } from './shopper.ts';

/** What the page was opened for. It leaves the address at once: it may carry a one-time token. */
function takeErrand(): Errand {
  const errand = errandOf(location.hash);
  if (location.hash !== '') history.replaceState(null, '', location.pathname);
  return errand;
}

/** The symbols to compare are made here from the nonce that will be signed: a forged link cannot choose them. */
async function honest(errand: Errand): Promise<Errand> {
  if (errand.kind !== 'confirm') return errand;
  const isMade = (await matchCodeOf(webCrypto, errand.nonce)) === errand.matchCode;
  return isMade ? errand : { kind: 'unreadable', was: 'confirm' };
}

const root = document.getElementById('app') ?? document.body;
const taken = takeErrand();
const i18n = await createI18n<typeof words>({
  preferred: navigator.languages.map((tag) => tag.slice(0, 2)),
});
effect(() => {
  document.title = i18n.t('app.title');
});
try {
  const keeping = indexedKeeping();
  const shopper = await openShopper(browserPlatform(keeping), keeping, location.origin);
  const opened = signal({ errand: await honest(taken), round: 0 });
  const open = (errand: Errand) => (opened.value = { errand, round: opened.value.round + 1 });
  window.addEventListener('hashchange', () => {
    // Another QR opened in this very tab.
    if (location.hash !== '') void honest(takeErrand()).then(open);
  });
  if (shopper.phone.value !== undefined) i18n.use(shopper.phone.value.language);
  const Root = () => (
    <App
      key={opened.value.round}
      i18n={i18n}
      shopper={shopper}
      errand={opened.value.errand}
      onDone={() => open({ kind: 'none' })}
    />
  );
  render(<Root />, root);
} catch (error) {
  render(
    <Page i18n={i18n} title={i18n.t('empty.title')}>
      <FaultNote i18n={i18n} fault={faultOf(error)} />
    </Page>,
    root,
  );
}
if ('serviceWorker' in navigator) {
  // Keeps the page itself, so that card and code open without a line. Without it they need one: no reason to stop.
  navigator.serviceWorker.register('./service-worker.js').catch(() => undefined);
}
