import { useEffect, useState } from 'preact/hooks';
import type { ConsentText } from '../kernel/protocol/phone-api.ts';
import { Button } from '../ui/button.tsx';
import { faultOf, type PhoneFault } from './fault.ts';
import { FaultNote } from './page.tsx';
import { consentIn, type Shopper } from './shopper.ts';
import { dateText, type PhoneWords } from './words.ts';

interface ChoicesPageProps {
  readonly i18n: PhoneWords;
  readonly shopper: Shopper;
}

/** Each purpose with its whole text and one button: a yes and its withdrawal take one tap each (duty-5). */
export function ChoicesPage({ i18n, shopper }: ChoicesPageProps) {
  const { t } = i18n;
  const language = i18n.language.value;
  const [texts, setTexts] = useState<readonly ConsentText[]>([]);
  const [fault, setFault] = useState<PhoneFault>();
  const [saving, setSaving] = useState<string>();
  const [said, setSaid] = useState<{ readonly given: boolean; readonly title: string }>();

  const read = () => {
    shopper.texts(language).then(
      (next) => {
        setTexts(next);
        setFault(undefined);
      },
      (error: unknown) => setFault(faultOf(error)),
    );
  };
  useEffect(read, [language]);

  const answer = async (text: ConsentText, given: boolean) => {
    if (saving !== undefined) return;
    setFault(undefined);
    setSaid(undefined);
    setSaving(text.purpose);
    try {
      await shopper.answer(text, given);
      setSaid({ given, title: text.title });
    } catch (error) {
      setFault(faultOf(error));
    } finally {
      setSaving(undefined);
    }
  };
  return (
    <>
      <p class="lead">{t('choices.lead')}</p>
      {fault !== undefined && <FaultNote i18n={i18n} fault={fault} onRetry={read} />}
      <ul class="purposes">
        {texts.map((text) => (
          <Choice
            key={text.purpose}
            i18n={i18n}
            shopper={shopper}
            text={text}
            isSaving={saving === text.purpose}
            onAnswer={(given) => void answer(text, given)}
          />
        ))}
      </ul>
      <p class="said" role="status">
        {said !== undefined &&
          t(said.given ? 'choices.saved-given' : 'choices.saved-withdrawn', { title: said.title })}
      </p>
      <section class="about-phone">
        <h2>{t('choices.phone')}</h2>
        <p>{t('choices.phone-body', { number: shopper.phone.value?.cardNumber ?? '' })}</p>
      </section>
    </>
  );
}

interface ChoiceProps {
  readonly i18n: PhoneWords;
  readonly shopper: Shopper;
  readonly text: ConsentText;
  readonly isSaving: boolean;
  readonly onAnswer: (given: boolean) => void;
}
function Choice({ i18n, shopper, text, isSaving, onAnswer }: ChoiceProps) {
  const { t } = i18n;
  const language = i18n.language.value;
  const consent = consentIn(shopper.view.value, text.purpose);
  const { title } = text;
  return (
    <li class="purpose" data-purpose={text.purpose} data-given={consent.given}>
      <h2 lang={text.language}>{title}</h2>
      <p lang={text.language}>{text.body}</p>
      <div class="purpose-end">
        <p class="purpose-state">
          {consent.given && consent.since !== undefined
            ? t('choices.given', { date: dateText(consent.since, language) })
            : t('choices.not-given')}
          {consent.given && consent.expiresAt !== undefined && (
            <small>{t('choices.until', { date: dateText(consent.expiresAt, language) })}</small>
          )}
        </p>
        <Button
          aria-busy={isSaving}
          aria-label={t(consent.given ? 'choices.withdraw-label' : 'choices.give-label', { title })}
          onClick={() => onAnswer(!consent.given)}
        >
          {t(isSaving ? 'choices.saving' : consent.given ? 'choices.withdraw' : 'choices.give')}
        </Button>
      </div>
    </li>
  );
}
