import { ALargeSmall, ArrowDownToLine, Contrast } from 'lucide-preact';
import { Button } from '../../ui/button.tsx';
import { LanguageSwitch } from '../../ui/language-switch.tsx';
import { Qr } from '../../ui/qr.tsx';
import { textIn } from '../../ui/wording.ts';
import type { ScreenProps } from './screen-props.ts';
import { comfort, setComfort, type Comfort } from './comfort.ts';
import type { Frame } from './view.ts';

interface FooterProps extends Pick<ScreenProps, 'i18n'> {
  readonly frame: Frame;
}

const icons = { text: ALargeSmall, contrast: Contrast, reach: ArrowDownToLine };
const choices: readonly Comfort[] = ['text', 'contrast', 'reach'];

/** On every screen: who answers for the data (duty-9), the language, and how the screen is read. */
export function Footer({ frame, i18n }: FooterProps) {
  const { t, language } = i18n;
  const { notice } = frame;
  return (
    <footer class="kiosk-footer">
      <div class="controls">
        <LanguageSwitch i18n={i18n} only={frame.languages} />
        <div class="comfort" role="group" aria-label={t('comfort.title')}>
          {choices.map((which) => {
            const Icon = icons[which];
            const isOn = comfort[which].value;
            return (
              <Button key={which} aria-pressed={isOn} onClick={() => setComfort(which, !isOn)}>
                <Icon aria-hidden="true" />
                <span>{t(`comfort.${which}`)}</span>
              </Button>
            );
          })}
        </div>
      </div>
      {notice !== undefined && (
        <div class="notice">
          <div class="notice-qr">
            <Qr text={notice.url} label={t('notice.qr')} />
          </div>
          <p>{textIn(notice.line, language.value)}</p>
        </div>
      )}
    </footer>
  );
}
