import { expect, test } from 'vitest';
import { PhoneReports } from '../../../edge/recognition/phone-reports.ts';
import { utf8 } from '../../../kernel/credentials/crypto.ts';
import type { BeaconId, LeaseId, StoreId, ZoneId } from '../../../kernel/domain/ids.ts';
import type { RecognisedNear } from '../../../kernel/domain/recognised.ts';
import { type HeardBeacon, reportProof } from '../../../kernel/protocol/phone-api.ts';
import { newSigningKey, nodeCrypto, signingKeyOf } from '../../../node/crypto.ts';
import { aMember, type GivenMember, type Member } from '../../doubles/enrolled-member.ts';

const STORE = 'bottega' as StoreId;
const DOOR = { ibeacon: { uuid: 'f7826da6-4fa2-4e98-8024-bc5b71e0893e', major: 17, minor: 4 } };
const SHELF = { eddystoneUid: { namespace: '00'.repeat(10), instance: '11'.repeat(6) } };
const zone = (name: string) => name as ZoneId;

async function aDoor(...given: GivenMember[]) {
  const members: Member[] = [];
  for (const one of given) members.push(await aMember(new Uint8Array(32), one));
  const clock = {
    time: Date.now(),
    isCoarse: false,
    now: () => clock.time,
    counted: () => clock.time,
  };
  const heard: RecognisedNear[] = [];
  const lease = {
    leaseId: 'lease' as LeaseId,
    sealingKey: new Uint8Array(32),
    indexKey: new Uint8Array(32),
    notAfter: clock.time + 86_400_000,
  };
  const reports = new PhoneReports({
    storeId: STORE,
    beacons: [
      { id: 'door-1' as BeaconId, zone: zone('entrance'), ...DOOR },
      { id: 'shelf-1' as BeaconId, zone: zone('aisle'), ...SHELF },
    ],
    crypto: nodeCrypto,
    cohort: { lease, row: (of) => members.find(({ pseudonym }) => pseudonym === of)?.row },
    clock,
    near: (recognised) => heard.push(recognised),
  });
  clock.time += 1;
  const report = async (
    member: Member,
    said: { beacon?: HeardBeacon; at?: number; storeId?: string; signer?: Member } = {},
  ) => {
    const { beacon = DOOR, at = clock.time, storeId = STORE, signer = member } = said;
    const proof = utf8(reportProof(storeId, beacon, at));
    const signature = Buffer.from(await signer.phone.sign(proof)).toString('base64url');
    return { pseudonym: member.pseudonym, beacon, at, signature };
  };
  return { members: members as [Member, ...Member[]], reports, clock, heard, report };
}

test('[cred-3] a signed report is a hearing in the zone of its beacon, without a distance', async () => {
  const { members, reports, clock, heard, report } = await aDoor({ consents: ['recognise'] });
  const [{ pseudonym }] = members;
  expect(await reports.take(await report(members[0]))).toEqual({ kind: 'heard' });
  clock.time += 5_000;
  expect(await reports.take(await report(members[0], { beacon: SHELF }))).toEqual({
    kind: 'heard',
  });
  const common = { pseudonym, evidence: 'report', strength: 2 };
  expect(heard).toEqual([
    { ...common, zoneId: 'entrance', at: clock.time - 5_000 },
    { ...common, zoneId: 'aisle', at: clock.time },
  ]);
});

test('[cred-3] forged, of another store, of another person, or of no beacon of ours: refused, and nobody is near', async () => {
  const { members, reports, heard, report } = await aDoor(
    { consents: ['recognise'] },
    { consents: ['recognise'] },
    { consents: ['personalise', 'staff'] },
  );
  const [memberA, memberB, silent] = members as unknown as [Member, Member, Member];
  const refusal = async (given: Awaited<ReturnType<typeof report>>) => {
    const outcome = await reports.take(given);
    return outcome.kind === 'refused' ? outcome.reason : outcome.kind;
  };
  const good = await report(memberA);
  expect(await refusal({ ...good, at: good.at + 1 })).toBe('bad-signature');
  expect(await refusal({ ...good, beacon: SHELF })).toBe('bad-signature');
  expect(await refusal({ ...good, pseudonym: memberB.pseudonym })).toBe('bad-signature');
  expect(await refusal(await report(memberA, { signer: memberB }))).toBe('bad-signature');
  expect(await refusal(await report(memberA, { storeId: 'altrove' }))).toBe('bad-signature');
  expect(await refusal({ ...good, signature: 'A'.repeat(86) })).toBe('bad-signature');
  const nobody = { ...memberA, pseudonym: '0'.repeat(32) as Member['pseudonym'] };
  expect(await refusal(await report(nobody))).toBe('not-known-here');
  const elsewhere = { ibeacon: { ...DOOR.ibeacon, minor: 5 } };
  expect(await refusal(await report(memberA, { beacon: elsewhere }))).toBe('no-such-beacon');
  expect(await refusal(await report(silent))).toBe('no-consent');
  expect(heard).toEqual([]);
  expect(await refusal(good)).toBe('heard'); // none of these has used it up
});

test('[cred-3] [threat-1] each report once, later than the one before, and within 30 s of the store’s clock', async () => {
  const { members, reports, clock, heard, report } = await aDoor({ consents: ['recognise'] });
  const [member] = members;
  const start = clock.time;
  const outcomeOf = async (given: Awaited<ReturnType<typeof report>>) => {
    const outcome = await reports.take(given);
    return outcome.kind === 'refused' ? outcome.reason : outcome.kind;
  };
  const before = await report(member, { at: start - 5_000 }); // taken, perhaps, before this start
  expect(await outcomeOf(before)).toBe('replayed');
  const first = await report(member);
  expect(await outcomeOf(first)).toBe('heard');
  expect(await outcomeOf(first)).toBe('replayed');
  clock.time += 20_000;
  const second = await report(member);
  const between = await report(member, { at: start + 10_000 });
  const [one, other] = await Promise.all([outcomeOf(second), outcomeOf(second)]);
  expect([one, other].sort()).toEqual(['heard', 'replayed']);
  expect(await outcomeOf(between)).toBe('replayed');
  clock.time += 20_000;
  expect(await outcomeOf(first)).toBe('other-time');
  expect(await outcomeOf(await report(member, { at: clock.time + 30_001 }))).toBe('other-time');
  expect(await outcomeOf(await report(member, { at: clock.time - 30_001 }))).toBe('other-time');
  expect(await outcomeOf(await report(member, { at: clock.time + 30_000 }))).toBe('heard');
  expect(heard.at(-1)?.at).toBe(clock.time); // nobody is heard in the future
  clock.time += 61_000;
  expect(await outcomeOf(await report(member))).toBe('heard');
});

test('[cred-3] a second phone of the same person has a time of its own', async () => {
  const { members, reports, clock, report } = await aDoor({ consents: ['recognise'] });
  const [member] = members;
  const second = signingKeyOf(newSigningKey());
  member.row.phonePublicKeys.push(Buffer.from(second.publicKey).toString('base64url'));
  expect(await reports.take(await report(member))).toEqual({ kind: 'heard' });
  clock.time += 1;
  const earlier = clock.time - 1;
  const byOther = await report({ ...member, phone: second }, { at: earlier });
  expect(await reports.take(byOther)).toEqual({ kind: 'heard' });
});
