import type { CustomerId, EpochMs, StoreId, ZoneId } from '../../kernel/domain/ids.ts';
import type { AlarmView } from '../../kernel/protocol/console-api.ts';

export interface Alarm {
  readonly alarmId: AlarmView['alarmId'];
  readonly kind: AlarmView['kind'];
  readonly storeId: StoreId;
  readonly otherStoreId?: StoreId | undefined;
  readonly zoneId?: ZoneId | undefined;
  readonly customerId?: CustomerId | undefined;
  readonly at: EpochMs;
  /** What it is about: the same source a second time is the same alarm. */
  readonly source: string;
}

export interface AlarmRepository {
  /** False where it stands already. */
  add(alarm: Alarm): Promise<boolean>;
  /** Newest first. */
  newest(limit: number): Promise<readonly AlarmView[]>;
  /** Those that stand already as acknowledged stay so. */
  acknowledge(alarmIds: readonly AlarmView['alarmId'][], at: EpochMs): Promise<void>;
  /** How many there are, and how many of them nobody has looked at. */
  counts(): Promise<Readonly<Record<AlarmView['kind'], { all: number; open: number }>>>;
}
