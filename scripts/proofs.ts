import { mkdirSync, readFileSync } from 'node:fs';
import { buildServer } from './build-server.mjs';
import { type Part, prepareParts } from './parts.ts';
import { type Project, runProject, seedOfRun } from './run-tests.ts';
import { root } from './steps.mjs';
import { countsLine, saidIn } from './verdict.ts';

interface Proof {
  readonly what: string;
  readonly project: Project;
  /** Files or folders of that project. */
  readonly files: readonly string[];
  /** How many times the usual count of `npm test` (test/support/runs.ts). */
  readonly factor: number;
  readonly needs?: readonly Part[];
}

/** Add a row for a claim that wants more runs than `npm test` has time for. */
const proofs: Readonly<Record<string, Proof>> = {
  adverts: {
    what: 'any bytes give an advert or a reason',
    project: 'property',
    files: ['test/kernel/adverts'],
    factor: 100,
  },
  scans: {
    what: 'any bytes in any chunks give the same scans',
    project: 'property',
    files: ['test/kernel/scans'],
    factor: 100,
  },
  'scan-frames': {
    what: '5,000,000 fuzzed frames, cut after every byte: none merged, none taken that is wrong, none lost',
    project: 'property',
    files: ['test/kernel/scans/frame-fuzz.property.test.ts'],
    factor: 250,
  },
  'an-hour': {
    what: 'an hour among 1,000 strangers: every member who agreed is recognised, nothing of the others is left',
    project: 'simulated',
    files: ['test/simulated/an-hour.test.ts'],
    factor: 10,
  },
  rules: {
    what: 'consent, presence and sessions keep their promises in any order of events',
    project: 'property',
    files: ['test/kernel/domain'],
    factor: 100,
  },
  coupons: {
    what: 'of 64 who use one of 10,000 coupons at the same moment exactly one does',
    project: 'property',
    files: ['test/edge/db/one-of-64.property.test.ts'],
    factor: 20,
  },
  schedules: {
    what: '50 stores offline and back in 20,000 schedules: no leased coupon twice, no quota exceeded, no store owes more than its cap',
    project: 'property',
    files: ['test/kernel/ledger'],
    factor: 20,
  },
  credentials: {
    what: 'a token says one window and nothing else; bytes come back from their text',
    project: 'property',
    files: ['test/kernel/credentials', 'test/kernel/base64url'],
    factor: 20,
  },
  intake: {
    what: 'the journal is taken in once, however often and in whatever pieces it is sent',
    project: 'property',
    files: ['test/hq/ingest'],
    factor: 10,
  },
  visits: {
    what: 'simulated shoppers keep to a plan that can be walked',
    project: 'property',
    files: ['test/simulator'],
    factor: 100,
  },
  'bluetooth-restart': {
    what: 'bluetoothd may die and come back',
    project: 'system',
    files: ['test/system/bluez-vm.test.ts'],
    factor: 1,
    needs: ['bluez-vm'],
  },
  'bluetooth-again': {
    what: 'the bridge hears again after 200 restarts of bluetoothd, and leaks no match rule, handle or memory',
    project: 'system',
    files: ['test/system/bridge-ble.test.ts'],
    factor: 100,
    needs: ['bluez-vm'],
  },
  'bluetooth-mends': {
    what: 'the same for 20 restarts, beside a search stopped, an adapter switched off, a radio that is deaf',
    project: 'system',
    files: ['test/system/bridge-ble.test.ts'],
    factor: 10,
    needs: ['bluez-vm'],
  },
  'scanner-again': {
    what: 'a scanner replugged 200 times is back each time, and no half code is taken',
    project: 'system',
    files: ['test/system/bridge-serial.test.ts'],
    factor: 40,
  },
  kill: {
    what: '60 kills of the store at any instant lose nothing acknowledged and double nothing; acknowledging first is seen',
    project: 'crash',
    files: ['test/crash/edge-kill.test.ts', 'test/crash/redemption-check.test.ts'],
    factor: 6,
  },
  'power-cut': {
    what: '30 power cuts lose nothing acknowledged and double nothing; synchronous=NORMAL is seen to',
    project: 'crash',
    files: ['test/crash/edge-power-cut.test.ts', 'test/crash/power-cut.test.ts'],
    factor: 6,
    needs: ['power-cut'],
  },
};

const deadlineMs = 7_200_000;

/** Runs the named proofs, or all; prints one line each, with the figures that its tests print, and returns the exit code. */
export async function prove(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in proofs));
  if (unknown.length > 0) {
    console.error(`no such proof: ${unknown.join(', ')}; there are:`);
    for (const [name, { what }] of Object.entries(proofs)) {
      console.error(`  ${name.padEnd(18)} ${what}`);
    }
    return 2;
  }
  const chosen = Object.entries(proofs).filter(
    ([name]) => names.length === 0 || names.includes(name),
  );
  await prepareParts(chosen.flatMap(([, proof]) => proof.needs ?? []));
  await buildServer();
  let allHold = true;
  for (const [name, proof] of chosen) allHold = (await proveOne(name, proof)) && allHold;
  return allHold ? 0 : 1;
}

async function proveOne(name: string, proof: Proof): Promise<boolean> {
  const seed = seedOfRun();
  const log = `${root}/.cache/logs/prove-${name}.log`;
  mkdirSync(`${root}/.cache/logs`, { recursive: true });
  const { passed, failed, skips, ms } = await runProject(proof.project, {
    files: proof.files,
    env: { SOGLIA_RUNS: String(proof.factor), SOGLIA_SEED: seed },
    log,
    deadlineMs,
  });
  const holds = failed === 0 && passed > 0 && skips.length === 0;
  const counts = countsLine(passed, failed, skips.length);
  const times = `${String(proof.factor)} × the usual runs, ${(ms / 1000).toFixed(1)} s`;
  console.log(
    `${holds ? 'holds ' : 'BROKEN'} ${name}: ${proof.what}: ${counts}, ${times}, seed ${seed}`,
  );
  if (holds)
    for (const figure of saidIn(readFileSync(log, 'utf8'))) console.log(`       ${figure}`);
  else console.log(readFileSync(log, 'utf8'));
  return holds;
}
