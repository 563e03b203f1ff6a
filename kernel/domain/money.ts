import { z } from 'zod';

export const CurrencySchema = z.string().regex(/^[A-Z]{3}$/, 'not an ISO 4217 code');

/** Tax included. `minor` counts the currency's smallest unit, cents for EUR. */
export const MoneySchema = z.object({ minor: z.int(), currency: CurrencySchema });
export type Money = z.infer<typeof MoneySchema>;
