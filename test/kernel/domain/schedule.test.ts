import { expect, test } from 'vitest';
import { isScheduled, type Schedule, ScheduleSchema } from '../../../kernel/domain/schedule.ts';

const at = (date: string, weekday: number, clock: string) => {
  const [hour, minute] = clock.split(':').map(Number) as [number, number];
  return { date, weekday, minuteOfDay: hour * 60 + minute };
};
const mornings: Schedule = {
  dayparts: [{ weekdays: [1, 2, 3, 4, 5], from: 7 * 60, until: 11 * 60 }],
  exceptDates: ['2026-12-08'],
};

test('a daypart holds on its weekdays from its first minute to before its last', () => {
  const clocks = ['06:59', '07:00', '10:59', '11:00'];
  expect(clocks.map((clock) => isScheduled(mornings, at('2026-12-07', 1, clock)))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(isScheduled(mornings, at('2026-12-06', 7, '08:00'))).toBe(false);
  expect(isScheduled(mornings, at('2026-12-08', 2, '08:00'))).toBe(false);
});

test('a part over midnight belongs to the evening on which it began', () => {
  const saturdayNight: Schedule = {
    dayparts: [{ weekdays: [6], from: 22 * 60, until: 2 * 60 }],
    untilDate: '2026-12-05',
  };
  expect(isScheduled(saturdayNight, at('2026-12-05', 6, '23:00'))).toBe(true);
  expect(isScheduled(saturdayNight, at('2026-12-06', 7, '01:59'))).toBe(true);
  expect(isScheduled(saturdayNight, at('2026-12-06', 7, '02:00'))).toBe(false);
  expect(isScheduled(saturdayNight, at('2026-12-05', 6, '01:00'))).toBe(false);
});

test('a schedule that can never hold is refused', () => {
  const parts = { dayparts: [{ weekdays: [1], from: 0, until: 1_440 }] };
  const refused = (schedule: object) =>
    !ScheduleSchema.safeParse({ ...parts, ...schedule }).success;
  expect(refused({ fromDate: '2026-12-07', untilDate: '2026-12-07' })).toBe(false); // a Monday
  expect(refused({ fromDate: '2026-12-08', untilDate: '2026-12-13' })).toBe(true);
  expect(refused({ fromDate: '2026-12-09', untilDate: '2026-12-08' })).toBe(true);
  const monday = { fromDate: '2026-12-07', untilDate: '2026-12-07' };
  expect(refused({ ...monday, exceptDates: ['2026-12-07'] })).toBe(true);
  expect(refused({ fromDate: '2026-02-30' })).toBe(true);
  expect(refused({ dayparts: [] })).toBe(true);
  expect(refused({ dayparts: [{ weekdays: [8], from: 0, until: 1 }] })).toBe(true);
});
