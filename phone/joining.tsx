import { useEffect, useState } from 'preact/hooks';
import type { ConsentText } from '../kernel/protocol/phone-api.ts';
import { Button } from '../ui/button.tsx';
import { Doorway } from './doorway.tsx';
import { faultOf, type PhoneFault } from './fault.ts';
import { FaultNote, Page } from './page.tsx';
import type { Shopper } from './shopper.ts';
import type { PhoneWords } from './words.ts';

interface JoiningProps {
  readonly i18n: PhoneWords;
  readonly shopper: Shopper;
  readonly joinToken: string;
  readonly onDone: () => void;
}
type Stage =
  | { readonly at: 'welcome' }
  | { readonly at: 'about' }
  | { readonly at: 'name' }
  | { readonly at: 'asking'; readonly texts: readonly ConsentText[]; readonly index: number };

const ABOUT = ['card', 'choices', 'number'] as const;

/** From the joining link to the card: what it is, a name if one likes, each consent for itself. */
export function Joining({ i18n, shopper, joinToken, onDone }: JoiningProps) {
  const { t } = i18n;
  const [stage, setStage] = useState<Stage>({ at: 'welcome' });
  const language = i18n.language.value;
  const isAsking = stage.at === 'asking';
  useEffect(() => {
    if (!isAsking) return;
    // Another language chosen between two questions: the rest is asked in it, word for word.
    shopper.texts(language).then(
      (texts) => setStage((last) => (last.at === 'asking' ? { ...last, texts } : last)),
      () => undefined, // the words at hand stay
    );
  }, [isAsking, language]);
  switch (stage.at) {
    case 'welcome':
      return (
        <Page
          i18n={i18n}
          title={t('welcome.title')}
          acts={
            <Button kind="primary" onClick={() => setStage({ at: 'about' })}>
              {t('welcome.begin')}
            </Button>
          }
        >
          <p class="lead">{t('welcome.body')}</p>
          <Doorway opening="ajar" />
        </Page>
      );
    case 'about':
      return (
        <Page
          i18n={i18n}
          title={t('about.title')}
          acts={
            <Button kind="primary" onClick={() => setStage({ at: 'name' })}>
              {t('about.next')}
            </Button>
          }
        >
          <ul class="points">
            {ABOUT.map((point) => (
              <li key={point}>
                <h2>{t(`about.${point}`)}</h2>
                <p>{t(`about.${point}-body`)}</p>
              </li>
            ))}
          </ul>
        </Page>
      );
    case 'name':
      return (
        <AskName
          i18n={i18n}
          shopper={shopper}
          joinToken={joinToken}
          onJoined={(texts) => {
            if (texts.length === 0) onDone();
            else setStage({ at: 'asking', texts, index: 0 });
          }}
        />
      );
    case 'asking':
      return (
        <AskConsent
          key={stage.index}
          i18n={i18n}
          shopper={shopper}
          texts={stage.texts}
          index={stage.index}
          onAnswered={() => {
            const index = stage.index + 1;
            if (index === stage.texts.length) onDone();
            else setStage({ ...stage, index });
          }}
        />
      );
  }
}

interface AskNameProps {
  readonly i18n: PhoneWords;
  readonly shopper: Shopper;
  readonly joinToken: string;
  readonly onJoined: (texts: readonly ConsentText[]) => void;
}
function AskName({ i18n, shopper, joinToken, onJoined }: AskNameProps) {
  const { t } = i18n;
  const [name, setName] = useState('');
  const [isTooLong, setTooLong] = useState(false);
  const [isCreating, setCreating] = useState(false);
  const [fault, setFault] = useState<PhoneFault>();

  const create = async () => {
    const firstName = name.trim();
    setTooLong(firstName.length > 40);
    if (firstName.length > 40 || isCreating) return;
    setFault(undefined);
    setCreating(true);
    try {
      const language = i18n.language.value;
      const texts = await shopper.texts(language); // first: a spent link with no questions would be a dead end
      if (shopper.phone.value === undefined) {
        await shopper.join(joinToken, language, firstName === '' ? undefined : firstName);
      }
      onJoined(texts);
    } catch (error) {
      setFault(faultOf(error));
      setCreating(false);
    }
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <Page
        i18n={i18n}
        title={t('name.title')}
        acts={
          <Button kind="primary" type="submit" aria-busy={isCreating}>
            {t(isCreating ? 'name.creating' : 'name.create')}
          </Button>
        }
      >
        <p class="lead">{t('name.body')}</p>
        <label class="field">
          <span>{t('name.label')}</span>
          <input
            value={name}
            autocomplete="given-name"
            autocapitalize="words"
            aria-invalid={isTooLong}
            aria-describedby={isTooLong ? 'name-fault' : undefined}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        {isTooLong && (
          <p id="name-fault" class="field-fault">
            {t('name.too-long')}
          </p>
        )}
        {fault !== undefined && <FaultNote i18n={i18n} fault={fault} />}
      </Page>
    </form>
  );
}

interface AskConsentProps {
  readonly i18n: PhoneWords;
  readonly shopper: Shopper;
  readonly texts: readonly ConsentText[];
  readonly index: number;
  readonly onAnswered: () => void;
}
/** One question, its whole text, two answers that look alike. "Not now" leaves no trace: without a yes it is a no. */
function AskConsent({ i18n, shopper, texts, index, onAnswered }: AskConsentProps) {
  const { t } = i18n;
  const [isSaving, setSaving] = useState(false);
  const [fault, setFault] = useState<PhoneFault>();
  const text = texts[index];
  if (text === undefined) return null;

  const agree = async () => {
    if (isSaving) return;
    setFault(undefined);
    setSaving(true);
    try {
      await shopper.answer(text, true);
      onAnswered();
    } catch (error) {
      setFault(faultOf(error));
      setSaving(false);
    }
  };
  return (
    <Page
      i18n={i18n}
      step={t('ask.step', { step: index + 1, steps: texts.length })}
      title={text.title}
      acts={
        <>
          <p class="acts-note" role="status">
            {t(isSaving ? 'ask.saving' : 'ask.both')}
          </p>
          <div class="acts-pair">
            <Button onClick={onAnswered} disabled={isSaving}>
              {t('ask.not-now')}
            </Button>
            <Button onClick={() => void agree()} aria-busy={isSaving}>
              {t('ask.yes')}
            </Button>
          </div>
        </>
      }
    >
      <p class="consent-text" lang={text.language}>
        {text.body}
      </p>
      {fault !== undefined && <FaultNote i18n={i18n} fault={fault} />}
    </Page>
  );
}
