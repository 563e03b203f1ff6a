import { render } from 'preact';
import { createI18n } from '../../ui/i18n.ts';
import '../../ui/tokens.css';
import '../../ui/base.css';
import './kiosk.css';
import { App } from './app.tsx';
import { Exposures } from './exposures.ts';
import type words from './i18n/it.json';
import { createKiosk } from './kiosk.ts';
import { lineLater } from './line.ts';
import { NeverBlank } from './never-blank.tsx';

/** Loads the page anew if its server still answers: an error page is worse than a page that was not reloaded. */
function reloadPage(): void {
  const init = { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(2_000) } as const;
  fetch(location.pathname, init).then(
    (response) => {
      if (response.ok) location.reload();
    },
    () => undefined,
  );
}

const i18n = await createI18n<typeof words>();
const line = lineLater(async () => (await import('./edge-line.ts')).openEdgeLine());
const kiosk = createKiosk(line, i18n, localStorage, reloadPage);
const exposures = new Exposures(
  (exposure) => line.report(exposure),
  () => kiosk.counted(),
);
for (const unwanted of ['contextmenu', 'dragstart', 'dragover', 'drop']) {
  document.addEventListener(unwanted, (event) => event.preventDefault());
}
document.addEventListener('pointerdown', () => kiosk.touch(), { capture: true, passive: true });

const place = document.getElementById('kiosk');
if (place === null) throw new Error('index.html has no #kiosk');
render(
  <NeverBlank t={i18n.t} onBroken={() => localStorage.clear()}>
    <App kiosk={kiosk} i18n={i18n} exposures={exposures} />
  </NeverBlank>,
  place,
);
