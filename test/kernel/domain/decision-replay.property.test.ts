import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { canonicalJson, type JsonValue } from '../../../kernel/domain/canonical-json.ts';
import { decided, indexOf, type Question, questions } from '../../doubles/decisions.ts';
import { startProcess } from '../../support/process.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

const PROGRAM = fileURLToPath(new URL('../../support/deciding-process.ts', import.meta.url));
const DECISIONS = 400;

/** The hashes as a process of its own finds them, from its start to its end. */
async function hashesOfAProcess(): Promise<readonly string[]> {
  const args = ['--import', 'tsx', PROGRAM, String(seed), String(DECISIONS)];
  const deciding = startProcess(process.execPath, args);
  expect([await deciding.ended(60_000), deciding.output().length]).toEqual([0, DECISIONS * 65]);
  return deciding.output().trimEnd().split('\n');
}

test('[wire-39] a decision asked again has the same hash in another process, and after a restart', async () => {
  const here = fc
    .sample(questions, { seed, numRuns: DECISIONS })
    .map((question) => createHash('sha256').update(decided(question).canonical).digest('hex'));
  const [one, other] = await Promise.all([hashesOfAProcess(), hashesOfAProcess()]);
  expect(one).toEqual(here);
  expect(other).toEqual(here);
  expect(await hashesOfAProcess()).toEqual(here); // both have ended: this one starts anew
  expect(new Set(here).size).toBeGreaterThan(DECISIONS * 0.9);
});

test('[wire-39] a decision has the same text, whatever the order in which its inputs were put together', () => {
  const property = fc.property(questions, (question) => {
    const { canonical } = decided(question);
    expect(decided(turned(question)).canonical).toBe(canonical);
    expect(canonicalJson(JSON.parse(canonical) as JsonValue)).toBe(canonical);
  });
  fc.assert(property, { numRuns: runs(500) });
});

test('an index that was asked before answers as one that was not', () => {
  const property = fc.property(questions, questions, (question, other) => {
    const used = indexOf(question);
    decided({ ...other, offers: question.offers }, used);
    expect(decided(question, used)).toEqual(decided(question));
  });
  fc.assert(property, { numRuns: runs(200) });
});

const backwards = <T>(values: Iterable<T>) => [...values].reverse();

/** The same question: sets, maps and records filled in the opposite order, and the bundle listed from its end. */
function turned(question: Question): Question {
  const { offers, products, person, context, counted } = question;
  const { cart, stock, usedCoupons } = context;
  const { affinities, arms, segments } = person.row;
  return {
    ...question,
    offers: backwards(offers),
    products: backwards(products),
    person: {
      ...person,
      row: {
        ...person.row,
        segments: backwards(segments),
        affinities: turnedRecord(affinities),
        ...(arms !== undefined && { arms: turnedRecord(arms) }),
      },
    },
    context: turnedRecord({
      ...context,
      usedCoupons: new Set(backwards(usedCoupons)),
      storeTime: turnedRecord(context.storeTime),
      cart: cart && {
        minor: cart.minor,
        categories: new Set(backwards(cart.categories)),
        products: new Set(backwards(cart.products)),
      },
      stock: stock && new Map(backwards(stock)),
    }),
    counted: {
      ...counted,
      usesToday: new Map(backwards(counted.usesToday)),
      priced: new Set(backwards(counted.priced)),
    },
  };
}

function turnedRecord<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).reverse()) as T;
}
