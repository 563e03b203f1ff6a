import { useState } from 'preact/hooks';
import { PURPOSES } from '../../kernel/domain/cohort.ts';
import type { CustomerId } from '../../kernel/domain/ids.ts';
import type { CustomerView } from '../../kernel/protocol/console-api.ts';
import { Button } from '../../ui/button.tsx';
import type { Desk } from './desk.ts';
import { Field } from './field.tsx';
import { cardPicture, putSegments, readCustomers } from './head-office.ts';
import { InviteDialog } from './invite-dialog.tsx';
import { listOf } from './offer-draft.ts';
import { Badge, Empty, PageHead, Read, TroubleNote } from './parts.tsx';
import { useReading } from './reading.ts';
import { addressOf } from './route.ts';
import { Timeline } from './timeline.tsx';
import { dateText } from './words.ts';

interface CustomerPageProps {
  readonly desk: Desk;
  readonly customerId: CustomerId;
}

export function CustomerPage({ desk, customerId }: CustomerPageProps) {
  const { t } = desk.i18n;
  const customers = useReading(readCustomers, ['customers'], desk.live, desk.onSignedOut);
  const customer = customers.value?.find((one) => one.customerId === customerId);
  return (
    <>
      <PageHead
        title={customer === undefined ? '' : (customer.firstName ?? t('customers.no-name'))}
        back={{ href: addressOf({ page: 'customers' }), text: t('customer.back') }}
      />
      <Read reading={customers} t={t}>
        {() =>
          customer === undefined ? (
            <Empty title={t('customer.gone')} />
          ) : (
            <div class="customer">
              <div class="customer-side">
                <Profile customer={customer} desk={desk} onChanged={customers.again} />
                <Consents customer={customer} desk={desk} />
              </div>
              <Timeline desk={desk} customerId={customerId} />
            </div>
          )
        }
      </Read>
    </>
  );
}

interface PartProps {
  readonly customer: CustomerView;
  readonly desk: Desk;
}

function Profile({ customer, desk, onChanged }: PartProps & { readonly onChanged: () => void }) {
  const { t, language } = desk.i18n;
  const [isInviting, setInviting] = useState(false);
  const facts: readonly [string, string][] = [
    [
      t('customer.cards'),
      customer.cards.length === 0 ? t('customer.no-cards') : customer.cards.join(', '),
    ],
    [t('customers.points'), new Intl.NumberFormat(language.value).format(customer.points)],
    [t('customer.phones'), String(customer.phones)],
    [t('customer.language'), desk.i18n.nameOf(customer.language)],
    [t('customer.stores'), customer.stores.join(', ')],
    [t('customers.joined'), dateText(customer.joinedAt, language.value)],
  ];
  return (
    <section class="panel">
      <h2>
        {t('customer.profile')}{' '}
        {customer.test && <Badge tone="waiting" text={t('customers.test')} />}
      </h2>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Segments customer={customer} desk={desk} onSaved={onChanged} />
      <div class="customer-acts">
        {customer.cards.length > 0 && (
          <a class="button" href={cardPicture(customer.customerId)} target="_blank" rel="noopener">
            {t('customer.print-card')}
          </a>
        )}
        <Button onClick={() => setInviting(true)}>{t('customer.add-phone')}</Button>
      </div>
      {isInviting && (
        <InviteDialog
          desk={desk}
          customerId={customer.customerId}
          onClose={() => setInviting(false)}
        />
      )}
    </section>
  );
}

function Segments({ customer, desk, onSaved }: PartProps & { readonly onSaved: () => void }) {
  const { t } = desk.i18n;
  const [text, setText] = useState(customer.segments.join(', '));
  const [isSaved, setSaved] = useState(false);
  const [trouble, setTrouble] = useState<unknown>();
  const save = async () => {
    setTrouble(undefined);
    try {
      await putSegments(customer.customerId, listOf(text));
      setSaved(true);
      onSaved();
    } catch (error) {
      setTrouble(error);
    }
  };
  return (
    <form
      class="segments"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field label={t('customer.segments-edit')} t={t}>
        {(ties) => (
          <input
            {...ties}
            value={text}
            autocomplete="off"
            onInput={(event) => {
              setText(event.currentTarget.value);
              setSaved(false);
            }}
          />
        )}
      </Field>
      <Button type="submit">{t('customer.segments-save')}</Button>
      {trouble !== undefined && <TroubleNote error={trouble} t={t} />}
      <p role="status" class="note-good">
        {isSaved && t('customer.segments-saved')}
      </p>
    </form>
  );
}

function Consents({ customer, desk }: PartProps) {
  const { t } = desk.i18n;
  return (
    <section class="panel">
      <h2>{t('customer.consents')}</h2>
      <ul class="consents">
        {PURPOSES.map((purpose) => {
          const isGiven = customer.consents.includes(purpose);
          return (
            <li key={purpose}>
              <span>{t(`purpose.${purpose}`)}</span>
              <Badge
                tone={isGiven ? 'good' : 'off'}
                text={t(isGiven ? 'customer.allowed' : 'customer.not-allowed')}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
