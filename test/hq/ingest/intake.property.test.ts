import { uuidv7 } from 'uuidv7';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../hq/db/open-database.ts';
import { sqlUnitOfWork } from '../../../hq/db/sql-unit-of-work.ts';
import { createIntake } from '../../../hq/ingest/intake.ts';
import { createCustomers } from '../../../hq/profiles/customers.ts';
import { createStores } from '../../../hq/publishing/stores.ts';
import type {
  DecisionId,
  OfferId,
  RequestId,
  StationId,
  StoreId,
  VisitId,
  ZoneId,
} from '../../../kernel/domain/ids.ts';
import { SogliaError } from '../../../kernel/errors.ts';
import { nodeCrypto } from '../../../node/crypto.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';
import { TestJournal } from '../../support/head-office.ts';

const EVENTS = 12;
const storeId = 'bottega' as StoreId;
const at = 1_790_000_000_000;

/** Head office without its doors: database and use-cases. */
async function backOffice() {
  const opened = await openDatabase(':memory:');
  const database = sqlUnitOfWork(opened.db, () => undefined);
  const clock = () => at;
  await createStores(database, nodeCrypto, clock, undefined).put(storeId, 'Bottega');
  const customers = createCustomers(database, nodeCrypto, clock);
  const post = { language: 'it', segments: [], storeIds: [storeId], test: false };
  const { customerId } = await customers.add(post);
  const member = await database.read((tables) => tables.members.of(customerId));
  const intake = createIntake(database, opened.hqEpoch, nodeCrypto, clock, {
    quarantined: () => undefined,
    notUnderstood: () => undefined,
  });
  return { opened, intake, customers, customerId, pseudonym: member[0]!.pseudonym };
}

/** Visits, each with one exposure that was reported twice, then ended. */
function journalOf(pseudonym: Parameters<typeof writeVisit>[1]): TestJournal {
  const journal = new TestJournal();
  while ((journal.rows.get('interact')?.length ?? 0) < EVENTS) writeVisit(journal, pseudonym);
  return journal;
}

function writeVisit(
  journal: TestJournal,
  pseudonym: Extract<Parameters<TestJournal['write']>[0], { type: 'visit-ended' }>['pseudonym'],
): void {
  const visitId = uuidv7() as VisitId;
  const decisionId = uuidv7() as DecisionId;
  const stationId = 'kiosk-1' as StationId;
  const zoneId = 'entrance' as ZoneId;
  journal.write({ type: 'visit-started', visitId, pseudonym, zoneId, evidence: 'token', at });
  for (let i = 0; i < 2; i += 1)
    journal.write({
      type: 'exposed',
      requestId: uuidv7() as RequestId,
      decisionId,
      offerIds: ['pane-caldo' as OfferId],
      pseudonym,
      stationId,
      surface: 'kiosk',
      at,
    });
  journal.write({ type: 'visit-ended', visitId, pseudonym, at: at + 1 });
}

/** What an edge may come to send: any range, in any order, again and again. */
const pushes = fc.array(
  fc
    .tuple(fc.integer({ min: 1, max: EVENTS }), fc.integer({ min: 1, max: EVENTS }))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
  { maxLength: 12 },
);

test('[inv-2, inv-3] any split and repetition of pushes ends in the same state', async () => {
  await fc.assert(
    fc.asyncProperty(pushes, async (ranges) => {
      const { opened, intake, customers, customerId, pseudonym } = await backOffice();
      const journal = journalOf(pseudonym);
      let lastSeq = 0;
      for (const [from, to] of [...ranges, [1, EVENTS] as const]) {
        const pushed = intake.push(storeId, journal.batch('interact', from, to));
        if (from > lastSeq + 1) {
          await expect(pushed).rejects.toThrow(SogliaError);
        } else {
          lastSeq = Math.max(lastSeq, to);
          expect((await pushed).lastSeq).toBe(lastSeq);
        }
      }
      const entries = await customers.timeline(customerId);
      const count = (kind: string) => entries.filter((entry) => entry.kind === kind).length;
      const rows = await opened.db.selectFrom('event').select('seq').orderBy('seq').execute();
      expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: EVENTS }, (_, i) => i + 1));
      expect([count('visit'), count('exposure')]).toEqual([EVENTS / 4, EVENTS / 4]);
      await opened.close();
    }),
    { numRuns: runs(60), seed },
  );
});
