const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days of a month, 1 to 12; 0 for one that is none. */
export function daysOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && !isLeap ? 28 : (DAYS[month - 1] ?? 0);
}

/** Whether six digits YYMMDD are a day of some year that ends in YY; `2000` stands for all that end in 00. */
export function isDate(yymmdd: string, isDayOptional = false): boolean {
  const day = Number(yymmdd.slice(4, 6));
  const days = daysOf(2000 + Number(yymmdd.slice(0, 2)), Number(yymmdd.slice(2, 4)));
  return day <= days && days > 0 && (day > 0 || isDayOptional);
}
