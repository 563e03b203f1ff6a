import Database from 'better-sqlite3';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fromBase64Url } from '../../../kernel/base64url.ts';
import { lookUpHash } from '../../../kernel/credentials/look-up-hash.ts';
import type { StationId } from '../../../kernel/domain/ids.ts';
import { CustomersSchema } from '../../../kernel/protocol/console-api.ts';
import { nodeCrypto } from '../../../node/crypto.ts';
import { startOffice, TestJournal } from '../../support/head-office.ts';

test('[cred-7] a card shown without a line is found and put on the journey; of the event nothing stays, whosever it was', async () => {
  const office = await startOffice();
  for (const store of ['altra', 'bottega']) await office.makeStore(store);
  const store = await office.enrolStore('bottega');
  const phone = await office.joinPhone({ storeIds: ['altra'] });
  const [lease] = await store.changes('keys', 'lease');
  const indexKey = fromBase64Url(lease!.indexKey)!;
  const journal = new TestJournal();
  const shown = async (number: string, at: number) => {
    const cardHash = await lookUpHash(nodeCrypto, indexKey, 'card', number);
    journal.write({ type: 'card-shown', cardHash, stationId: 'kiosk-1' as StationId, at });
    return cardHash;
  };
  const known = await shown(phone.cardNumber, 1_790_000_000_000);
  const unknown = await shown('SGC4MAKCQHAVMXJX', 1_790_000_001_000);
  journal.writeRaw('interact', 'card-shown', '{"type":"card-shown","cardHash":7}');

  const push = await store.push(journal.batch('interact'));
  expect(push).toMatchObject({ status: 200, answer: { lastSeq: 3 } });
  expect(await store.push(journal.batch('interact'))).toMatchObject({ status: 200 }); // again: no second entry
  const { customers } = await office.ask(CustomersSchema, 'GET', '/v1/customers');
  const entries = await office.timeline(customers[0]!.customerId);
  expect(entries.filter(({ kind }) => kind === 'card-shown')).toMatchObject([
    { storeId: 'bottega', stationId: 'kiosk-1', at: 1_790_000_000_000 },
  ]);

  const file = new Database(join(office.dataDir, 'hq.sqlite'), { readonly: true });
  const events = file.prepare(`SELECT body, salt FROM event WHERE type = 'card-shown'`).all();
  const timeline = JSON.stringify(file.prepare('SELECT * FROM timeline').all());
  file.close();
  expect(events).toEqual(Array.from({ length: 3 }, () => ({ body: null, salt: null })));
  for (const hash of [known, unknown]) expect(timeline).not.toContain(hash);
});
