import { z } from 'zod';
import { isDuring } from './condition-facts.ts';
import { WeekdaySchema } from './condition.ts';

/** A moment as the shop's own clocks show it. Made with Intl from the store's IANA zone, so that DST is the zone's. */
export interface StoreTime {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** ISO 8601: 1 is Monday. */
  readonly weekday: number;
  /** 0 to 1,439; an hour that DST repeats is there twice, one that it skips never. */
  readonly minuteOfDay: number;
}

const DateSchema = z.iso.date();
/** From `from` on, before `until`; over midnight where `until` is not above `from`: the day is then that of the evening. */
export const DaypartSchema = z.object({
  weekdays: z
    .array(WeekdaySchema)
    .min(1)
    .max(7)
    .refine((days) => new Set(days).size === days.length, 'a weekday stands there twice'),
  /** Minutes from midnight. */
  from: z.int().min(0).max(1_439),
  until: z.int().min(1).max(1_440),
});

/** When an offer holds, in the store's time, within its validity. */
export const ScheduleSchema = z
  .object({
    dayparts: z.array(DaypartSchema).min(1).max(28),
    /** First and last day, both counted. */
    fromDate: DateSchema.optional(),
    untilDate: DateSchema.optional(),
    /** Days on which it does not hold: holidays. */
    exceptDates: z.array(DateSchema).max(60).optional(),
  })
  .superRefine((schedule, context) => {
    if (!hasAnyDay(schedule))
      context.addIssue({ code: 'custom', message: 'there is no day on which it could ever hold' });
  });
export type Schedule = z.infer<typeof ScheduleSchema>;

/** Whether the schedule holds at that moment. */
export function isScheduled(
  schedule: Schedule,
  { date, weekday, minuteOfDay }: StoreTime,
): boolean {
  return schedule.dayparts.some((part) => {
    if (!isDuring(part, minuteOfDay)) return false;
    // After midnight of a part that began yesterday: yesterday is the day that counts.
    const isOfYesterday = part.until <= part.from && minuteOfDay < part.until;
    const day = isOfYesterday ? dayBefore(date) : date;
    const dayOfWeek = isOfYesterday ? ((weekday + 5) % 7) + 1 : weekday;
    return part.weekdays.includes(dayOfWeek) && isOnDay(schedule, day);
  });
}

function isOnDay({ fromDate, untilDate, exceptDates }: Schedule, date: string): boolean {
  if (fromDate !== undefined && date < fromDate) return false;
  if (untilDate !== undefined && date > untilDate) return false;
  return exceptDates?.includes(date) !== true;
}

/** Without both ends some day always comes. */
function hasAnyDay(schedule: Schedule): boolean {
  const { fromDate, untilDate, dayparts } = schedule;
  if (fromDate === undefined || untilDate === undefined) return true;
  const weekdays = new Set(dayparts.flatMap((part) => part.weekdays));
  let date = fromDate;
  for (let i = 0; i < MOST_DAYS_TRIED && date <= untilDate; i += 1, date = dayAfter(date)) {
    if (weekdays.has(weekdayOf(date)) && isOnDay(schedule, date)) return true;
  }
  return false;
}
/** More than there can be exceptions, and then a week. */
const MOST_DAYS_TRIED = 75;

const DAY_MS = 86_400_000;
const dayBefore = (date: string) => shifted(date, -DAY_MS);
const dayAfter = (date: string) => shifted(date, DAY_MS);

function shifted(date: string, byMs: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + byMs).toISOString().slice(0, 10);
}

function weekdayOf(date: string): number {
  return ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
}
