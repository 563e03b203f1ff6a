import { useState } from 'preact/hooks';
import type { CustomerView } from '../../kernel/protocol/console-api.ts';
import { Button } from '../../ui/button.tsx';
import type { Desk } from './desk.ts';
import { readCustomers } from './head-office.ts';
import { InviteDialog } from './invite-dialog.tsx';
import { Tags } from './offers-page.tsx';
import { Badge, Empty, PageHead, Read } from './parts.tsx';
import { useReading } from './reading.ts';
import { addressOf } from './route.ts';
import { dateText } from './words.ts';

export function CustomersPage({ desk }: { readonly desk: Desk }) {
  const { t } = desk.i18n;
  const customers = useReading(readCustomers, ['customers'], desk.live, desk.onSignedOut);
  const [sought, setSought] = useState('');
  const [isInviting, setInviting] = useState(false);
  return (
    <>
      <PageHead title={t('customers.title')} lead={t('customers.lead')}>
        <Button kind="primary" onClick={() => setInviting(true)}>
          {t('customers.invite')}
        </Button>
      </PageHead>
      <Read reading={customers} t={t}>
        {(list) =>
          list.length === 0 ? (
            <Empty title={t('customers.none')} body={t('customers.none-body')} />
          ) : (
            <>
              <input
                type="search"
                class="find"
                aria-label={t('customers.find')}
                placeholder={t('customers.find')}
                value={sought}
                onInput={(event) => setSought(event.currentTarget.value)}
              />
              <CustomerTable customers={foundIn(list, sought)} desk={desk} />
            </>
          )
        }
      </Read>
      {isInviting && <InviteDialog desk={desk} onClose={() => setInviting(false)} />}
    </>
  );
}

interface CustomerTableProps {
  readonly customers: readonly CustomerView[];
  readonly desk: Desk;
}
function CustomerTable({ customers, desk }: CustomerTableProps) {
  const { t, language } = desk.i18n;
  if (customers.length === 0) return <p class="quiet">{t('customers.none-found')}</p>;
  const number = new Intl.NumberFormat(language.value);
  return (
    <div class="table-box">
      <table>
        <thead>
          <tr>
            <th scope="col">{t('customers.name')}</th>
            <th scope="col">{t('customers.card')}</th>
            <th scope="col">{t('customers.consents')}</th>
            <th scope="col">{t('customers.segments')}</th>
            <th scope="col" class="figure">
              {t('customers.points')}
            </th>
            <th scope="col">{t('customers.joined')}</th>
          </tr>
        </thead>
        <tbody>
          {customers.map((customer) => (
            <tr key={customer.customerId}>
              <th scope="row">
                <a href={addressOf({ page: 'customer', customerId: customer.customerId })}>
                  {customer.firstName ?? t('customers.no-name')}
                </a>{' '}
                {customer.test && <Badge tone="waiting" text={t('customers.test')} />}
                <small>{t('customers.phones', { count: customer.phones })}</small>
              </th>
              <td class="number">{customer.cards.join(', ')}</td>
              <td>
                {customer.consents.length === 0
                  ? t('customers.no-consents')
                  : customer.consents.map((purpose) => t(`purpose.${purpose}`)).join(', ')}
              </td>
              <td>
                <Tags words={customer.segments} />
              </td>
              <td class="figure">{number.format(customer.points)}</td>
              <td>{dateText(customer.joinedAt, language.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function foundIn(customers: readonly CustomerView[], sought: string): readonly CustomerView[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  return customers.filter((customer) => {
    const text = [customer.firstName ?? '', ...customer.cards, ...customer.segments]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
