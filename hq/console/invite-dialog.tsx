import { useState } from 'preact/hooks';
import type { CustomerId, StoreId } from '../../kernel/domain/ids.ts';
import { Button } from '../../ui/button.tsx';
import { Qr } from '../../ui/qr.tsx';
import type { Desk } from './desk.ts';
import type { Fault } from './field-errors.ts';
import { Choices, Field } from './field.tsx';
import { makeInvitation, readStores, type StoresView } from './head-office.ts';
import { listOf } from './offer-draft.ts';
import { Dialog, Read, TroubleNote } from './parts.tsx';
import { useReading } from './reading.ts';
import { RequestFailed } from './request.ts';
import { useNow } from './use-now.ts';
import { timeText } from './words.ts';

interface InviteDialogProps {
  readonly desk: Desk;
  /** Links the phone to this customer; else it makes a new one. */
  readonly customerId?: CustomerId;
  readonly onClose: () => void;
}
type Made = Awaited<ReturnType<typeof makeInvitation>>;

/** A one-time joining link as a QR: whoever opens it on a phone gets the card. */
export function InviteDialog({ desk, customerId, onClose }: InviteDialogProps) {
  const { t } = desk.i18n;
  const stores = useReading(readStores, ['stores'], desk.live, desk.onSignedOut);
  const [left, setLeft] = useState<ReadonlySet<StoreId>>(new Set());
  const [segments, setSegments] = useState('');
  const [test, setTest] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const [trouble, setTrouble] = useState<unknown>();
  const [made, setMade] = useState<Made>();

  const chosenOf = (list: StoresView) =>
    list.map((store) => store.storeId).filter((storeId) => !left.has(storeId));
  const make = async (list: StoresView) => {
    const storeIds = chosenOf(list);
    setTrouble(undefined);
    setFault(storeIds.length === 0 ? { reason: 'choose-one' } : undefined);
    if (storeIds.length === 0) return;
    const whom = customerId === undefined ? {} : { customerId };
    try {
      setMade(await makeInvitation({ storeIds, segments: listOf(segments), test, ...whom }));
    } catch (error) {
      if (error instanceof RequestFailed && error.kind === 'signed-out') desk.onSignedOut();
      setTrouble(error);
    }
  };
  return (
    <Dialog title={t('invite.title')} onClose={onClose}>
      {made !== undefined && <Invitation made={made} desk={desk} />}
      {made === undefined && (
        <Read reading={stores} t={t}>
          {(list) =>
            list.length === 0 ? (
              <p>{t('publish.no-stores')}</p>
            ) : (
              <form
                id="invite"
                onSubmit={(event) => {
                  event.preventDefault();
                  void make(list);
                }}
              >
                <p>{t('invite.body')}</p>
                <Choices
                  label={t('invite.stores')}
                  values={list.map((store) => store.storeId)}
                  chosen={chosenOf(list)}
                  nameOf={(id) => list.find((store) => store.storeId === id)?.name ?? id}
                  onChange={(chosen) =>
                    setLeft(
                      new Set(list.map((one) => one.storeId).filter((id) => !chosen.includes(id))),
                    )
                  }
                  fault={fault}
                  t={t}
                />
                <Field label={t('invite.segments')} hint={t('offer.categories-hint')} t={t}>
                  {(ties) => (
                    <input
                      {...ties}
                      value={segments}
                      autocomplete="off"
                      onInput={(event) => setSegments(event.currentTarget.value)}
                    />
                  )}
                </Field>
                <label class="choice">
                  <input
                    type="checkbox"
                    checked={test}
                    onChange={(event) => setTest(event.currentTarget.checked)}
                  />
                  <span>{t('invite.test')}</span>
                </label>
              </form>
            )
          }
        </Read>
      )}
      {trouble !== undefined && <TroubleNote error={trouble} t={t} />}
      <div class="dialog-acts">
        <form method="dialog">
          <Button type="submit">{t('publish.close')}</Button>
        </form>
        {made === undefined ? (
          <Button kind="primary" type="submit" form="invite">
            {t('invite.make')}
          </Button>
        ) : (
          <Button onClick={() => setMade(undefined)}>{t('invite.another')}</Button>
        )}
      </div>
    </Dialog>
  );
}

function Invitation({ made, desk }: { readonly made: Made; readonly desk: Desk }) {
  const { t, language } = desk.i18n;
  const now = useNow(5_000);
  if (made.expiresAt <= now) return <p>{t('invite.over')}</p>;
  return (
    <div class="invitation">
      <Qr text={made.url} label={t('invite.qr')} />
      <div>
        <p>{t('invite.scan')}</p>
        <p class="quiet">{t('invite.left', { time: timeText(made.expiresAt, language.value) })}</p>
        <Field label={t('invite.link')} t={t}>
          {(ties) => (
            <input
              {...ties}
              readOnly
              value={made.url}
              onFocus={(event) => event.currentTarget.select()}
            />
          )}
        </Field>
      </div>
    </div>
  );
}
