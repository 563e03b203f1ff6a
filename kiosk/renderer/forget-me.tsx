import { Check, LoaderCircle, X } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import type { ScreenProps } from './screen-props.ts';

/** Asked once, in plain words, before all consents are taken back. */
export function ForgetMe({
  kiosk,
  i18n,
  onNo,
}: Pick<ScreenProps, 'kiosk' | 'i18n'> & { readonly onNo: () => void }) {
  const { t } = i18n;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div
      class="cover"
      role="alertdialog"
      aria-modal="true"
      aria-labelledby="forget-title"
      aria-describedby="forget-what"
      tabIndex={-1}
      ref={box}
    >
      <div class="sheet">
        <h1 id="forget-title">{t('forget.title')}</h1>
        <p id="forget-what">{t('forget.what')}</p>
        <div class="sheet-actions">
          <Button kind="primary" onClick={() => kiosk.withdraw()}>
            {t('forget.yes')}
          </Button>
          <Button onClick={onNo}>{t('forget.no')}</Button>
        </div>
      </div>
    </div>
  );
}

/** What came of it, on a screen that is blank by then: it says what was written and what to do, and names nobody. */
export function Forgotten({ kiosk, i18n }: Pick<ScreenProps, 'kiosk' | 'i18n'>) {
  const { t } = i18n;
  const step = kiosk.forgetting.step.value;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [step]);
  if (step === undefined) return null;
  const Icon = icons[step];
  return (
    <div
      class="cover"
      role={step === 'asking' || step === 'written' ? 'dialog' : 'alertdialog'}
      aria-modal="true"
      aria-labelledby="forgotten-title"
      aria-describedby="forgotten-what"
      tabIndex={-1}
      ref={box}
    >
      <div class={`sheet sheet-forgotten-${step}`}>
        <span class="sheet-icon">
          <Icon aria-hidden="true" />
        </span>
        <h1 id="forgotten-title">{t(`forgotten.${step}`)}</h1>
        <p id="forgotten-what" class="soft">
          {t(`forgotten.${step}-what`)}
        </p>
        {step !== 'asking' && (
          <div class="sheet-actions">
            {step === 'unwritten' && (
              <Button kind="primary" onClick={() => kiosk.forgetting.again()}>
                {t('forgotten.again')}
              </Button>
            )}
            <Button onClick={() => kiosk.forgetting.close()}>{t('note.close')}</Button>
          </div>
        )}
      </div>
    </div>
  );
}

const icons = { asking: LoaderCircle, written: Check, unwritten: X, over: X };
