import { expect, test } from 'vitest';
import { TestWalks } from '../../../edge/presence/test-walks.ts';
import type { CohortRow } from '../../../kernel/domain/cohort.ts';
import type { Pseudonym, ReceiverId, ZoneId } from '../../../kernel/domain/ids.ts';
import { toHex } from '../../../kernel/hex.ts';
import { aMember } from '../../doubles/members.ts';

const r1 = 'r1' as ReceiverId;
const door = 'door' as ZoneId;
const TOKEN = '00'.repeat(8);

function aStore(given: Partial<CohortRow> = { test: true }) {
  const row = aMember(given);
  const store = { now: 1_000_000, row: row as CohortRow | undefined };
  let ids = 0;
  const walks = new TestWalks({
    tokens: { resolve: (token) => (toHex(token) === TOKEN ? row.pseudonym : undefined) },
    cohort: {
      find: (_kind, value) =>
        Promise.resolve(value === 'SGC1' ? { pseudonym: row.pseudonym, hash: '' } : undefined),
      row: () => store.row,
    },
    clock: { now: () => store.now },
    newId: () => String((ids += 1)),
  });
  const hear = (pseudonym: Pseudonym, rssiDbm: number | 'unknown' = -60) => {
    const strength = rssiDbm === 'unknown' ? {} : { rssiDbm };
    walks.hear({ pseudonym, receiverId: r1, zoneId: door, at: store.now, ...strength });
  };
  return { walks, store, hear, row };
}

test('[walk-1] strengths of the walk’s own credential are told once, and of nobody else', async () => {
  const { walks, store, hear, row } = aStore();
  hear(row.pseudonym); // before anybody asked
  const { walkId } = await walks.begin({ token: TOKEN });
  hear(row.pseudonym, -61);
  hear(aMember({ test: true }).pseudonym, -62);
  hear(row.pseudonym, 'unknown');
  const heard = { receiverId: r1, rssiDbm: -61, at: store.now };
  expect(walks.take(walkId)).toEqual({ now: store.now, hearings: [heard] });
  expect(walks.take(walkId).hearings).toEqual([]);
  walks.end(walkId);
  hear(row.pseudonym);
  expect(() => walks.take(walkId)).toThrow('that walk is over');
});

test('[walk-1] nobody who is not marked test is walked with, by token or by card, nor any longer', async () => {
  const real = aStore({ test: false });
  await expect(real.walks.begin({ token: TOKEN })).rejects.toThrow('not marked as a test');
  await expect(real.walks.begin({ card: 'SGC1' })).rejects.toThrow('not marked as a test');
  const { walks, store, hear, row } = aStore();
  await expect(walks.begin({ token: 'ff'.repeat(8) })).rejects.toThrow('does not know');
  await expect(walks.begin({ card: 'SGC2' })).rejects.toThrow('does not know');
  const { walkId } = await walks.begin({ card: 'SGC1' });
  hear(row.pseudonym);
  store.row = { ...row, test: false };
  expect(() => walks.take(walkId)).toThrow('not marked as a test');
  store.row = row;
  expect(() => walks.take(walkId)).toThrow('that walk is over');
});

test('[duty-13] nothing is kept for longer than a minute, asked for or not', async () => {
  const { walks, store, hear, row } = aStore();
  const { walkId } = await walks.begin({ token: TOKEN });
  hear(row.pseudonym, -70);
  store.now += 59_000;
  hear(row.pseudonym, -71);
  store.now += 1_000;
  walks.tick();
  expect(walks.take(walkId).hearings.map(({ rssiDbm }) => rssiDbm)).toEqual([-70, -71]);
  hear(row.pseudonym, -72);
  store.now += 60_001;
  hear(row.pseudonym, -73);
  expect(() => walks.take(walkId)).toThrow('that walk is over');
  for (let i = 0; i < 10_000; i += 1) hear(row.pseudonym);
});

test('a flood of hearings has its bound, and another walk ends the first', async () => {
  const { walks, hear, row } = aStore();
  const first = await walks.begin({ token: TOKEN });
  for (let i = 0; i < 10_000; i += 1) hear(row.pseudonym);
  expect(walks.take(first.walkId).hearings).toHaveLength(7_200);
  const second = await walks.begin({ token: TOKEN });
  expect(() => walks.take(first.walkId)).toThrow('that walk is over');
  expect(walks.take(second.walkId).hearings).toEqual([]);
});
