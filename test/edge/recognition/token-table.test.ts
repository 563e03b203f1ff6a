import { randomBytes } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { TokenBuilder } from '../../../edge/recognition/token-builder.ts';
import { TokenKeys } from '../../../edge/recognition/token-keys.ts';
import { TokenTable } from '../../../edge/recognition/token-table.ts';
import { TokenThread } from '../../../edge/recognition/token-thread.ts';
import { periodOf, tokenOf } from '../../../kernel/credentials/token.ts';
import type { Pseudonym } from '../../../kernel/domain/ids.ts';
import { fromHex, toHex } from '../../../kernel/hex.ts';
import { nodeCrypto } from '../../../node/crypto.ts';

const NOW = 1_800_000_000_000;
const WINDOW_MS = 512_000;

/** In the test's own thread; `hold` lets a build wait. */
function aBuilderHere(): TokenBuilder & { hold?: Promise<void> } {
  const keys = new TokenKeys();
  return {
    add: (words) => {
      keys.add(words);
    },
    forget: (slot) => {
      keys.forget([slot]);
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
function aThread(): TokenBuilder {
  const thread = new TokenThread((error) => expect.unreachable(error.message));
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
  const token = (at: number) => {
    const time = Math.floor(at / 1_000) + clockOffsetS;
    const key = temporaryKeys.find(({ period }) => period === periodOf(time))!.key;
    return tokenOf(nodeCrypto, fromHex(key)!, 9, time);
  };
  const person = { pseudonym, sources: [{ clockOffsetS, temporaryKeys }], until, test };
  return { person, pseudonym, token };
}

describe.each([
  ['in a thread of its own', aThread],
  ['in this thread', aBuilderHere],
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
