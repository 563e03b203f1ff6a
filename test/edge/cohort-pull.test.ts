import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test, vi } from 'vitest';
import type { LeaseId } from '../../kernel/domain/ids.ts';
import type { PullAnswer } from '../../kernel/protocol/hq-sync.ts';
import { aMember } from '../doubles/enrolled-member.ts';
import { newId } from '../doubles/facts.ts';
import { HqForEdge } from '../doubles/hq-for-edge.ts';
import { RememberingLog } from '../doubles/remembering-log.ts';
import { anEdge, type TestedEdge } from '../support/edge.ts';
import { endLater } from '../support/endings.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 60_000 });

/** A store that knows one member, and what its log says. */
async function aStore() {
  const hq = await new HqForEdge().open();
  endLater(() => hq.close());
  hq.lease();
  const member = await aMember(hq.indexKey);
  hq.say('cohort', { kind: 'row', row: member.row });
  const log = new RememberingLog();
  const edge = await anEdge({ hqUrl: hq.url, enrolmentCode: hq.enrolmentCode('bottega'), log });
  await members(edge, 1);
  await until('the line to HQ', 10_000, () => hq.hasLine);
  return { hq, edge, member, log };
}
const metricsOf = async ({ url }: TestedEdge) => (await fetch(`${url}/metrics`)).text();
const members = (edge: TestedEdge, count: number) =>
  until(`${String(count)} members`, 15_000, async () =>
    (await metricsOf(edge)).includes(`soglia_cohort_recognisable ${String(count)}\n`),
  );

type Rows = PullAnswer['changes'];
const nextLease = newId<LeaseId>();
const batches: readonly [string, (answer: PullAnswer) => unknown][] = [
  ['with a row that does not parse', (answer) => withLast(answer, { kind: 'row', row: {} })],
  [
    'with a key cut short',
    (answer) => JSON.parse(JSON.stringify(answer).replace(/"key":"../, '"key":"')) as unknown,
  ],
  ['with an unknown kind of change', (answer) => withLast(answer, { kind: 'row-doubled' })],
  ['that is no object', () => ['row']],
  ['that says two things of one person', (answer) => withLast(answer, answer.changes[0]?.change)],
  [
    'that brings somebody and removes them',
    (answer) => withLast(answer, { kind: 'row-removed', pseudonym: pseudonymIn(answer.changes) }),
  ],
  ['of another lease', (answer) => ({ ...answer, leaseId: nextLease })],
];
const withLast = (answer: PullAnswer, change: unknown) => ({
  ...answer,
  changes: [...answer.changes, { rev: 1_000, change }],
});
function pseudonymIn([first]: Rows): string {
  if (first?.change.kind !== 'row') throw new Error('no row comes first');
  return first.change.row.pseudonym;
}

describe('[cohort-7] a batch', () => {
  test.each(batches)(
    '%s is refused whole; the one before stays, the next is taken',
    async (_, tamper) => {
      const { hq, edge, member, log } = await aStore();
      const bridge = await edge.bridge();
      const joins = await aMember(hq.indexKey);
      hq.tamper = (answer, stream) =>
        stream === 'cohort' && answer.changes.length > 0 ? tamper(answer) : answer;
      hq.say('cohort', { kind: 'row', row: joins.row });
      await until('the batch to be refused', 10_000, () =>
        log.lines.some((line) => line.includes('refused {"event":"pull"')),
      );
      const heard = async () =>
        bridge.hear(await member.token(Date.now()), await joins.token(Date.now()));
      expect(await heard()).toEqual({ ok: true, outcome: { resolved: 1 } });
      expect(await bridge.scan(joins.card)).toBe('ask');
      expect(await bridge.scan(member.card)).toBe('good');
      hq.tamper = (answer) => answer;
      await members(edge, 2);
      expect(await heard()).toEqual({ ok: true, outcome: { resolved: 2 } });
      expect(await bridge.scan(joins.card)).toBe('good');
    },
  );
});

test('[cohort-4] a bit flipped on disk: that person is unknown and the others are not, until HQ has sent the row again', async () => {
  const { hq, edge, member } = await aStore();
  const other = await aMember(hq.indexKey);
  hq.say('cohort', { kind: 'row', row: other.row });
  await members(edge, 2);
  await edge.running.stop();
  const { port } = new URL(hq.url);
  await hq.close();

  const db = new Database(join(edge.dataDir, 'store.db'));
  const sealedOf = db.prepare<[string], { sealed: Buffer }>(
    'SELECT sealed FROM cohort WHERE pseudonym = ?',
  );
  const { sealed } = sealedOf.get(member.pseudonym)!;
  sealed[100]! ^= 0x10;
  db.prepare('UPDATE cohort SET sealed = ? WHERE pseudonym = ?').run(sealed, member.pseudonym);
  db.close();

  const again = await anEdge({ dataDir: edge.dataDir, hqUrl: hq.url });
  await members(again, 1);
  const bridge = await again.bridge();
  expect(await bridge.scan(member.card)).toBe('ask');
  expect(await bridge.scan(other.card)).toBe('good');
  expect(await bridge.hear(await member.token(Date.now()))).toMatchObject({
    outcome: { resolved: 0 },
  });
  expect(await metricsOf(again)).toContain('soglia_cohort_damaged_rows_total 1\n');
  await hq.open(Number(port));
  await members(again, 2);
  expect(await bridge.scan(member.card)).toBe('good');
  expect(await metricsOf(again)).toContain('soglia_cohort_damaged_rows_total 1\n');
});
