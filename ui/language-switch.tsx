import type { I18n } from './i18n.ts';
import { Button } from './button.tsx';

interface LanguageSwitchProps {
  readonly i18n: I18n<never>;
  /** Which of the page's languages to offer; all of them if left out. */
  readonly only?: readonly string[];
  /** Called with the language that a hand chose, after it was put into use. */
  readonly onChosen?: (language: string) => void;
}

/** One button for each language, by its own name. No flags: a language is not a country. */
export function LanguageSwitch({ i18n, only, onChosen }: LanguageSwitchProps) {
  const offered = i18n.languages.value.filter((code) => only === undefined || only.includes(code));
  if (offered.length < 2) return null;
  const choose = (code: string) => {
    i18n.use(code);
    onChosen?.(code);
  };
  return (
    <div class="language-switch" role="group" aria-label={i18n.t('language.choose')}>
      {offered.map((code) => (
        <Button
          key={code}
          lang={code}
          aria-pressed={code === i18n.language.value}
          onClick={() => choose(code)}
        >
          {i18n.nameOf(code)}
        </Button>
      ))}
    </div>
  );
}
