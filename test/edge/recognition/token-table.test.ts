import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sealRow } from '../../../edge/consent/sealing.ts';
import { CohortRepository } from '../../../edge/db/cohort-repository.ts';
import { openForWriting } from '../../../edge/db/open-database.ts';
import type { TokenBuilder } from '../../../edge/recognition/token-builder.ts';
import { loadPage } from '../../../edge/recognition/page-loading.ts';
import type { StoredRow, StoreReads } from '../../../edge/reads.ts';
import { TokenKeys } from '../../../edge/recognition/token-keys.ts';
import { TokenTable } from '../../../edge/recognition/token-table.ts';
import { TokenThread } from '../../../edge/recognition/token-thread.ts';
import { periodOf, tokenOf } from '../../../kernel/credentials/token.ts';
import { CohortRowSchema, type Purpose } from '../../../kernel/domain/cohort.ts';
import type { LeaseId, Pseudonym } from '../../../kernel/domain/ids.ts';
import { fromHex, toHex } from '../../../kernel/hex.ts';
import { nodeCrypto } from '../../../node/crypto.ts';
import { newId } from '../../doubles/facts.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NOW = 1_800_000_000_000;
const WINDOW_MS = 512_000;

const NO_ROWS: Pick<StoreReads, 'cohortPage'> = { cohortPage: () => [] };

/** In the test's own thread; `hold` lets a build wait. */
function aBuilderHere(reads = NO_ROWS): TokenBuilder & { hold?: Promise<void> } {
  const keys = new TokenKeys();
  return {
    add: (words) => {
      keys.add(words);
    },
    load: (query) => Promise.resolve(loadPage(reads, keys, query)),
    forget: (slots) => {
      keys.forget(slots);
    },
    clear: () => {
      keys.clear();
    },
    async build(window) {
      const table = keys.build(window);
      await this.hold;
      return table;
    },
  };
}
function aThread(file = ''): TokenBuilder {
  const thread = new TokenThread({ file }, (error) => expect.unreachable(error.message));
  onTestFinished(() => thread.close());
  return thread;
}

/** Somebody whose keys serve for a day around NOW. */
function somebody(given: { clockOffsetS?: number; until?: number; test?: boolean } = {}) {
  const { clockOffsetS = 0, until = NOW + 86_400_000, test = false } = given;
  const first = periodOf(NOW / 1_000 + clockOffsetS) - 1;
  const temporaryKeys = [0, 1, 2].map((i) => ({
    period: first + i,
    key: toHex(randomBytes(16)),
  }));
  const pseudonym = toHex(randomBytes(16)) as Pseudonym;
  const token = async (at: number) => {
    const time = Math.floor(at / 1_000) + clockOffsetS;
    const key = temporaryKeys.find(({ period }) => period === periodOf(time))!.key;
    return tokenOf(nodeCrypto, fromHex(key)!, 9, time);
  };
  const key = fromHex(temporaryKeys[1]!.key)!;
  const person = { pseudonym, sources: [{ clockOffsetS, temporaryKeys }], until, test };
  return { person, pseudonym, token, key };
}

