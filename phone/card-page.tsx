import { useEffect, useState } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import { Qr } from '../ui/qr.tsx';
import { secondsLeft } from './countdown.ts';
import type { Phone } from './sdk/phone.ts';
import type { PhoneWords } from './words.ts';

interface CardPageProps {
  readonly i18n: PhoneWords;
  readonly phone: Phone;
}

/** What a scanner reads: the card, or the code of this minute. Both work without a line. */
export function CardPage({ i18n, phone }: CardPageProps) {
  const { t } = i18n;
  const [which, setWhich] = useState<'card' | 'code'>('card');
  return (
    <section class="pass">
      <div class="pass-choice" role="group" aria-label={t('card.which')}>
        {(['card', 'code'] as const).map((one) => (
          <Button key={one} aria-pressed={which === one} onClick={() => setWhich(one)}>
            {t(`card.${one}`)}
          </Button>
        ))}
      </div>
      {which === 'card' ? (
        <figure class="pass-code">
          <Qr text={phone.cardNumber} label={t('card.qr', { number: phone.cardNumber })} />
          <figcaption class="card-number">{inFours(phone.cardNumber)}</figcaption>
        </figure>
      ) : (
        <RotatingCode i18n={i18n} phone={phone} />
      )}
      <p class="pass-use">{t(which === 'card' ? 'card.use' : 'code.use')}</p>
    </section>
  );
}

function RotatingCode({ i18n, phone }: CardPageProps) {
  const { t } = i18n;
  const { code, left } = useRotatingCode(phone);
  return (
    <figure class="pass-code">
      {code === undefined ? <div class="qr" /> : <Qr text={code} label={t('code.qr')} />}
      <figcaption>
        <span class="countdown" aria-hidden="true">
          <span style={{ transform: `scaleX(${left / 60})` }} />
        </span>
        <span class="figures" role="timer">
          {t('code.left', { count: left })}
        </span>
      </figcaption>
    </figure>
  );
}

/** The code of this minute and how long it is new; drawn again when the minute turns or the phone wakes. */
function useRotatingCode(phone: Phone) {
  const [now, setNow] = useState(() => Date.now());
  const [code, setCode] = useState<string>();
  const minute = Math.floor(now / 60_000);
  useEffect(() => {
    const tick = () => setNow(Date.now());
    const timer = window.setInterval(tick, 250);
    document.addEventListener('visibilitychange', tick);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, []);
  useEffect(() => {
    let isCurrent = true;
    void phone.rotatingCode().then((next) => {
      if (isCurrent) setCode(next);
    });
    return () => {
      isCurrent = false;
    };
  }, [phone, minute]);
  return { code, left: secondsLeft(now) };
}

/** As people read a long number aloud. */
const inFours = (number: string) => number.replace(/(.{4})(?=.)/g, '$1 ');
