import { expect, test } from 'vitest';
import { StorePartsSchema, StoresSchema } from '../../../kernel/protocol/console-api.ts';
import type { ShopPart } from '../../../kernel/protocol/shop-part.ts';
import { startOffice, TestJournal } from '../../support/head-office.ts';

const at = Date.now();
const receiver: ShopPart = {
  ...{ kind: 'receiver', id: 'hci0', state: 'working', simulated: false, since: at },
};
const beacon: ShopPart = {
  ...{ kind: 'beacon', id: 'door-1', state: 'working', simulated: false, since: at },
  ...{ batteryLow: true, batteryMv: 2_400 },
};

async function aStore() {
  const office = await startOffice();
  await office.makeStore('bottega');
  const store = await office.enrolStore('bottega');
  const journal = new TestJournal();
  const tell = async (parts: ShopPart[], anew = false) => {
    journal.write({ type: 'parts-changed', anew, parts, at });
    await store.push(journal.batch('health'));
  };
  const inList = async () => (await office.ask(StoresSchema, 'GET', '/v1/stores')).stores[0]?.parts;
  const all = async () =>
    (await office.ask(StorePartsSchema, 'GET', '/v1/stores/bottega/parts')).parts;
  return { tell, inList, all };
}

test('[radio-9] what a store tells of its parts is what head office shows, the newest of each', async () => {
  const { tell, inList, all } = await aStore();
  expect(await inList()).toBeUndefined();
  await tell([receiver, beacon], true);
  expect(await inList()).toEqual({ working: 2, of: 2, care: [beacon] });
  const silent: ShopPart = { ...beacon, state: 'silent' };
  await tell([silent]);
  expect(await inList()).toEqual({ working: 1, of: 2, care: [silent] });
  expect(await all()).toEqual([silent, receiver]);
});

test('[radio-9] a store that begins anew takes what it no longer has off the list', async () => {
  const { tell, all } = await aStore();
  await tell([receiver, beacon], true);
  await tell([receiver], true);
  expect(await all()).toEqual([receiver]);
});

test('[radio-9] the list shows a few troubles of each store, and counts all', async () => {
  const { tell, inList } = await aStore();
  const many = Array.from({ length: 40 }, (_, i) => ({ ...beacon, id: `door-${String(i)}` }));
  await tell(many, true);
  expect(await inList()).toMatchObject({ working: 40, of: 40 });
  expect((await inList())?.care).toHaveLength(5);
});
