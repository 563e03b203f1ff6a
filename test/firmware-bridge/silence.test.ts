import { expect, test } from 'vitest';
import { Silence } from '../../firmware-bridge/silence.ts';
import { ReceiverIdSchema } from '../../kernel/domain/ids.ts';

const [door, hall] = [ReceiverIdSchema.parse('door'), ReceiverIdSchema.parse('hall')];
const MINUTE = 60_000;

function ears() {
  const time = { now: 0 };
  const silence = new Silence(5 * MINUTE, () => time.now);
  /** Minute by minute, up to `minute`; `who` hears once in each. */
  const until = (minute: number, ...who: (typeof door)[]) => {
    for (; time.now < minute * MINUTE; time.now += MINUTE) for (const id of who) silence.heard(id);
  };
  silence.listening(door);
  return { silence, until };
}

test('[radio-4] one receiver alone that never heard anything may stand in an empty shop', () => {
  const { silence, until } = ears();
  until(600);
  expect(silence.of(door)).toBeUndefined();
});

test('[radio-4] silence while another hears is deafness, also from the start', () => {
  const { silence, until } = ears();
  silence.listening(hall);
  until(4, hall);
  expect(silence.of(door)).toBeUndefined();
  until(6, hall);
  expect(silence.of(door)).toContain('while hall does');
  expect(silence.of(hall)).toBeUndefined();
});

test('[radio-4] when all fall silent together the shop is empty', () => {
  const { silence, until } = ears();
  silence.listening(hall);
  until(30, door, hall);
  until(45);
  expect([silence.of(door), silence.of(hall)]).toEqual([undefined, undefined]);
});

test('[radio-4] where something was always heard for an hour, four times the limit without anything is deafness', () => {
  const { silence, until } = ears();
  until(90, door);
  until(108);
  expect(silence.of(door)).toBeUndefined();
  until(111);
  expect(silence.of(door)).toContain('where it used to hear');
});

test('[radio-4] a shop that was silent for an hour before may be again', () => {
  const { silence, until } = ears();
  until(90, door);
  until(150);
  until(160, door);
  until(250);
  expect(silence.of(door)).toBeUndefined();
});

test('[radio-4] an hour of deafness teaches no habit', () => {
  const { silence, until } = ears();
  silence.listening(hall);
  until(90, door, hall);
  until(150, hall);
  expect(silence.of(door)).toBeDefined();
  until(160, door, hall);
  silence.gone(hall);
  until(181);
  expect(silence.of(door)).toContain('where it used to hear');
});

test('[radio-4] a receiver that does not work is not deaf, and begins anew', () => {
  const { silence, until } = ears();
  silence.listening(hall);
  until(10, hall);
  silence.gone(door);
  expect(silence.of(door)).toBeUndefined();
  silence.listening(door);
  until(14, hall);
  expect(silence.of(door)).toBeUndefined();
});
