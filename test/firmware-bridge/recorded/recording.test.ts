import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { RecordedSource } from '../../../firmware-bridge/recorded/recorded-source.ts';
import { Recorder } from '../../../firmware-bridge/recorded/recorder.ts';
import { ReceiverIdSchema, ScannerIdSchema } from '../../../kernel/domain/ids.ts';
import { RememberingLog } from '../../doubles/remembering-log.ts';
import { ListeningSink } from '../../doubles/source-sink.ts';
import { hex, utf8 } from '../../support/bytes.ts';
import { tempDir } from '../../support/temp-dir.ts';

const door = ReceiverIdSchema.parse('door');
const scannerId = ScannerIdSchema.parse('scanner-1');
const sighting = (token: string, rssiDbm: number | undefined = -60) => ({
  receiverId: door,
  carrier: 'eid' as const,
  token: hex(token),
  rssiDbm,
  heardAtMs: 0,
});
const scan = (text: string) => ({ scannerId, frame: utf8(text), framedAtMs: 0 });
const testPhone = 'aaaaaaaaaaaaaaaa';
const somebody = 'bbbbbbbbbbbbbbbb';

function aRecorder(path = `${tempDir()}/walk.jsonl`) {
  const clock = { nowMs: 1_000 };
  const log = new RememberingLog();
  return { recorder: new Recorder(path, () => clock.nowMs, log), clock, path, log };
}

function playing(path: string, speed = 1_000) {
  const log = new RememberingLog();
  const source = new RecordedSource({ path, speed, clock: () => performance.now(), log });
  onTestFinished(() => source.stop());
  return { source, sink: new ListeningSink(), log };
}

test('of the radio only test credentials are written, and of real scanners nothing', async () => {
  const { recorder, path } = aRecorder();
  recorder.heard(sighting(testPhone), false);
  recorder.take({ recordableTokens: [testPhone] });
  recorder.heard(sighting(testPhone), false);
  recorder.heard(sighting(somebody), false);
  recorder.scanned(scan('2112345678900'), false);
  recorder.take({ recordableTokens: [] });
  recorder.heard(sighting(testPhone), false);
  await recorder.stop();
  const text = readFileSync(path, 'utf8');
  expect(text.match(/\n/g)).toHaveLength(1);
  expect(text).toContain(testPhone);
  expect(text).not.toContain(somebody);
});

test('simulated traffic is written, and plays as it was', async () => {
  const { recorder, clock, path } = aRecorder();
  recorder.heard(sighting(somebody, -48), true);
  clock.nowMs += 20_000;
  recorder.scanned(scan('2112345678900'), true);
  recorder.heard(sighting(testPhone), true);
  await recorder.stop();

  const { source, sink } = playing(path);
  const startedAt = performance.now();
  await source.start(sink);
  await source.over;
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(19); // 20 s, a thousand times as fast
  expect(sink.tokens).toEqual([somebody, testPhone]);
  expect(sink.sightings[0]).toMatchObject({ receiverId: 'door', rssiDbm: -48, carrier: 'eid' });
  expect(sink.frames).toEqual(['2112345678900']);
  expect(sink.stateOf('door')).toBe('working');
});

test('a recording belongs to its owner alone', async () => {
  const { recorder, path } = aRecorder();
  await recorder.stop();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a recording that cannot be written is said, and the shop goes on', async () => {
  const { recorder, log } = aRecorder('/nowhere/walk.jsonl');
  recorder.heard(sighting(somebody), true);
  await recorder.stop();
  recorder.heard(sighting(somebody), true);
  expect(log.lines.join()).toMatch(/cannot be written/);
});

test('a bad line ends the play and names line and field', async () => {
  const path = `${tempDir()}/bad.jsonl`;
  const good = { kind: 'scan', atMs: 0, scannerId: 'scanner-1', frame: '31' };
  writeFileSync(path, `${JSON.stringify(good)}\n${JSON.stringify({ ...good, frame: 'zz' })}\n`);
  const { source, sink, log } = playing(path);
  await source.start(sink);
  await source.over;
  expect(sink.frames).toEqual(['1']);
  expect(log.lines.join()).toMatch(/line 2: frame: not bytes/);
});

test('a recording that is not there is said', async () => {
  const { source, sink, log } = playing('/nowhere/walk.jsonl');
  await source.start(sink);
  await source.over;
  expect(log.lines.join()).toMatch(/cannot be played.*ENOENT/);
});

test('stopping ends a play in the middle of its longest pause', async () => {
  const path = `${tempDir()}/long.jsonl`;
  writeFileSync(path, '{"kind":"scan","atMs":3600000,"scannerId":"scanner-1","frame":"31"}\n');
  const { source, sink } = playing(path, 1);
  await source.start(sink);
  await source.stop();
  expect(sink.frames).toEqual([]);
});
