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
