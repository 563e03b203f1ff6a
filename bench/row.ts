/** One line of the table: what was measured beside its floor or peer in the same run, and whether it reaches its goal. */
export interface Row {
  readonly name: string;
  readonly beside: { readonly name: string; readonly figure: number } | null;
  /** Our first figure by the floor's. */
  readonly ratio: number | null;
  readonly reach: readonly Reach[];
}

export interface Reach {
  readonly what: string;
  readonly unit: string;
  /** Null: printed only. */
  readonly limit: number | null;
  readonly figure: number;
  readonly met: boolean | null;
}

export interface Benchmark {
  readonly name: string;
  readonly what: string;
  /** Ends by itself, within about three minutes. */
  run(tell: (line: string) => void): Promise<Row>;
}

export const atMost = (what: string, unit: string, limit: number, figure: number): Reach => ({
  what,
  unit,
  limit,
  figure,
  met: figure <= limit,
});

export const atLeast = (what: string, unit: string, limit: number, figure: number): Reach => ({
  what,
  unit,
  limit,
  figure,
  met: figure >= limit,
});

/** A figure without a goal. */
export const printed = (what: string, unit: string, figure: number): Reach => ({
  what,
  unit,
  limit: null,
  figure,
  met: null,
});

/** The value below which `share` (0 to 1) of the values lie, by the nearest rank. @throws {RangeError} without values */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)];
  if (value === undefined) throw new RangeError('no values to take a quantile of');
  return value;
}
