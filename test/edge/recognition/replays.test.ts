import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { tokensOf, TokenKeys, wordsOf } from '../../../edge/recognition/token-keys.ts';
import { TokenTable } from '../../../edge/recognition/token-table.ts';
import { judgeRotatingCode, macOf, minuteOf } from '../../../kernel/credentials/rotating-code.ts';
import type { Pseudonym } from '../../../kernel/domain/ids.ts';
import { toHex } from '../../../kernel/hex.ts';
import { nodeCrypto } from '../../../node/crypto.ts';

const NOW = 1_800_000_000_000;
const WINDOW = Math.floor(NOW / 512_000);
const PEOPLE = 1_000;
/** Windows whose tokens are heard again: 500 before and 500 after those that count. */
const REPLAYED = [...Array(500).keys()].flatMap((i) => [WINDOW - 2 - i, WINDOW + 2 + i]);

test('[threat-1] a million tokens replayed outside their window: nobody is recognised', async () => {
  const keys = new TokenKeys();
  const table = new TokenTable({
    add: (words) => {
      keys.add(words);
    },
    load: () => Promise.reject(new Error('there is no disk here')),
    forget: () => undefined,
    clear: () => undefined,
    build: (window) => Promise.resolve(keys.build(window)),
  });
  const first = (WINDOW * 512) >>> 16;
  const periods = Array.from({ length: 13 }, (_, i) => first - 6 + i);
  const words = Array.from({ length: PEOPLE }, (_, i) => {
    const temporaryKeys = periods.map((period) => ({ period, key: toHex(randomBytes(16)) }));
    const sources = [{ clockOffsetS: 0, temporaryKeys }];
    const pseudonym = toHex(randomBytes(16)) as Pseudonym;
    table.put({ pseudonym, sources, until: NOW + 86_400_000, test: false });
    return Uint32Array.from(wordsOf(i, sources));
  });
  await table.turn(NOW);
  const heard = { replayed: 0, recognised: 0 };
  const hear = (window: number) => {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    for (const person of words) {
      for (let at = 0; at < person.length; at += person.length / periods.length) {
        tokensOf(person, at, window, (high, low) => {
          view.setUint32(0, high);
          view.setUint32(4, low);
          heard.replayed += 1;
          if (table.resolve(bytes, NOW) !== undefined) heard.recognised += 1;
        });
      }
    }
  };
  for (const window of REPLAYED) hear(window);
  expect(heard).toEqual({ replayed: PEOPLE * REPLAYED.length, recognised: 0 });
  hear(WINDOW);
  expect(heard.recognised).toBe(PEOPLE);
});

test('a rotating code is good in its minute and one beside it, and in no other', async () => {
  const key = randomBytes(32);
  const codeId = randomBytes(8);
  const minute = minuteOf(NOW);
  const verdicts = new Map<string, number>();
  for (let offset = -2_000; offset <= 2_000; offset += 1) {
    const mac = await macOf(nodeCrypto, key, codeId, minute + offset);
    const code = { codeId, minute: minute + offset, mac };
    const verdict = await judgeRotatingCode(nodeCrypto, key, code, NOW);
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    // Its minute written over: the proof does not fit any more.
    const forged = await judgeRotatingCode(nodeCrypto, key, { ...code, minute }, NOW);
    expect(forged).toBe(offset === 0 ? 'good' : 'wrong-mac');
  }
  expect(Object.fromEntries(verdicts)).toEqual({ good: 3, 'other-minute': 3_998 });
});
