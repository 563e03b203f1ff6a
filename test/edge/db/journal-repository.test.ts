import Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { JournalRepository } from '../../../edge/db/journal-repository.ts';
import { migrate } from '../../../edge/db/migrations.ts';
import { PseudonymSchema } from '../../../kernel/domain/ids.ts';

const EPOCH = 'e'.repeat(32);

const HOUR_MS = 3_600_000;

function journalOf(rows: number) {
  const db = new Database(':memory:');
  migrate(db);
  const stamp = { bootId: randomBytes(16).toString('hex'), monoMs: 1, wallMs: 1 };
  const journal = new JournalRepository(db, () => stamp);
  const pseudonym = PseudonymSchema.parse(randomBytes(16).toString('hex'));
  for (let i = 0; i < rows; i += 1)
    journal.append({ type: 'coupon-redeemed', text: '{}', pseudonym });
  const kept = db.prepare<[], number>('SELECT seq FROM journal ORDER BY seq').pluck();
  return {
    acknowledge: (seq: number, hour: number) => {
      journal.setAcked('redeem', EPOCH, seq, EPOCH, hour * HOUR_MS + 5);
    },
    sweep: (hour: number) => journal.sweep('redeem', hour * HOUR_MS),
    kept: () => kept.all(),
    spans: () => db.prepare('SELECT seq FROM ack_span ORDER BY seq').pluck().all(),
  };
}

test('[inv-2] what head office has goes after its time, and nothing else', () => {
  const journal = journalOf(6);
  journal.acknowledge(2, 1);
  journal.acknowledge(4, 3);
  expect(journal.sweep(1)).toBe(0);
  expect(journal.sweep(2)).toBe(2);
  expect(journal.kept()).toEqual([3, 4, 5, 6]);
  expect(journal.sweep(4)).toBe(2);
  expect(journal.kept()).toEqual([5, 6]);
});

test('of the newest row the hashes stay, whoever has it', () => {
  const journal = journalOf(3);
  journal.acknowledge(3, 1);
  expect(journal.sweep(2)).toBe(3);
  expect(journal.kept()).toEqual([3]);
  expect(journal.sweep(2)).toBe(0);
});

test('a head office that was restored and has less keeps the rows here, from then on', () => {
  const journal = journalOf(5);
  journal.acknowledge(5, 1);
  journal.acknowledge(1, 1);
  expect(journal.sweep(2)).toBe(1);
  expect(journal.kept()).toEqual([2, 3, 4, 5]);
  journal.acknowledge(3, 8);
  expect(journal.sweep(8)).toBe(0);
  expect(journal.sweep(9)).toBe(2);
});

test('a thousand acknowledgements an hour are one span, of the last of them', () => {
  const journal = journalOf(5);
  for (const seq of [1, 2, 3]) journal.acknowledge(seq, 1);
  for (const seq of [4, 5]) journal.acknowledge(seq, 2);
  expect(journal.spans()).toEqual([3, 5]);
});