describe.each([
  ['in a thread of its own', () => aThread()],
  ['in this thread', () => aBuilderHere()],
])('a table built %s', (_, aBuilder) => {
  test('knows its people in the windows −1, 0 and +1, and nobody else', async () => {
    const table = new TokenTable(aBuilder());
    const [early, late] = [somebody(), somebody()];
    table.put(early.person);
    await table.turn(NOW);
    table.put(late.person);
    for (const { pseudonym, token } of [early, late]) {
      for (const offset of [-1, 0, 1])
        expect(table.resolve(await token(NOW + offset * WINDOW_MS), NOW)).toBe(pseudonym);
      for (const offset of [-3, 3])
        expect(table.resolve(await token(NOW + offset * WINDOW_MS), NOW)).toBeUndefined();
    }
    expect(table.resolve(randomBytes(8), NOW)).toBeUndefined();
  });

  test('goes on through windows and the end of a key', async () => {
    const table = new TokenTable(aBuilder());
    const { person, pseudonym, token } = somebody();
    table.put(person);
    for (let at = NOW; at < NOW + 65_536_000; at += 3 * WINDOW_MS) {
      await table.turn(at);
      expect(table.resolve(await token(at), at)).toBe(pseudonym);
    }
  });

  test('knows a beacon whose clock is neither ours nor turns when ours does', async () => {
    const table = new TokenTable(aBuilder());
    for (const clockOffsetS of [-1_000_000, -100, 300, 512 * 7, 12_345_678]) {
      const { person, pseudonym, token } = somebody({ clockOffsetS });
      table.put(person);
      await table.rebuild();
      await table.turn(NOW);
      for (const offsetMs of [-400_000, 0, 400_000])
        expect(table.resolve(await token(NOW + offsetMs), NOW)).toBe(pseudonym);
    }
  });

  test('[duty-6] forgets at once, also with the next windows', async () => {
    const table = new TokenTable(aBuilder());
    const [gone, stays] = [somebody(), somebody()];
    table.put(gone.person);
    table.put(stays.person);
    await table.turn(NOW);
    table.forget(gone.pseudonym);
    expect(table.resolve(await gone.token(NOW), NOW)).toBeUndefined();
    await table.rebuild();
    expect(table.resolve(await gone.token(NOW), NOW)).toBeUndefined();
    expect(table.resolve(await stays.token(NOW), NOW)).toBe(stays.pseudonym);
    expect(table.size).toBe(1);
  });

  test('many at once are known once it was rebuilt', async () => {
    const table = new TokenTable(aBuilder());
    await table.turn(NOW);
    const people = Array.from({ length: 3_000 }, () => somebody());
    for (const { person } of people) table.putLater(person);
    await table.rebuild();
    for (const { pseudonym, token } of people.slice(0, 300))
      expect(table.resolve(await token(NOW), NOW)).toBe(pseudonym);
    expect(table.bytes).toBeLessThan(3 * 3_000 * 20);
  });

  test('[duty-20] cleared it knows nobody, and whoever comes afterwards at once', async () => {
    const table = new TokenTable(aBuilder());
    const [before, after] = [somebody(), somebody()];
    table.put(before.person);
    await table.turn(NOW);
    table.clear();
    table.put(after.person);
    expect(table.resolve(await before.token(NOW), NOW)).toBeUndefined();
    expect(table.resolve(await after.token(NOW), NOW)).toBe(after.pseudonym);
    await table.rebuild();
    expect(table.resolve(await before.token(NOW), NOW)).toBeUndefined();
    expect(table.resolve(await after.token(NOW), NOW)).toBe(after.pseudonym);
  });
});

test('whoever comes while a window is being made is in it; whoever goes is not', async () => {
  const builder = aBuilderHere();
  const table = new TokenTable(builder);
  const [early, late, gone] = [somebody(), somebody(), somebody()];
  table.put(early.person);
  table.put(gone.person);
  await table.turn(NOW);
  let release: () => void = () => undefined;
  builder.hold = new Promise((resolve) => (release = resolve));
  const next = NOW + WINDOW_MS;
  const turning = table.turn(next);
  await Promise.resolve();
  await Promise.resolve();
  table.put(late.person);
  table.forget(gone.pseudonym);
  release();
  await turning;
  const later = next + WINDOW_MS;
  for (const { pseudonym, token } of [early, late])
    expect(table.resolve(await token(later), next)).toBe(pseudonym);
  expect(table.resolve(await gone.token(later), next)).toBeUndefined();
});

test('a grant that is over is a stranger; a test credential’s tokens may be recorded, nobody else’s', async () => {
  const table = new TokenTable(aBuilderHere());
  const [over, own] = [somebody({ until: NOW }), somebody({ test: true })];
  table.put(over.person);
  table.put(own.person);
  await table.turn(NOW);
  expect(table.resolve(await over.token(NOW), NOW)).toBeUndefined();
  const tokens = await Promise.all([0, -1, 1].map((i) => own.token(NOW + i * WINDOW_MS)));
  expect(table.testTokens(NOW)).toEqual(tokens.map(toHex));
});

