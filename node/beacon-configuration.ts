import { z } from 'zod';
import { type BeaconIdentity, identityText } from '../kernel/adverts/beacon-identity.ts';
import { type BeaconId, BeaconIdSchema, type ZoneId, ZoneIdSchema } from '../kernel/domain/ids.ts';

const NUMBER_IN_YAML = 'put it in quotes: YAML takes digits alone for a number';
const text = z.string({
  error: ({ input }) => (typeof input === 'number' ? NUMBER_IN_YAML : undefined),
});
/** So many bytes in hex, of either case; hyphens do not count. */
const bytesOf = (count: number) =>
  text
    .transform((hex) => hex.replaceAll('-', '').toLowerCase())
    .refine(
      (hex) => hex.length === count * 2 && /^[0-9a-f]*$/.test(hex),
      `not ${String(count)} bytes in hex`,
    );
const number16 = z.int().min(0).max(0xffff);

const IbeaconSchema = z.strictObject({
  uuid: text
    .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'not a UUID with hyphens')
    .transform((uuid) => uuid.toLowerCase()),
  major: number16,
  minor: number16,
});
const EddystoneUidSchema = z.strictObject({ namespace: bytesOf(10), instance: bytesOf(6) });
const AltbeaconSchema = z.strictObject({
  id: bytesOf(20).describe('all three parts together: a UUID and two numbers of 2 bytes'),
});

const FORMATS = ['ibeacon', 'eddystoneUid', 'altbeacon'] as const;

/** A beacon that the shop has put up itself, and the zone it stands in. */
export const BeaconSchema = z
  .strictObject({
    id: BeaconIdSchema,
    zone: ZoneIdSchema,
    ibeacon: IbeaconSchema.optional(),
    eddystoneUid: EddystoneUidSchema.optional(),
    altbeacon: AltbeaconSchema.optional(),
  })
  .transform((beacon, context) => {
    const { id, zone, ibeacon, eddystoneUid, altbeacon } = beacon;
    const named = FORMATS.filter((format) => beacon[format] !== undefined);
    const identity: BeaconIdentity | undefined =
      (ibeacon && { ibeacon }) ??
      (eddystoneUid && { eddystoneUid }) ??
      (altbeacon && { altbeacon });
    if (identity !== undefined && named.length === 1) return { id, zone, ...identity };
    context.addIssue({
      code: 'custom',
      path: named[1] === undefined ? [] : [named[1]],
      message: `a beacon has one of ${FORMATS.join(', ')}, this one has ${named.join(' and ') || 'none'}`,
    });
    return z.NEVER;
  });
export type BeaconConfiguration = z.infer<typeof BeaconSchema>;

/** What is wrong with beacons beyond each by itself; ids apart. */
export function beaconComplaints(
  beacons: readonly BeaconConfiguration[],
  zones: readonly ZoneId[],
): readonly { readonly path: (string | number)[]; readonly message: string }[] {
  const ownerOf = new Map<string, BeaconId>();
  return beacons.flatMap((beacon, i) => {
    const identity = identityText(beacon);
    const other = ownerOf.get(identity);
    ownerOf.set(identity, beacon.id);
    return [
      ...(zones.includes(beacon.zone)
        ? []
        : [
            {
              path: ['beacons', i, 'zone'],
              message: `zone '${beacon.zone}' is not listed in zones`,
            },
          ]),
      ...(other === undefined
        ? []
        : [{ path: ['beacons', i], message: `calls itself what '${other}' does already` }]),
    ];
  });
}
