import { afterAll, onTestFinished } from 'vitest';

type Ending = () => Promise<void> | void;

const ofThisFile: Ending[] = [];

/**
 * Runs `ending` when the test that asked for it is over, or the file where no test is running
 * (in `beforeAll`, at the top). Later ones first, every one even if another fails.
 */
export function endLater(ending: Ending): void {
  try {
    onTestFinished(() => ending());
  } catch {
    ofThisFile.push(ending); // outside a test Vitest refuses the hook
  }
}

afterAll(async () => {
  const failures: unknown[] = [];
  for (const ending of ofThisFile.splice(0).reverse()) {
    try {
      await ending();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'not everything could be ended');
});
