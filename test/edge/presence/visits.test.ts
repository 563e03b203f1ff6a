import { expect, test } from 'vitest';
import { randomIds } from '../../../edge/ids.ts';
import { Visits } from '../../../edge/presence/visits.ts';
import type { Pseudonym, ReceiverId, ZoneId } from '../../../kernel/domain/ids.ts';
import { RememberingWriter } from '../../doubles/remembering-writer.ts';

const memberA = 'a'.repeat(32) as Pseudonym;
const [pavement, door, wine] = ['pavement', 'door', 'wine'] as [ZoneId, ZoneId, ZoneId];
const TIMING = { leaveAfterMs: 60_000, dwellAfterMs: 20_000, outside: [pavement] };

function aDay() {
  const writer = new RememberingWriter();
  const visits = new Visits(writer, randomIds, TIMING, undefined, (error) => {
    throw error as Error;
  });
  const hear = (zoneId: ZoneId, at: number) => {
    const hearing = { pseudonym: memberA, receiverId: `at-${zoneId}` as ReceiverId, zoneId, at };
    const event = visits.presences.hear(hearing);
    if (event !== undefined) visits.follow(event);
  };
  return { writer, visits, hear };
}

test('[presence-1] passing by before the door is no visit, and nothing of it is written down', () => {
  const { writer, visits, hear } = aDay();
  hear(pavement, 0);
  visits.keep();
  visits.sweep(100_000);
  expect(writer.asked).toEqual([]);
  expect(visits.moments).toMatchObject({ near: 1, enter: 0, leave: 1 });
});

test('[presence-4] a visit begins by coming in and ends with how long it was where', () => {
  const { writer, visits, hear } = aDay();
  hear(pavement, 0);
  hear(door, 5_000);
  for (let at = 9_000; at <= 60_000; at += 1_000) hear(wine, at);
  hear(door, 70_000);
  visits.sweep(200_000);
  expect(writer.facts).toMatchObject([
    { type: 'visit-started', pseudonym: memberA, zoneId: door, at: 5_000 },
    {
      type: 'visit-ended',
      zones: [
        { zoneId: wine, ms: 61_000 },
        { zoneId: door, ms: 4_000 },
      ],
      at: 70_000,
    },
  ]);
  expect(visits.moments).toMatchObject({ near: 1, enter: 1, zone: 2, leave: 1 });
});

test('[presence-4] of somebody who took recognition back nothing is told but that it is over', () => {
  const { writer, visits, hear } = aDay();
  hear(door, 0);
  hear(door, 9_000);
  visits.forget(memberA, 'withdrawn');
  expect(writer.facts.at(-1)).toMatchObject({ type: 'visit-ended', at: 9_000 });
  expect(writer.facts.at(-1)).not.toHaveProperty('zones');
});
