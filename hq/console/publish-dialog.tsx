import { useState } from 'preact/hooks';
import type { StoreId } from '../../kernel/domain/ids.ts';
import { Button } from '../../ui/button.tsx';
import type { Desk } from './desk.ts';
import type { Fault } from './field-errors.ts';
import { Choices } from './field.tsx';
import { publish, readStores, type OffersView, type StoresView } from './head-office.ts';
import { Dialog, Read, TroubleNote } from './parts.tsx';
import { useReading } from './reading.ts';
import { RequestFailed } from './request.ts';

interface PublishDialogProps {
  readonly desk: Desk;
  readonly offers: OffersView;
  readonly onClose: () => void;
}
type Published = Awaited<ReturnType<typeof publish>>;

/** Makes the saved offers a new signed version of the chosen shops, and says what became of each. */
export function PublishDialog({ desk, offers, onClose }: PublishDialogProps) {
  const { t } = desk.i18n;
  const stores = useReading(readStores, ['stores'], desk.live, desk.onSignedOut);
  const [left, setLeft] = useState<ReadonlySet<StoreId>>(new Set());
  const [fault, setFault] = useState<Fault>();
  const [trouble, setTrouble] = useState<unknown>();
  const [state, setState] = useState<'asking' | 'going' | 'done'>('asking');
  const [asked, setAsked] = useState<readonly StoreId[]>([]);
  const [published, setPublished] = useState<Published>([]);

  const chosenOf = (list: StoresView) =>
    list.map((store) => store.storeId).filter((storeId) => !left.has(storeId));
  const go = async (list: StoresView) => {
    const chosen = chosenOf(list);
    setFault(chosen.length === 0 ? { reason: 'choose-one' } : undefined);
    if (chosen.length === 0) return;
    setTrouble(undefined);
    setState('going');
    try {
      setPublished(await publish(chosen));
      setAsked(chosen);
      setState('done');
    } catch (error) {
      if (error instanceof RequestFailed && error.kind === 'signed-out') desk.onSignedOut();
      setTrouble(error);
      setState('asking');
    }
  };

  return (
    <Dialog title={state === 'done' ? t('publish.done') : t('publish.title')} onClose={onClose}>
      <Read reading={stores} t={t}>
        {(list) => {
          if (list.length === 0) return <p>{t('publish.no-stores')}</p>;
          if (state === 'done') {
            return <Results asked={asked} published={published} stores={list} desk={desk} />;
          }
          return (
            <>
              <p>
                {offers.every((offer) => offer.published)
                  ? t('publish.nothing-new')
                  : t('publish.body', { count: offers.length })}
              </p>
              <Choices
                label={t('publish.stores')}
                values={list.map((store) => store.storeId)}
                chosen={chosenOf(list)}
                nameOf={(storeId) => nameOf(list, storeId)}
                onChange={(chosen) =>
                  setLeft(
                    new Set(list.map((one) => one.storeId).filter((one) => !chosen.includes(one))),
                  )
                }
                fault={fault}
                t={t}
              />
            </>
          );
        }}
      </Read>
      {trouble !== undefined && <TroubleNote error={trouble} t={t} />}
      <div class="dialog-acts">
        <form method="dialog">
          <Button type="submit">{t(state === 'done' ? 'publish.close' : 'publish.cancel')}</Button>
        </form>
        {state !== 'done' && (stores.value ?? []).length > 0 && (
          <Button
            kind="primary"
            aria-busy={state === 'going'}
            onClick={() => {
              if (state === 'asking') void go(stores.value ?? []);
            }}
          >
            {t(state === 'going' ? 'publish.going' : 'publish.go')}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

interface ResultsProps {
  readonly asked: readonly StoreId[];
  readonly published: Published;
  readonly stores: StoresView;
  readonly desk: Desk;
}
function Results({ asked, published, stores, desk }: ResultsProps) {
  const { t } = desk.i18n;
  return (
    <ul class="results" role="status">
      {asked.map((storeId) => {
        const store = nameOf(stores, storeId);
        const version = published.find((one) => one.storeId === storeId)?.version;
        const isAway = stores.find((one) => one.storeId === storeId)?.online === false;
        return (
          <li key={storeId} data-outcome={version === undefined ? 'failed' : 'done'}>
            {version === undefined
              ? t('publish.failed-store', { store })
              : t('publish.done-store', { store, version })}
            {version !== undefined && isAway && <small>{t('publish.done-away')}</small>}
          </li>
        );
      })}
    </ul>
  );
}

const nameOf = (stores: StoresView, storeId: StoreId) =>
  stores.find((store) => store.storeId === storeId)?.name ?? storeId;
