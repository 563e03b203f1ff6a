import type { EpochMs } from '../../kernel/domain/ids.ts';
import type { StoreTime } from '../../kernel/domain/schedule.ts';

const MINUTE_MS = 60_000;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * Instants as the shop's clocks show them, DST and all.
 * @param timeZone - IANA name
 */
export function storeTimeIn(timeZone: string): (at: EpochMs) => StoreTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, calendar: 'iso8601', numberingSystem: 'latn', hourCycle: 'h23' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', weekday: 'short' },
    ...{ hour: '2-digit', minute: '2-digit' },
  });
  let last: { readonly minute: number; readonly time: StoreTime } | undefined;
  return (at) => {
    const minute = Math.floor(at / MINUTE_MS);
    if (last?.minute !== minute) {
      const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
      const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
      const time: StoreTime = {
        date: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`,
        weekday: WEEKDAYS.indexOf(part('weekday')) + 1,
        minuteOfDay: Number(part('hour')) * 60 + Number(part('minute')),
      };
      last = { minute, time };
    }
    return last.time;
  };
}
