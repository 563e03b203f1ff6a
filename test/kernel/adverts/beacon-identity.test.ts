import { expect, test } from 'vitest';
import { decodeAdvert } from '../../../kernel/adverts/advert.ts';
import { encodeAltBeacon } from '../../../kernel/adverts/altbeacon.ts';
import { identityOfFrame, identityText } from '../../../kernel/adverts/beacon-identity.ts';
import { encodeEddystoneEid } from '../../../kernel/adverts/eddystone-eid.ts';
import { encodeEddystoneUid } from '../../../kernel/adverts/eddystone-uid.ts';
import { encodeIBeacon } from '../../../kernel/adverts/ibeacon.ts';
import { fromHex } from '../../../kernel/hex.ts';

const uuid = '2f234454-cf6d-4a0f-adf2-f4911ba9ffa6';
const bytes = (hex: string) => fromHex(hex) ?? new Uint8Array();
const identityIn = (payload: Uint8Array) => {
  const frame = decodeAdvert(payload);
  return frame.kind === 'rejected' ? undefined : identityOfFrame(frame);
};

test('what a beacon sends is what it is listed as', () => {
  const ibeacon = { uuid, major: 0xffff, minor: 7 };
  expect(identityIn(encodeIBeacon({ ...ibeacon, measuredPowerDbm: -59 }))).toBe(
    identityText({ ibeacon }),
  );
  const [namespace, instance] = ['edd1ebeac04e5defa017', '0123456789ab'];
  const uid = { txPowerDbm: -20, namespace: bytes(namespace), instance: bytes(instance) };
  expect(identityIn(encodeEddystoneUid(uid))).toBe(
    identityText({ eddystoneUid: { namespace, instance } }),
  );
  const alt = { companyId: 0x118, id1: uuid, id2: 1, id3: 0xabc, mfgReserved: 0 };
  expect(identityIn(encodeAltBeacon({ ...alt, referenceRssiDbm: -59 }))).toBe(
    identityText({ altbeacon: { id: `${uuid.replaceAll('-', '')}00010abc` } }),
  );
});

test('a token names no beacon', () => {
  expect(identityIn(encodeEddystoneEid({ txPowerDbm: 0, eid: bytes('0102030405060708') }))).toBe(
    undefined,
  );
});