test('a token that two people share is nobody’s', async () => {
  const table = new TokenTable(aBuilderHere());
  const { person, token } = somebody();
  const twin = { ...person, pseudonym: 'f'.repeat(32) as Pseudonym };
  table.put(person);
  table.put(twin);
  await table.turn(NOW);
  expect(table.resolve(await token(NOW), NOW)).toBeUndefined();
});

const KEY = { leaseId: newId<LeaseId>(), sealingKey: randomBytes(32) };

/** A row of somebody, as it lies on disk. */
function storedRow(
  { person }: ReturnType<typeof somebody>,
  given: { consents?: readonly Purpose[]; key?: typeof KEY } = {},
): StoredRow {
  const { consents = ['recognise'], key = KEY } = given;
  const { pseudonym, sources, until, test: isTest } = person;
  const row = CohortRowSchema.parse({
    ...{ pseudonym, rowVersion: 1, test: isTest, language: 'it', segments: [], affinities: {} },
    ...{ points: 0, coupons: [], rotatingCodes: [], phonePublicKeys: [], cardHashes: [] },
    grants: consents.map((purpose) => ({
      ...{ purpose, grantedAt: NOW - 1, expiresAt: until, textVersion: '1' },
    })),
    tokenSources: sources,
  });
  const { leaseId, sealingKey } = key;
  return { pseudonym, rowVersion: 1, leaseId, sealed: sealRow(sealingKey, row) };
}
/** Pages of these rows. */
function onDisk(...rows: readonly StoredRow[]): Pick<StoreReads, 'cohortPage'> {
  const numbered = rows.map((row, i) => ({ id: i + 1, ...row }));
  return {
    cohortPage: (after, limit) => numbered.filter(({ id }) => id > after).slice(0, limit),
  };
}

describe('people on disk', () => {
  test('[cohort-2] a thread reads and opens the rows itself, over many pages', async () => {
    const file = join(tempDir(), 'store.db');
    const db = openForWriting(file);
    const rows = new CohortRepository(db);
    const people = Array.from({ length: 2_300 }, (_, i) => somebody({ test: i === 7 }));
    db.transaction(() => {
      for (const one of people) rows.put({ ...storedRow(one), lookUps: [], coupons: [] });
    })();
    const table = new TokenTable(aThread(file));
    await table.turn(NOW);
    expect(await table.load(KEY)).toEqual([]);
    expect(table.size).toBe(people.length);
    for (const { pseudonym, token } of people.filter((_, i) => i % 23 === 0))
      expect(table.resolve(await token(NOW), NOW)).toBe(pseudonym);
    expect(table.testTokens(NOW)).toContain(toHex(await people[7]!.token(NOW)));
    expect(table.testTokens(NOW)).toHaveLength(3);
  });

  test('[cohort-2] without recognise, under another lease or damaged, somebody is in no table', async () => {
    const [silent, foreign, broken, known] = [somebody(), somebody(), somebody(), somebody()];
    const otherLease = { leaseId: newId<LeaseId>(), sealingKey: randomBytes(32) };
    const damaged = storedRow(broken);
    damaged.sealed[50]! ^= 4;
    const reads = onDisk(
      storedRow(silent, { consents: ['personalise'] }),
      storedRow(foreign, { key: otherLease }),
      damaged,
      storedRow(known),
    );
    const table = new TokenTable(aBuilderHere(reads));
    await table.turn(NOW);
    expect(await table.load(KEY)).toEqual([broken.pseudonym]);
    expect(table.size).toBe(1);
    expect(table.resolve(await known.token(NOW), NOW)).toBe(known.pseudonym);
    for (const { token } of [silent, foreign, broken])
      expect(table.resolve(await token(NOW), NOW)).toBeUndefined();
  });

  test('[cohort-1] who goes, or comes anew, while rows are read is as they were last', async () => {
    const [gone, renewed, stays] = [somebody(), somebody(), somebody()];
    const builder = aBuilderHere(onDisk(...[gone, renewed, stays].map((one) => storedRow(one))));
    const newer = somebody();
    const table = new TokenTable(builder);
    await table.turn(NOW);
    const loading = table.load(KEY);
    table.forget(gone.pseudonym);
    table.put({ ...newer.person, pseudonym: renewed.pseudonym });
    await loading;
    await table.rebuild();
    expect(table.size).toBe(2);
    expect(table.resolve(await gone.token(NOW), NOW)).toBeUndefined();
    expect(table.resolve(await renewed.token(NOW), NOW)).toBeUndefined();
    expect(table.resolve(await newer.token(NOW), NOW)).toBe(renewed.pseudonym);
    expect(table.resolve(await stays.token(NOW), NOW)).toBe(stays.pseudonym);
  });

  test('[duty-20] a lease that ends while rows are read leaves nobody', async () => {
    const one = somebody();
    const table = new TokenTable(aBuilderHere(onDisk(storedRow(one))));
    await table.turn(NOW);
    const loading = table.load(KEY);
    table.clear();
    await loading;
    await table.rebuild();
    expect(table.size).toBe(0);
    expect(table.resolve(await one.token(NOW), NOW)).toBeUndefined();
  });
});

