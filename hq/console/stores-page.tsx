import { useState } from 'preact/hooks';
import { StoreIdSchema } from '../../kernel/domain/ids.ts';
import type { StoreView } from '../../kernel/protocol/console-api.ts';
import { Button } from '../../ui/button.tsx';
import type { Desk } from './desk.ts';
import { EnrolmentCodeDialog } from './enrolment-code-dialog.tsx';
import { faultsFromProblem, type Faults } from './field-errors.ts';
import { Field } from './field.tsx';
import { putStore, readStores } from './head-office.ts';
import { Badge, Empty, PageHead, Read, TroubleNote } from './parts.tsx';
import { PartsCell, PartsDialog } from './store-parts.tsx';
import { useReading } from './reading.ts';
import { RequestFailed } from './request.ts';
import { whenText } from './words.ts';

export function StoresPage({ desk }: { readonly desk: Desk }) {
  const { t } = desk.i18n;
  const stores = useReading(readStores, ['stores', 'customers'], desk.live, desk.onSignedOut);
  const [codeFor, setCodeFor] = useState<StoreView>();
  const [partsOf, setPartsOf] = useState<StoreView>();
  return (
    <>
      <PageHead title={t('stores.title')} lead={t('stores.lead')} />
      <Read reading={stores} t={t}>
        {(list) =>
          list.length === 0 ? (
            <Empty title={t('stores.none')} body={t('stores.none-body')} />
          ) : (
            <StoreTable stores={list} desk={desk} onCode={setCodeFor} onParts={setPartsOf} />
          )
        }
      </Read>
      <AddStore desk={desk} taken={stores.value ?? []} onAdded={stores.again} />
      {codeFor !== undefined && (
        <EnrolmentCodeDialog desk={desk} store={codeFor} onClose={() => setCodeFor(undefined)} />
      )}
      {partsOf !== undefined && (
        <PartsDialog desk={desk} store={partsOf} onClose={() => setPartsOf(undefined)} />
      )}
    </>
  );
}

interface StoreTableProps {
  readonly stores: readonly StoreView[];
  readonly desk: Desk;
  readonly onCode: (store: StoreView) => void;
  readonly onParts: (store: StoreView) => void;
}
function StoreTable({ stores, desk, onCode, onParts }: StoreTableProps) {
  const { t } = desk.i18n;
  const number = new Intl.NumberFormat(desk.i18n.language.value);
  return (
    <div class="table-box">
      <table>
        <thead>
          <tr>
            <th scope="col">{t('stores.store')}</th>
            <th scope="col">{t('stores.state')}</th>
            <th scope="col">{t('stores.parts')}</th>
            <th scope="col">{t('stores.version')}</th>
            <th scope="col" class="figure">
              {t('stores.members')}
            </th>
            <th scope="col" class="figure">
              {t('stores.events')}
            </th>
            <th scope="col">
              <span class="visually-hidden">{t('stores.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {stores.map((store) => (
            <tr key={store.storeId}>
              <th scope="row">
                {store.name}
                <small>{store.storeId}</small>
              </th>
              <td>
                <StoreState store={store} desk={desk} />
                <LeaseState store={store} desk={desk} />
              </td>
              <td class="parts">
                <PartsCell store={store} desk={desk} onShow={onParts} />
              </td>
              <td>
                {store.publishedVersion === 0
                  ? t('stores.version-none')
                  : t('stores.version-n', { version: store.publishedVersion })}
              </td>
              <td class="figure">{number.format(store.members)}</td>
              <td class="figure">{number.format(store.events)}</td>
              <td class="row-acts">
                <Button
                  aria-label={t('stores.code-for', { name: store.name })}
                  onClick={() => onCode(store)}
                >
                  {t('stores.code')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function StoreState({ store, desk }: { readonly store: StoreView; readonly desk: Desk }) {
  const { t, language } = desk.i18n;
  if (!store.enrolled) return <Badge tone="waiting" text={t('stores.waiting')} />;
  if (store.online) return <Badge tone="good" text={t('stores.online')} />;
  if (store.lastSeenAt === undefined) return <Badge tone="off" text={t('stores.away')} />;
  const time = whenText(store.lastSeenAt, language.value, Date.now());
  return <Badge tone="off" text={t('stores.away-since', { time })} />;
}

/** Whether the store may know people: as long as head office was heard lately. */
function LeaseState({ store, desk }: { readonly store: StoreView; readonly desk: Desk }) {
  const { t, language } = desk.i18n;
  if (!store.enrolled || store.leaseNotAfter === undefined) return null;
  const time = whenText(store.leaseNotAfter, language.value, Date.now());
  return store.leaseNotAfter <= Date.now() ? (
    <small>{t('stores.lease-over', { time })}</small>
  ) : (
    <small>{t('stores.lease-until', { time })}</small>
  );
}

interface AddStoreProps {
  readonly desk: Desk;
  readonly taken: readonly StoreView[];
  readonly onAdded: () => void;
}
function AddStore({ desk, taken, onAdded }: AddStoreProps) {
  const { t } = desk.i18n;
  const [storeId, setStoreId] = useState('');
  const [name, setName] = useState('');
  const [faults, setFaults] = useState<Faults<'storeId' | 'name'>>({});
  const [trouble, setTrouble] = useState<unknown>();
  const [added, setAdded] = useState<string>();

  const save = async () => {
    setAdded(undefined);
    setTrouble(undefined);
    const id = StoreIdSchema.safeParse(storeId.trim());
    const found = faultsOf(storeId.trim(), name.trim(), taken);
    setFaults(found);
    if (!id.success || Object.keys(found).length > 0) return;
    try {
      await putStore(id.data, name.trim());
      setAdded(name.trim());
      setStoreId('');
      setName('');
      onAdded();
    } catch (error) {
      const isAboutFields = error instanceof RequestFailed && error.code === 'request/invalid';
      if (isAboutFields) setFaults(faultsFromProblem(error.message));
      else setTrouble(error);
    }
  };
  return (
    <section class="panel">
      <h2>{t('stores.add')}</h2>
      <form
        class="form-row"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label={t('stores.id')} hint={t('stores.id-hint')} fault={faults.storeId} t={t}>
          {(ties) => (
            <input
              {...ties}
              value={storeId}
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => setStoreId(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label={t('stores.name')} hint={t('stores.name-hint')} fault={faults.name} t={t}>
          {(ties) => (
            <input
              {...ties}
              value={name}
              autocomplete="off"
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Button type="submit">{t('stores.save')}</Button>
      </form>
      {trouble !== undefined && <TroubleNote error={trouble} t={t} />}
      <p role="status" class="note-good">
        {added !== undefined && t('stores.saved', { name: added })}
      </p>
    </section>
  );
}

function faultsOf(storeId: string, name: string, taken: readonly StoreView[]) {
  const faults: Faults<'storeId' | 'name'> = {};
  if (storeId === '') faults.storeId = { reason: 'required' };
  else if (!StoreIdSchema.safeParse(storeId).success) faults.storeId = { reason: 'not-a-name' };
  else if (taken.some((store) => store.storeId === storeId)) faults.storeId = { reason: 'taken' };
  if (name === '') faults.name = { reason: 'required' };
  else if (name.length > 80) faults.name = { reason: 'too-long', values: { max: 80 } };
  return faults;
}
