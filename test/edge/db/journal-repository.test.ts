import Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { JournalRepository } from '../../../edge/db/journal-repository.ts';
import { migrate } from '../../../edge/db/migrations.ts';
import { PseudonymSchema } from '../../../kernel/domain/ids.ts';

const EPOCH = 'e'.repeat(32);

function journalOf(rows: number) {
  const db = new Database(':memory:');
  migrate(db);
  const stamp = { bootId: randomBytes(16).toString('hex'), monoMs: 1, wallMs: 1 };
  const journal = new JournalRepository(db, () => stamp);
  const pseudonym = PseudonymSchema.parse(randomBytes(16).toString('hex'));
  for (let i = 0; i < rows; i += 1)
    journal.append({ type: 'coupon-redeemed', text: '{}', pseudonym });
  const acked = db
    .prepare<[], number>('SELECT seq FROM journal WHERE acked_at IS NOT NULL ORDER BY seq')
    .pluck();
  return {
    acknowledge: (seq: number) => {
      journal.setAcked('redeem', EPOCH, seq, EPOCH, 5);
    },
    acked: () => acked.all(),
  };
}

test('[inv-2] what head office has is marked, batch by batch, and nothing else', () => {
  const journal = journalOf(5);
  journal.acknowledge(2);
  expect(journal.acked()).toEqual([1, 2]);
  journal.acknowledge(4);
  expect(journal.acked()).toEqual([1, 2, 3, 4]);
});

test('a head office that was restored and has less takes the marks away again', () => {
  const journal = journalOf(5);
  journal.acknowledge(5);
  journal.acknowledge(1);
  expect(journal.acked()).toEqual([1]);
  journal.acknowledge(3);
  expect(journal.acked()).toEqual([1, 2, 3]);
});
