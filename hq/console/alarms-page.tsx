import { useState } from 'preact/hooks';
import type { StoreId } from '../../kernel/domain/ids.ts';
import type { AlarmView } from '../../kernel/protocol/console-api.ts';
import { Button } from '../../ui/button.tsx';
import type { Desk } from './desk.ts';
import { acknowledgeAlarms, readAlarms, readStores } from './head-office.ts';
import { Badge, Empty, PageHead, Read, TroubleNote } from './parts.tsx';
import { useReading } from './reading.ts';
import { addressOf } from './route.ts';
import { whenText } from './words.ts';

/** What points at somebody who plays tricks, until somebody has looked at it. */
export function AlarmsPage({ desk }: { readonly desk: Desk }) {
  const { t } = desk.i18n;
  const alarms = useReading(readAlarms, ['alarms'], desk.live, desk.onSignedOut);
  const stores = useReading(readStores, ['stores'], desk.live, desk.onSignedOut);
  const [trouble, setTrouble] = useState<unknown>();
  const nameOf = (storeId: StoreId) =>
    stores.value?.find((store) => store.storeId === storeId)?.name ?? storeId;
  const acknowledge = (alarm: AlarmView) => {
    setTrouble(undefined);
    acknowledgeAlarms([alarm.alarmId]).then(alarms.again, setTrouble);
  };
  return (
    <>
      <PageHead title={t('alarms.title')} lead={t('alarms.lead')} />
      {trouble !== undefined && <TroubleNote error={trouble} t={t} />}
      <Read reading={alarms} t={t}>
        {(list) =>
          list.length === 0 ? (
            <Empty title={t('alarms.none')} body={t('alarms.none-body')} />
          ) : (
            <div class="table-box">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t('alarms.when')}</th>
                    <th scope="col">{t('alarms.what')}</th>
                    <th scope="col">{t('alarms.where')}</th>
                    <th scope="col">{t('alarms.state')}</th>
                  </tr>
                </thead>
                <tbody>
                  {list.map((alarm) => (
                    <AlarmRow
                      key={alarm.alarmId}
                      alarm={alarm}
                      desk={desk}
                      nameOf={nameOf}
                      onAcknowledge={() => acknowledge(alarm)}
                    />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Read>
    </>
  );
}

interface AlarmRowProps {
  readonly alarm: AlarmView;
  readonly desk: Desk;
  readonly nameOf: (storeId: StoreId) => string;
  readonly onAcknowledge: () => void;
}
function AlarmRow({ alarm, desk, nameOf, onAcknowledge }: AlarmRowProps) {
  const { t, language } = desk.i18n;
  const { kind, storeId, otherStoreId = storeId, zoneId = '', customerId, acknowledgedAt } = alarm;
  const when = (at: number) => whenText(at, language.value, Date.now());
  return (
    <tr>
      <td>{when(alarm.at)}</td>
      <td>
        {t(`alarms.${kind}`)}
        {customerId !== undefined && (
          <>
            {' '}
            <a href={addressOf({ page: 'customer', customerId })}>{t('alarms.customer')}</a>
          </>
        )}
      </td>
      <td>
        {kind === 'replay'
          ? t('alarms.replay-where', { store: nameOf(storeId), zone: zoneId })
          : t(`alarms.${kind}-where`, { store: nameOf(storeId), other: nameOf(otherStoreId) })}
      </td>
      <td>
        {acknowledgedAt === undefined ? (
          <>
            <Badge tone="waiting" text={t('alarms.open')} />{' '}
            <Button onClick={onAcknowledge}>{t('alarms.acknowledge')}</Button>
          </>
        ) : (
          <Badge tone="off" text={t('alarms.acknowledged', { time: when(acknowledgedAt) })} />
        )}
      </td>
    </tr>
  );
}
