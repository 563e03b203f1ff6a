import { expect, test } from 'vitest';
import type { ReceiverId } from '../../kernel/domain/ids.ts';
import { encodeSightingBatch } from '../../kernel/protocol/sighting-batch.ts';
import { aMember } from '../doubles/enrolled-member.ts';
import { HqForEdge } from '../doubles/hq-for-edge.ts';
import { aBundle } from '../doubles/shop-goods.ts';
import { anEdge, ask } from '../support/edge.ts';
import { endLater } from '../support/endings.ts';
import { until } from '../support/until.ts';

const WINDOW_MS = 512_000;

test('[alarm-1] a token that is sent again while its phone sends the next one raises an alarm that names the zone, and nobody', async () => {
  const hq = await new HqForEdge().open();
  endLater(() => hq.close());
  hq.lease();
  hq.publish(aBundle());
  const [member, other] = [await aMember(hq.indexKey), await aMember(hq.indexKey)];
  const rows = [member, other].map(({ row }) => ({ kind: 'row' as const, row }));
  hq.say('cohort', ...rows);
  const edge = await anEdge({ hqUrl: hq.url, enrolmentCode: hq.enrolmentCode('bottega') });
  const metrics = async () => (await fetch(`${edge.url}/metrics`)).text();
  await until('both members', 8_000, async () =>
    (await metrics()).includes('soglia_cohort_recognisable 2\n'),
  );
  const bridge = await edge.bridge();
  const hear = (token: Uint8Array, ageMs: number) => {
    const receiverId = 'r1' as ReceiverId;
    const sighting = { receiverId, carrier: 'eid' as const, token, rssiDbm: -60, ageMs };
    return ask<{ resolved: number }>(
      bridge.socket,
      'sightings',
      Buffer.from(encodeSightingBatch([sighting])),
    );
  };
  const now = Date.now();
  const [newer, older] = [await member.token(now), await member.token(now - WINDOW_MS)];
  const late = await other.token(now - WINDOW_MS);
  await hear(newer, 64_000);
  await hear(await other.token(now), 20_000);
  for (const ageMs of [3_900, 2_600, 1_300, 0]) {
    expect(await hear(older, ageMs)).toMatchObject({ outcome: { resolved: 1 } });
    await hear(late, 40_000 + ageMs); // heard before the newer one
  }
  await until('the alarm at HQ', 8_000, () => hq.bodies('replay-suspected').length > 0);
  const [alarm, ...more] = hq.bodies('replay-suspected');
  expect(alarm).toEqual({
    ...{ type: 'replay-suspected', zoneId: 'entrance' },
    at: expect.any(Number) as number,
  });
  expect(more).toEqual([]);
  expect(await metrics()).toContain('soglia_replay_alarms_total 1\n');
});
