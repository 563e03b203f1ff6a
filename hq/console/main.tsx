import '../../ui/no-eval.ts';
import '../../ui/tokens.css';
import '../../ui/base.css';
import './console.css';
import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { createI18n } from '../../ui/i18n.ts';
import { App, rememberedLanguage } from './app.tsx';
import type { Desk } from './desk.ts';
import { openSession, readStores } from './head-office.ts';
import type words from './i18n/it.json';
import { openLive } from './live.ts';
import { RequestFailed } from './request.ts';
import { followAddress, tokenFromAddress } from './route.ts';
import { SignIn } from './sign-in.tsx';

type Stage = 'no-link' | 'going' | { readonly failed: unknown } | { readonly desk: Desk };

const root = document.getElementById('app') ?? document.body;
let token = tokenFromAddress();
const remembered = rememberedLanguage();
const i18n = await createI18n<typeof words>({
  preferred: [
    ...(remembered === undefined ? [] : [remembered]),
    ...navigator.languages.map((tag) => tag.slice(0, 2)),
  ],
});
const route = followAddress();
const stage = signal<Stage>('going');
const live = { current: undefined as ReturnType<typeof openLive> | undefined };

const onSignedOut = () => (stage.value = 'no-link');
/** Spends the link's token if there is one; a cookie from earlier will do as well. */
const enter = async () => {
  stage.value = 'going';
  const spent = token;
  try {
    if (spent !== undefined) await openSession(spent);
    token = undefined;
    await readStores();
    live.current ??= openLive();
    stage.value = { desk: { i18n, live: live.current, onSignedOut } };
  } catch (error) {
    const isKnown = error instanceof RequestFailed;
    if (isKnown && error.kind === 'signed-out' && spent === undefined) stage.value = 'no-link';
    else stage.value = { failed: error };
  }
};

effect(() => {
  document.title = `Soglia · ${i18n.t('app.title')}`;
});
function Root() {
  const now = stage.value;
  if (typeof now === 'object' && 'desk' in now) return <App desk={now.desk} route={route} />;
  return <SignIn i18n={i18n} state={now} onRetry={() => void enter()} />;
}
render(<Root />, root);
// A fresh link opened in this very tab changes the address only.
window.addEventListener('hashchange', () => {
  token = tokenFromAddress();
  if (token !== undefined) void enter();
});
void enter();
