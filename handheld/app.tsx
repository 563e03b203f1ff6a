import type { ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { HandheldState } from '../kernel/protocol/handheld-events.ts';
import type { EdgeSocket } from '../ui/edge-socket.ts';
import { LanguageSwitch } from '../ui/language-switch.tsx';
import { SimulatedMark } from '../ui/simulated-mark.tsx';
import { Threshold } from '../ui/threshold.tsx';
import { CodeForm } from './code-form.tsx';
import type { HandheldI18n } from './key.ts';
import { ResultView } from './result-view.tsx';
import type { Till } from './till.ts';
import { listenForWedge } from './wedge-listener.ts';

interface AppProps {
  readonly edge: EdgeSocket<HandheldState>;
  readonly till: Till;
  readonly i18n: HandheldI18n;
  readonly isEnrolled: ReadonlySignal<boolean>;
  readonly onCode: (code: string) => void;
}

/** One hand, 360 px: the answer above, what the thumb needs below. */
export function App({ edge, till, i18n, isEnrolled, onCode }: AppProps) {
  const { t } = i18n;
  const state = edge.state.value;
  useEffect(() => listenForWedge((code) => till.scan(code)), [till]);
  if (!isEnrolled.value) {
    return (
      <main class="handheld handheld-enrol">
        <h1>{t('enrol.title')}</h1>
        <p>{t('enrol.next')}</p>
        <CodeForm label={t('enrol.label')} action={t('enrol.do')} onCode={onCode} />
        <LanguageSwitch i18n={i18n} />
      </main>
    );
  }
  const hasResult = till.result.value.kind !== 'nothing';
  return (
    <div class="handheld">
      <header class="handheld-header">
        <p class="handheld-store">{state?.storeName ?? 'Soglia'}</p>
        <Line edge={edge} i18n={i18n} />
        {state?.simulated === true && <SimulatedMark t={t} />}
      </header>
      <Threshold opening={hasResult ? 'open' : 'closed'} />
      <main class="handheld-main" aria-live="assertive">
        <ResultView
          till={till}
          i18n={i18n}
          isAway={!edge.connected.value}
          kiosks={state?.kiosks ?? []}
        />
      </main>
      <footer class="handheld-footer">
        <CodeForm
          label={t('scan.label')}
          action={t('scan.send')}
          onCode={(code) => till.scan(code)}
        />
        <LanguageSwitch i18n={i18n} />
      </footer>
    </div>
  );
}

function Line({ edge, i18n }: Pick<AppProps, 'edge' | 'i18n'>) {
  const { t } = i18n;
  if (!edge.connected.value) return <p class="line line-away">{t('line.away')}</p>;
  const { hqReachable = true, waiting = 0, personalFeatures } = edge.state.value ?? {};
  const isPersonalOff = personalFeatures?.kind === 'off';
  return (
    <p class={`line ${hqReachable && !isPersonalOff ? '' : 'line-waiting'}`}>
      {t(hqReachable ? 'line.hq' : 'line.no-hq')}
      {isPersonalOff && ` · ${t('line.personal-off')}`}
      {waiting > 0 && ` · ${t('line.waiting', { count: waiting })}`}
    </p>
  );
}
