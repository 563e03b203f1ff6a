import { LanguageSwitch } from '../../ui/language-switch.tsx';
import { Threshold } from '../../ui/threshold.tsx';
import { TroubleNote } from './parts.tsx';
import { RequestFailed } from './request.ts';
import type { ConsoleWords } from './words.ts';

interface SignInProps {
  readonly i18n: ConsoleWords;
  readonly state: 'no-link' | 'going' | { readonly failed: unknown };
  readonly onRetry: () => void;
}

/** How to get in: there is no password, only a link that works once. */
export function SignIn({ i18n, state, onRetry }: SignInProps) {
  const { t } = i18n;
  const isFailed = typeof state === 'object';
  const isAway =
    isFailed && state.failed instanceof RequestFailed && state.failed.kind === 'unreachable';
  return (
    <main class="sign-in">
      <LanguageSwitch i18n={i18n} />
      <div>
        <p class="brand">
          Soglia <span>{t('app.title')}</span>
        </p>
        <Threshold opening="closed" />
        <h1>{t('sign-in.title')}</h1>
        {state === 'going' && <p role="status">{t('sign-in.going')}</p>}
        {isAway && <TroubleNote error={state.failed} onRetry={onRetry} t={t} />}
        {state !== 'going' && !isAway && (
          <div role={isFailed ? 'alert' : undefined}>
            <p>{t(isFailed ? 'sign-in.spent' : 'sign-in.body')}</p>
            <p class="command">npx soglia console-link</p>
          </div>
        )}
      </div>
    </main>
  );
}
