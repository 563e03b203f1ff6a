import type { StoreView } from '../../kernel/protocol/console-api.ts';
import { needsCare, type ShopPart } from '../../kernel/protocol/shop-part.ts';
import { Button } from '../../ui/button.tsx';
import type { Desk } from './desk.ts';
import { readParts } from './head-office.ts';
import { partHint, partName, partText } from './part-words.ts';
import { Badge, Dialog, Read } from './parts.tsx';
import { useReading } from './reading.ts';
import { whenText } from './words.ts';

interface PartsCellProps {
  readonly store: StoreView;
  readonly desk: Desk;
  readonly onShow: (store: StoreView) => void;
}
/** Whether a store's receivers, scanners and beacons work, and which somebody has to look after. */
export function PartsCell({ store, desk, onShow }: PartsCellProps) {
  const { t } = desk.i18n;
  const { parts } = store;
  if (parts === undefined) return <span class="quiet">{t('parts.not-told')}</span>;
  const isGood = parts.care.length === 0;
  return (
    <>
      <Badge
        tone={!isGood ? 'waiting' : store.online ? 'good' : 'off'}
        text={t(isGood ? 'parts.all-work' : 'parts.need-care')}
      />
      <ul class="part-troubles">
        {parts.care.map((part) => (
          <li key={`${part.kind} ${part.id}`}>
            {t('parts.line', { part: partName(part, t), what: partText(part, t) })}
          </li>
        ))}
      </ul>
      <Button aria-label={t('parts.show-for', { name: store.name })} onClick={() => onShow(store)}>
        {t('parts.show')}
      </Button>
    </>
  );
}

interface PartsDialogProps {
  readonly store: StoreView;
  readonly desk: Desk;
  readonly onClose: () => void;
}
/** Every receiver, scanner and beacon of one store: how it is, since when, and what to do. */
export function PartsDialog({ store, desk, onClose }: PartsDialogProps) {
  const { t } = desk.i18n;
  const parts = useReading(() => readParts(store.storeId), ['stores'], desk.live, desk.onSignedOut);
  return (
    <Dialog title={t('parts.show-for', { name: store.name })} onClose={onClose}>
      {!store.online && <p class="note">{t('parts.away')}</p>}
      <Read reading={parts} t={t}>
        {(list) =>
          list.length === 0 ? (
            <p>{t('parts.none')}</p>
          ) : (
            <ul class="part-list">
              {inOrder(list).map((part) => (
                <PartRow key={`${part.kind} ${part.id}`} part={part} desk={desk} />
              ))}
            </ul>
          )
        }
      </Read>
      <div class="dialog-acts">
        <form method="dialog">
          <Button type="submit">{t('publish.close')}</Button>
        </form>
      </div>
    </Dialog>
  );
}

function PartRow({ part, desk }: { readonly part: ShopPart; readonly desk: Desk }) {
  const { t, language } = desk.i18n;
  const hint = partHint(part, t);
  const isGood = part.state === 'working' && part.batteryLow !== true;
  const time = whenText(part.since, language.value, Date.now());
  return (
    <li>
      <p class="part-head">
        <strong>{partName(part, t)}</strong>
        <Badge
          tone={isGood ? 'good' : needsCare(part) ? 'waiting' : 'off'}
          text={partText(part, t)}
        />
        <span class="quiet">{t('parts.since', { time })}</span>
        {part.simulated && <span class="quiet">{t('parts.simulated')}</span>}
        {part.batteryPercent !== undefined && <span>{part.batteryPercent} %</span>}
        {part.batteryMv !== undefined && <span>{volts(part.batteryMv, language.value)}</span>}
      </p>
      {hint !== undefined && <p>{hint}</p>}
      {part.reason !== undefined && (
        <p class="quiet part-reason" lang="en">
          {part.reason}
        </p>
      )}
    </li>
  );
}

/** Those that need somebody first. */
function inOrder(parts: readonly ShopPart[]): readonly ShopPart[] {
  return [...parts].sort((a, b) => Number(needsCare(b)) - Number(needsCare(a)));
}

const volts = (mv: number, language: string) =>
  `${new Intl.NumberFormat(language, { maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(mv / 1_000)} V`;