test('a crowd that comes one by one resolves, also those for whom the tables had no room', async () => {
  const table = new TokenTable(aBuilderHere());
  await table.turn(NOW);
  const first = Array.from({ length: 15_000 }, () => somebody());
  for (const { person } of first) table.putLater(person);
  await table.rebuild();
  const late = Array.from({ length: 15_000 }, () => somebody());
  for (const { person } of late) table.put(person);
  await table.turn(NOW); // after what was begun
  for (const { pseudonym, token } of [...first, ...late].filter((_, i) => i % 100 === 0))
    expect(table.resolve(await token(NOW), NOW)).toBe(pseudonym);
});

describe('clocks', () => {
  const table = async (...people: readonly ReturnType<typeof somebody>[]) => {
    const made = new TokenTable(aBuilderHere());
    for (const { person } of people) made.put(person);
    await made.turn(NOW);
    return made;
  };

  test('[cohort-3] a phone a window early or late is known, two windows are too many', async () => {
    const phone = somebody();
    const known = await table(phone, somebody(), somebody());
    for (const skewMs of [-WINDOW_MS, -300_000, 0, 300_000, WINDOW_MS])
      expect(known.resolve(await phone.token(NOW + skewMs), NOW)).toBe(phone.pseudonym);
    for (const skewMs of [-2 * WINDOW_MS, 2 * WINDOW_MS])
      expect(known.resolve(await phone.token(NOW + skewMs), NOW)).toBeUndefined();
  });

  test.each([-9 * 86_400, -86_400 - 77, 3 * 86_400, 40 * 86_400 + 251, -1_800_000_000 + 700])(
    '[cohort-3] a beacon whose clock is %i s ahead is known by its offset, a window early or late too',
    async (clockOffsetS) => {
      const beacon = somebody({ clockOffsetS });
      const known = await table(beacon, somebody());
      for (const skewMs of [-WINDOW_MS, 0, WINDOW_MS])
        expect(known.resolve(await beacon.token(NOW + skewMs), NOW)).toBe(beacon.pseudonym);
    },
  );

  test('[cohort-3] a beacon that began to count anew is nobody, and never somebody else', async () => {
    const beacons = Array.from({ length: 300 }, (_, i) =>
      somebody({ clockOffsetS: (i - 150) * 4_321 }),
    );
    const known = await table(...beacons);
    for (const { pseudonym, token, key } of beacons) {
      expect(known.resolve(await token(NOW), NOW)).toBe(pseudonym);
      // From zero, from the day that it saved, and from any time whose key the store holds.
      for (const backS of [2 * 512, 3_600, 86_400]) {
        const restarted = await token(NOW - backS * 1_000).catch(() => undefined);
        if (restarted) expect(known.resolve(restarted, NOW)).toBeUndefined();
      }
      for (const counterS of [0, 512, 100_000])
        expect(known.resolve(await tokenOf(nodeCrypto, key, 9, counterS), NOW)).toBeUndefined();
    }
  });
});
