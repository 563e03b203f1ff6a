import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import { LanguageSwitch } from '../ui/language-switch.tsx';
import { Threshold, type Opening } from '../ui/threshold.tsx';
import type { PhoneFault } from './fault.ts';
import type { PhoneWords } from './words.ts';

interface PageProps {
  readonly i18n: PhoneWords;
  readonly title: string;
  /** Read out and shown above the title: where in a row of pages this one stands. */
  readonly step?: string;
  readonly opening?: Opening;
  readonly children: ComponentChildren;
  /** What to tap, at the lower end, under the thumb. */
  readonly acts?: ComponentChildren;
  /** The bar that leads to the other pages. */
  readonly bar?: ComponentChildren;
}

/** Every page of the phone: the line, what it says, and at the lower end what to do. */
export function Page({ i18n, title, step, opening = 'closed', children, acts, bar }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    window.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true }); // a new page is read from its heading
  }, [title]);
  return (
    <div class={bar === undefined ? 'page' : 'page page-barred'}>
      <header class="top">
        <p class="brand">Soglia</p>
        <LanguageSwitch i18n={i18n} />
      </header>
      <Threshold opening={opening} />
      <main>
        {step !== undefined && <p class="step">{step}</p>}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </main>
      {acts !== undefined && <div class="acts">{acts}</div>}
      {bar}
    </div>
  );
}

interface FaultNoteProps {
  readonly i18n: PhoneWords;
  readonly fault: PhoneFault;
  readonly onRetry?: () => void;
}
/** What did not work and what to do about it. */
export function FaultNote({ i18n, fault, onRetry }: FaultNoteProps) {
  const { t } = i18n;
  return (
    <div class="fault" role="alert">
      <p>
        <strong>{t('fault.title')}</strong>
      </p>
      <p>{t(`fault.${fault}`)}</p>
      {onRetry !== undefined && <Button onClick={onRetry}>{t('fault.retry')}</Button>}
    </div>
  );
}
