import { expect, test } from 'vitest';
import { ListedBeacons } from '../../firmware-bridge/listed-beacons.ts';
import { decodeAdverts } from '../../kernel/adverts/advert.ts';
import { encodeAltBeacon } from '../../kernel/adverts/altbeacon.ts';
import { encodeEddystoneTlm } from '../../kernel/adverts/eddystone-tlm.ts';
import { encodeIBeacon } from '../../kernel/adverts/ibeacon.ts';
import { BeaconIdSchema, ZoneIdSchema } from '../../kernel/domain/ids.ts';
import { BeaconReportSchema } from '../../kernel/protocol/bridge-events.ts';
import type { BeaconConfiguration } from '../../node/beacon-configuration.ts';

const uuid = '2f234454-cf6d-4a0f-adf2-f4911ba9ffa6';
const zone = ZoneIdSchema.parse('entrance');
const door: BeaconConfiguration = {
  id: BeaconIdSchema.parse('door'),
  zone,
  ibeacon: { uuid, major: 1, minor: 2 },
};
const desk: BeaconConfiguration = {
  id: BeaconIdSchema.parse('desk'),
  zone,
  altbeacon: { id: `${uuid.replaceAll('-', '')}00010002` },
};
const ibeacon = (minor: number) =>
  decodeAdverts(encodeIBeacon({ uuid, major: 1, minor, measuredPowerDbm: -59 }));
const alt = decodeAdverts(
  encodeAltBeacon({
    ...{ companyId: 0x118, id1: uuid, id2: 1, id3: 2 },
    ...{ referenceRssiDbm: -59, mfgReserved: 0 },
  }),
);
const tlm = (batteryMv: number) =>
  decodeAdverts(
    encodeEddystoneTlm({ batteryMv, temperatureC: undefined, advertCount: 9, uptimeMs: 60_000 }),
  );
const [here, there] = ['aabbccddee01', 'aabbccddee02'];

function list(...beacons: BeaconConfiguration[]) {
  const time = { now: 1_000 };
  return { beacons: new ListedBeacons(beacons, () => time.now), time };
}

test('[radio-2] a beacon that was not heard yet is listed as such; then by how long ago', () => {
  const { beacons, time } = list(door, desk);
  expect(beacons.health()).toEqual([{ beaconId: 'door' }, { beaconId: 'desk' }]);
  expect(beacons.take(ibeacon(2), here)).toBe(true);
  time.now += 2_500;
  expect(beacons.take(alt, undefined)).toBe(true);
  expect(beacons.health()).toEqual([
    { beaconId: 'door', heardAgoMs: 2_500 },
    { beaconId: 'desk', heardAgoMs: 0 },
  ]);
});

test('[threat-26][radio-2] whatever is not listed leaves nothing, telemetry of strangers neither', () => {
  const { beacons } = list(door);
  expect(beacons.take(ibeacon(3), here)).toBe(false);
  expect(beacons.take(tlm(2_900), here)).toBe(false);
  expect(beacons.take(decodeAdverts(Uint8Array.of(2, 1, 6)), here)).toBe(false);
  expect(beacons.health()).toEqual([{ beaconId: 'door' }]);
});

test('[radio-3] telemetry counts for the beacon whose name came from the same address last', () => {
  const { beacons } = list(door);
  beacons.take(ibeacon(2), here);
  expect(beacons.take(tlm(2_900), there)).toBe(false);
  expect(beacons.take(tlm(2_900), undefined)).toBe(false);
  expect(beacons.take(tlm(2_800), here)).toBe(true);
  const told = { batteryMv: 2_800, temperatureC: undefined, advertCount: 9, uptimeMs: 60_000 };
  expect(beacons.health()).toEqual([{ beaconId: 'door', heardAgoMs: 0, ...told }]);

  beacons.take(ibeacon(2), there); // its address changed: the old one may be anybody's
  expect(beacons.take(tlm(1_000), here)).toBe(false);
  expect(beacons.take(tlm(2_700), there)).toBe(true);
  expect(beacons.health()[0]?.batteryMv).toBe(2_700);
});

test('[radio-2] a charge in the power byte is the battery in percent', () => {
  const { beacons } = list(door);
  const bytes = encodeIBeacon({ uuid, major: 1, minor: 2, measuredPowerDbm: -59 });
  bytes[bytes.length - 1] = 42;
  beacons.take(decodeAdverts(bytes), undefined);
  expect(beacons.health()[0]?.batteryPercent).toBe(42);
});

test('[radio-2] what a hostile beacon tells of itself fits the report all the same', () => {
  const { beacons } = list(door);
  beacons.take(ibeacon(2), here);
  for (const temperatureC of [-127.99, 127.99]) {
    const frame = { batteryMv: 0xffff, temperatureC, advertCount: 0xffff_ffff };
    beacons.take(
      decodeAdverts(encodeEddystoneTlm({ ...frame, uptimeMs: 4_294_967_295 * 100 })),
      here,
    );
    expect(BeaconReportSchema.safeParse(beacons.health()[0]).error).toBeUndefined();
  }
});
