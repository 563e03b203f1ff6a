import { expect, test } from 'vitest';
import { JournalLookBack } from '../../../edge/db/journal-look-back.ts';
import { openForReading } from '../../../edge/db/open-database.ts';
import { aProductScan, newPseudonym } from '../../doubles/facts.ts';
import { aSession, aStoreWithHistory } from '../../doubles/store-with-history.ts';
import { CONFIGURATION } from '../../support/edge.ts';
import { tempDir } from '../../support/temp-dir.ts';

test('facts of the types that are wanted come from the newest back, a window at a time, none twice', () => {
  const store = aStoreWithHistory(tempDir(), CONFIGURATION);
  store.facts(
    ...Array.from({ length: 4_500 }, (_, i) =>
      i % 3 === 0 ? aProductScan() : aSession({ pseudonym: newPseudonym(), at: i }),
    ),
  );
  const looking = new JournalLookBack(openForReading(store.database));
  const windows = [...looking.windows('interact', ['session-opened'])];
  expect(windows).toHaveLength(3);
  const seen = windows.flat().map(({ body }) => (JSON.parse(body) as { at: number }).at);
  expect(seen).toEqual(
    Array.from({ length: 4_500 }, (_, i) => i)
      .filter((i) => i % 3 !== 0)
      .reverse(),
  );
  expect([...looking.windows('redeem', ['session-opened'])]).toEqual([]);
});

test('what was erased is not among them', () => {
  const store = aStoreWithHistory(tempDir(), CONFIGURATION);
  const [gone, here] = [newPseudonym(), newPseudonym()];
  store.facts(aSession({ pseudonym: gone, at: 1 }), aSession({ pseudonym: here, at: 2 }));
  store.commit([{ kind: 'erase', pseudonym: gone }], []);
  const looking = new JournalLookBack(openForReading(store.database));
  const found = [...looking.windows('interact', ['session-opened'])].flat();
  expect(found.map(({ body }) => body.includes(here))).toEqual([true]);
});
