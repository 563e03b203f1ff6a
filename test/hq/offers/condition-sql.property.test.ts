import { fc } from '@fast-check/vitest';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conditionSql, type SqlDialect } from '../../../hq/offers/condition-sql.ts';
import { type Condition, leavesOf } from '../../../kernel/domain/condition.ts';
import {
  compile,
  type Facts,
  holds,
  PROFILE_FACTS,
} from '../../../kernel/domain/condition-facts.ts';
import { conditions, profileConditions, profiles, situations } from '../../doubles/conditions.ts';
import { type PostgresClient, startPostgres } from '../../support/postgresql.ts';
import { runs } from '../../support/runs.ts';

const NOW = Date.UTC(2026, 2, 1, 11);
const DAY_MS = 86_400_000;
const PEOPLE = 60;
const TABLES = `
  CREATE TABLE profile (customer_id INTEGER PRIMARY KEY, points BIGINT, last_visit_at BIGINT);
  CREATE TABLE profile_segment (customer_id INTEGER, segment TEXT);
  CREATE TABLE profile_affinity (customer_id INTEGER, category TEXT, value DOUBLE PRECISION);`;

const NO_PROFILE: Facts = {
  segments: undefined,
  affinities: undefined,
  points: undefined,
  daysSinceVisit: undefined,
};

interface Store {
  run(text: string, parameters?: readonly unknown[]): Promise<readonly { customer_id: number }[]>;
}
const sqlite = new Database(':memory:');
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let stores: Readonly<Record<SqlDialect, Store>>;

beforeAll(async () => {
  postgres = await startPostgres();
  stores = { sqlite: sqliteStore(), postgresql: postgresStore(postgres.client) };
  sqlite.exec(TABLES);
  await postgres.client.query(TABLES);
}, 120_000);
afterAll(async () => {
  await postgres.stop();
  sqlite.close();
}, 30_000);

function sqliteStore(): Store {
  return {
    run: (text, parameters = []) => {
      const statement = sqlite.prepare(text);
      if (statement.reader) return Promise.resolve(statement.all(...parameters) as never);
      statement.run(...parameters);
      return Promise.resolve([]);
    },
  };
}
function postgresStore(client: PostgresClient): Store {
  return {
    run: async (text, parameters = []) => (await client.query(text, [...parameters])).rows as never,
  };
}

async function keep(people: readonly Facts[]): Promise<void> {
  for (const [dialect, store] of Object.entries(stores)) {
    const places = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        dialect === 'sqlite' ? '?' : `$${String(i + 1)}`,
      ).join();
    for (const table of ['profile', 'profile_segment', 'profile_affinity'])
      await store.run(`DELETE FROM ${table}`);
    for (const [id, { points, daysSinceVisit, segments, affinities }] of people.entries()) {
      // Some time within that day.
      const visitAt =
        daysSinceVisit === undefined
          ? null
          : NOW - daysSinceVisit * DAY_MS - (id % 2) * (DAY_MS - 1);
      await store.run(`INSERT INTO profile VALUES (${places(3)})`, [id, points ?? null, visitAt]);
      for (const segment of segments ?? [])
        await store.run(`INSERT INTO profile_segment VALUES (${places(2)})`, [id, segment]);
      for (const [category, value] of Object.entries(affinities ?? {}))
        await store.run(`INSERT INTO profile_affinity VALUES (${places(3)})`, [
          id,
          category,
          value,
        ]);
    }
  }
}

async function found(condition: Condition, dialect: SqlDialect): Promise<readonly number[]> {
  const { text, parameters } = conditionSql(condition, dialect, NOW);
  const rows = await stores[dialect].run(
    `SELECT p.customer_id FROM profile p WHERE ${text} ORDER BY p.customer_id`,
    parameters,
  );
  return rows.map(({ customer_id: id }) => id);
}

test('closure, tree, SQLite and PostgreSQL find the same people for any condition on profiles', async () => {
  const people = fc.sample(profiles, PEOPLE);
  await keep(people);
  let some = 0;
  const property = fc.asyncProperty(profileConditions, async (condition) => {
    const byTree = people.flatMap((facts, id) => (holds(condition, facts) ? [id] : []));
    const test = compile(condition);
    expect(people.flatMap((facts, id) => (test(facts) ? [id] : []))).toEqual(byTree);
    expect(await found(condition, 'sqlite')).toEqual(byTree);
    expect(await found(condition, 'postgresql')).toEqual(byTree);
    if (byTree.length > 0 && byTree.length < PEOPLE) some += 1;
  });
  await fc.assert(property, { numRuns: runs(400) });
  expect(some).toBeGreaterThan(100); // neither nobody nor everybody
}, 120_000);

test('where a condition asks about the moment too, SQL finds at least all whom it could reach', async () => {
  const people = fc.sample(profiles, PEOPLE);
  await keep(people);
  const property = fc.asyncProperty(conditions, situations, async (condition, situation) => {
    if (leavesOf(condition).every(({ fact }) => PROFILE_FACTS.has(fact))) return;
    const moment = { ...situation, ...NO_PROFILE };
    const reached = people.flatMap((facts, id) =>
      holds(condition, { ...moment, ...facts }) ? [id] : [],
    );
    const estimated = new Set(await found(condition, 'sqlite'));
    expect(reached.filter((id) => !estimated.has(id))).toEqual([]);
  });
  await fc.assert(property, { numRuns: runs(400) });
}, 120_000);
