import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { CustomersSchema } from '../../kernel/protocol/console-api.ts';
import { filesUnder, findCanaries } from '../support/canaries.ts';
import { CONFIGURATION, TestedEdge } from '../support/edge.ts';
import type { MachineFile } from '../support/edge-on-a-machine.ts';
import { startOffice } from '../support/head-office.ts';
import { freePort } from '../support/ports.ts';
import { startProcess } from '../support/process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 180_000 });

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;
const program = fileURLToPath(new URL('../support/edge-on-a-machine.ts', import.meta.url));

/** A machine that stands in a file, and the store server on it. */
function aBox(config: string, hqOperatorSocket: string) {
  const file = join(tempDir(), 'machine.json');
  const dataDir = tempDir();
  let machine: MachineFile = { wrongMs: 0, passedMs: 0, upMs: 0, bootId: randomUUID() };
  const set = (change: Partial<MachineFile>) => {
    machine = { ...machine, ...change };
    writeFileSync(`${file}.new`, JSON.stringify(machine));
    renameSync(`${file}.new`, file);
  };
  set({});
  const box = {
    dataDir,
    set,
    trueNow: () => Date.now() + machine.passedMs,
    passHours: (hours: number) =>
      set({
        passedMs: machine.passedMs + hours * HOUR_MS,
        upMs: machine.upMs + hours * HOUR_MS,
      }),
    async start() {
      const args = ['--import', 'tsx', program, config, dataDir, file, hqOperatorSocket];
      const running = startProcess(process.execPath, args);
      const line = await running.line(/"msg":"ready"/, 40_000);
      const { url } = JSON.parse(line) as { url: string };
      const operatorSocket = join(dataDir, 'operator.sock');
      const failed = new Promise<never>(() => undefined);
      const stop = () => running.stop().then(() => undefined);
      const edge = new TestedEdge({ url, operatorSocket, failed, stop }, dataDir);
      return { edge, kill: () => running.kill() };
    },
  };
  return box;
}

test('[duty-20] [lease-1] [lease-2] [goal-26] a real store beyond its lease opens no row, redeems plain coupons, says so, and knows everybody again once head office is back; no step of its clock matters', async () => {
  const port = await freePort();
  let passedMs = 0;
  const clock = () => Date.now() + passedMs;
  const dataDir = tempDir();
  const office = await startOffice({ port, dataDir, clock });
  await office.makeStore('bottega');
  await office.publishDemo();
  const tree = { ...CONFIGURATION, edge: { port: 0 }, hq: { url: office.hq.url } };
  const config = join(tempDir(), 'soglia.yaml');
  writeFileSync(config, JSON.stringify({ ...tree, edge: { port: await freePort() } }));
  const box = aBox(config, office.hq.operatorSocket);

  const segments = ['wine', 'coffee', 'families'];
  const phone = await office.joinPhone({ storeIds: ['bottega'], segments, firstName: 'Zaffirina' });
  for (const purpose of ['recognise', 'personalise', 'show-name'] as const)
    await phone.consent(await office.text(purpose), true);
  const { customers } = await office.ask(CustomersSchema, 'GET', '/v1/customers');
  const { customerId } = customers[0]!;
  const token = async () => {
    office.clock.now = box.trueNow();
    return (await phone.advert('android')).slice(-8);
  };
  const coupons = couponsOf(dataDir);
  expect(coupons.length).toBeGreaterThan(1);

  let { edge, kill } = await box.start();
  const says = (text: string) =>
    until(`metrics say ${text}`, 20_000, async () =>
      (await (await fetch(`${edge.url}/metrics`)).text()).includes(`${text}\n`),
    );
  await says('soglia_cohort_recognisable 1');
  await until('offers', 20_000, async () =>
    /bundle_version [1-9]/.test(await (await fetch(`${edge.url}/metrics`)).text()),
  );
  let bridge = await edge.bridge();
  const kiosk = await edge.kiosk();
  expect(await bridge.scan(phone.cardNumber)).toBe('good');
  await kiosk.screen('session');

  // Head office goes; the machine's clock is set to and fro in flight.
  await office.hq.stop();
  const steps = [HOUR_MS, 3 * DAY_MS, 10 * YEAR_MS].flatMap((ms) => [-ms, ms]);
  for (const wrongMs of [...steps, -Date.now()]) {
    box.set({ wrongMs });
    await new Promise((resolve) => setTimeout(resolve, 400)); // as long as it takes to look twice
    expect(await bridge.hear(await token())).toMatchObject({ outcome: { resolved: 1 } });
  }
  box.set({ wrongMs: 0 });

  const key = JSON.parse(readFileSync(join(box.dataDir, 'lease.key'), 'utf8')) as {
    sealingKey: string;
  };
  box.passHours(73);
  await says('soglia_personal_features 0');
  await kiosk.screen('attract', 5_000);
  await until('no key file', 5_000, () => !existsSync(join(box.dataDir, 'lease.key')));
  const canaries = {
    ...{ key: key.sealingKey, name: 'Zaffirina', card: phone.cardNumber },
    ...Object.fromEntries(coupons.map((code, i) => [`coupon ${String(i)}`, code])),
  };
  await until('no byte of key or person', 5_000, () => {
    return findCanaries(canaries, filesUnder(box.dataDir)).length === 0;
  });
  expect(await bridge.scan(phone.cardNumber)).toBe('ask');
  expect(await kiosk.note('card-not-known')).toMatchObject({ personalOff: true });
  expect(await bridge.hear(await token())).toMatchObject({ outcome: { resolved: 0 } });
  expect(await bridge.scan(coupons[0]!)).toBe('good');

  // The power fails, and the clock begins at 1970.
  await kill();
  box.set({ wrongMs: -box.trueNow(), bootId: randomUUID(), upMs: 0 });
  ({ edge, kill } = await box.start());
  await says('soglia_personal_features 0');
  bridge = await edge.bridge();
  expect(await bridge.scan(coupons[1]!)).toBe('good');
  expect(await bridge.scan(coupons[0]!)).toBe('ask');

  passedMs = 73 * HOUR_MS;
  const back = await startOffice({ port, dataDir, clock });
  await says('soglia_personal_features 1');
  await says('soglia_cohort_recognisable 1');
  await until('a token resolves', 20_000, async () => {
    const answer = await bridge.hear(await token());
    return answer.ok && answer.outcome.resolved === 1;
  });
  const again = await edge.kiosk();
  expect(await bridge.scan(phone.cardNumber)).toBe('good');
  await again.screen('session');
  await until('both redemptions at head office', 20_000, async () => {
    const entries = await back.timeline(customerId);
    return entries.filter(({ kind }) => kind === 'redemption').length === 2;
  });
});

/** As the person has them on their phone, or printed. */
function couponsOf(dataDir: string): string[] {
  const db = new Database(join(dataDir, 'hq.sqlite'), { readonly: true });
  const codes = db.prepare<[], string>('SELECT code FROM coupon ORDER BY coupon_id').pluck().all();
  db.close();
  return codes;
}
