import { useEffect, useState } from 'preact/hooks';
import type { StoreView } from '../../kernel/protocol/console-api.ts';
import { Button } from '../../ui/button.tsx';
import type { Desk } from './desk.ts';
import { makeEnrolmentCode } from './head-office.ts';
import { Dialog, TroubleNote } from './parts.tsx';
import { RequestFailed } from './request.ts';
import { useNow } from './use-now.ts';
import { minutesText } from './words.ts';

interface EnrolmentCodeDialogProps {
  readonly desk: Desk;
  readonly store: StoreView;
  readonly onClose: () => void;
}

/** Makes a one-time code on opening and shows it as it is typed: two groups of five. */
export function EnrolmentCodeDialog({ desk, store, onClose }: EnrolmentCodeDialogProps) {
  const { t, language } = desk.i18n;
  const [made, setMade] = useState<Awaited<ReturnType<typeof makeEnrolmentCode>>>();
  const [trouble, setTrouble] = useState<unknown>();
  const now = useNow(1_000);
  const make = () => {
    setTrouble(undefined);
    makeEnrolmentCode(store.storeId).then(setMade, (error: unknown) => {
      if (error instanceof RequestFailed && error.kind === 'signed-out') desk.onSignedOut();
      setTrouble(error);
    });
  };
  useEffect(make, []);

  const isOver = made !== undefined && made.expiresAt <= now;
  const minutes = made === undefined ? 0 : Math.ceil((made.expiresAt - now) / 60_000);
  return (
    <Dialog title={t('stores.code-title', { name: store.name })} onClose={onClose}>
      {trouble !== undefined && <TroubleNote error={trouble} onRetry={make} t={t} />}
      {made !== undefined && !isOver && (
        <>
          <p class="code">{groupsOfFive(made.code)}</p>
          <p>{t('stores.code-how', { minutes: minutesText(minutes, language.value) })}</p>
        </>
      )}
      {isOver && <p>{t('stores.code-over')}</p>}
      <div class="dialog-acts">
        {isOver && <Button onClick={make}>{t('stores.code')}</Button>}
        <form method="dialog">
          <Button type="submit">{t('publish.close')}</Button>
        </form>
      </div>
    </Dialog>
  );
}

const groupsOfFive = (code: string) => code.replaceAll('-', '').replace(/(.{5})(?=.)/g, '$1-');
