import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import type { ScreenProps } from './screen-props.ts';

/** Before the session is wiped: said in words and by sound, and put off by one touch, any number of times. */
export function IdleWarning({ kiosk, i18n }: ScreenProps) {
  const seconds = kiosk.warning.value;
  const isShown = seconds !== undefined;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isShown) box.current?.focus();
  }, [isShown]);
  if (seconds === undefined) return null;
  const { t } = i18n;
  return (
    <div
      class="cover"
      role="alertdialog"
      aria-modal="true"
      aria-labelledby="idle-title"
      aria-describedby="idle-left"
      tabIndex={-1}
      ref={box}
    >
      <div class="sheet sheet-idle">
        <p class="idle-seconds" aria-hidden="true">
          {seconds}
        </p>
        <h1 id="idle-title">{t('idle.title')}</h1>
        <p id="idle-left">{t('idle.left', { count: seconds })}</p>
        <div class="sheet-actions">
          <Button kind="primary" onClick={() => kiosk.stay()}>
            {t('idle.stay')}
          </Button>
          <Button onClick={() => kiosk.leave()}>{t('session.done')}</Button>
        </div>
      </div>
    </div>
  );
}
