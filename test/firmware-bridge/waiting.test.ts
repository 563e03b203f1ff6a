import { expect, test } from 'vitest';
import { Alarm, BackOff, within } from '../../firmware-bridge/waiting.ts';

test('an answer in time is the answer', async () => {
  expect(await within(Promise.resolve('here'), 1_000, 'anybody')).toBe('here');
});

test('no answer in time is an error that says what was waited for', async () => {
  const never = new Promise(() => undefined);
  await expect(within(never, 10, 'BlueZ, power of hci0')).rejects.toMatchObject({
    code: 'time/out',
    message: 'no answer in 10 ms: BlueZ, power of hci0',
  });
});

test('an alarm ends the sleep that is under way, or the next one', async () => {
  const alarm = new Alarm();
  const sleeping = alarm.sleep(60_000);
  alarm.wake();
  expect(await sleeping).toBe(true);
  alarm.wake();
  expect(await alarm.sleep(60_000)).toBe(true);
  expect(await alarm.sleep(1)).toBe(false);
});

test('pauses double up to the longest, and begin anew after a success', () => {
  const backOff = new BackOff(100, 350);
  expect([backOff.next(), backOff.next(), backOff.next()]).toEqual([100, 200, 350]);
  backOff.reset();
  expect(backOff.next()).toBe(100);
});
