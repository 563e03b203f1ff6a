import { z } from 'zod';
import { EpochMsSchema, ZoneIdSchema } from '../domain/ids.ts';
import { PART_TROUBLES } from './bridge-events.ts';

/** The device process itself, and what `soglia.yaml` names. */
export const PART_KINDS = ['bridge', 'receiver', 'scanner', 'beacon'] as const;

/** How one part of a shop is, as its store server judges it. It points at no person. */
export const ShopPartSchema = z.object({
  kind: z.enum(PART_KINDS),
  id: z.string().min(1).max(63),
  zoneId: ZoneIdSchema.optional(),
  /**
   * silent: a beacon that should be heard and is not. unknown: nobody can tell, as nothing hears or it was not heard yet.
   */
  state: z.enum(['working', 'silent', 'missing', 'failing', 'unknown']),
  /** In words of the machine, English. */
  reason: z.string().max(300).optional(),
  trouble: z.enum(PART_TROUBLES).optional().catch(undefined),
  simulated: z.boolean(),
  /** In this state. */
  since: EpochMsSchema,
  /** Beacons: as last told. */
  batteryLow: z.boolean().optional(),
  batteryMv: z.int().min(0).max(65_535).optional(),
  batteryPercent: z.int().min(0).max(100).optional(),
});
export type ShopPart = z.infer<typeof ShopPartSchema>;

/** Whether somebody has to look after it. */
export function needsCare({ state, batteryLow }: Pick<ShopPart, 'state' | 'batteryLow'>): boolean {
  return (state !== 'working' && state !== 'unknown') || batteryLow === true;
}
