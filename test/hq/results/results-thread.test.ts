import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ResultsThread } from '../../../hq/results/results-thread.ts';
import type { OfferId } from '../../../kernel/domain/ids.ts';
import {
  bought,
  DAY_MS,
  decided,
  MEASURED_OFFER,
  measuredOffice,
} from '../../support/measured-office.ts';
import { NOON } from '../../doubles/members.ts';
import { tempDir } from '../../support/temp-dir.ts';

const anOfficeOnDisk = async () => {
  const file = join(tempDir(), 'hq.sqlite');
  const office = await measuredOffice(undefined, file);
  return { office, thread: new ResultsThread(file, () => office.clock.now) };
};

test('[lift-14] counted in a thread beside head office’s own, the figures are the same', async () => {
  const { office, thread } = await anOfficeOnDisk();
  for (let i = 0; i < 60; i += 1) {
    const somebody = await office.join();
    await office.push([
      decided(somebody, NOON),
      bought(somebody, NOON + DAY_MS, { netMinor: 100 * i }),
    ]);
  }
  office.clock.now = NOON + 20 * DAY_MS;
  const here = await office.results();
  expect(here).toMatchObject({ kind: 'measured', all: { people: 60 } });
  expect(await thread.of(MEASURED_OFFER)).toEqual(here);
  await thread.close();
});

test('who asks while it is being counted gets the same answer; a failure is asked anew', async () => {
  const { thread } = await anOfficeOnDisk();
  const first = thread.of(MEASURED_OFFER);
  expect(thread.of(MEASURED_OFFER)).toBe(first);
  const lost = thread.of('altro' as OfferId);
  await expect(lost).rejects.toMatchObject({ code: 'request/not-found' });
  const again = thread.of('altro' as OfferId);
  expect(again).not.toBe(lost);
  await expect(again).rejects.toMatchObject({ code: 'request/not-found' });
  await thread.close();
});

test('head office that stops does not wait for what is being counted', async () => {
  const { thread } = await anOfficeOnDisk();
  const counting = thread.of(MEASURED_OFFER);
  const waiting = thread.of('altro' as OfferId);
  const refused = [counting, waiting].map((each) =>
    expect(each).rejects.toMatchObject({ code: 'store/stopping' }),
  );
  await new Promise((resolve) => setImmediate(resolve)); // the thread is there
  await thread.close();
  await Promise.all(refused);
});
