import { statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { SimulatedSource } from '../../../firmware-bridge/simulated/simulated-source.ts';
import { encodeCarrier } from '../../../kernel/adverts/carrier.ts';
import { encodeEddystoneEid } from '../../../kernel/adverts/eddystone-eid.ts';
import { ReceiverIdSchema, ScannerIdSchema } from '../../../kernel/domain/ids.ts';
import { toHex } from '../../../kernel/hex.ts';
import { SimulatedAnswerSchema } from '../../../kernel/protocol/simulated-lines.ts';
import { ListeningSink } from '../../doubles/source-sink.ts';
import { hex, utf8 } from '../../support/bytes.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';

const token = '0102030405060708';
const eid = toHex(encodeEddystoneEid({ txPowerDbm: -10, eid: hex(token) }));
const carrier = toHex(encodeCarrier({ token: hex(token), flags: new Uint8Array(4) }));

function aSource(socketPath = `${tempDir()}/simulated.sock`) {
  const source = new SimulatedSource({
    socketPath,
    receivers: [ReceiverIdSchema.parse('door')],
    scanners: [
      {
        scannerId: ScannerIdSchema.parse('scanner-1'),
        dialect: {
          framing: { kind: 'terminator', terminator: 'line' },
          codeId: 'none',
          unknownCodeId: 'reject',
        },
        duplicateWindowMs: 300,
      },
    ],
    clock: () => performance.now(),
  });
  onTestFinished(() => source.stop());
  return { source, socketPath, sink: new ListeningSink() };
}

async function simulating() {
  const { source, socketPath, sink } = aSource();
  await source.start(sink);
  const socket = connect(socketPath);
  await once(socket, 'connect');
  onTestFinished(() => {
    socket.destroy();
  });
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const answers = () =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => SimulatedAnswerSchema.parse(JSON.parse(line)));
  const say = (...lines: unknown[]) => {
    for (const line of lines) socket.write(`${JSON.stringify(line)}\n`);
  };
  const answered = (count: number) =>
    until(`${String(count)} answers`, 3_000, () => answers().length >= count);
  return { socket, sink, say, answers, answered, socketPath };
}

test('an advert is decoded as from the air: EID, carrier, or nothing of ours', async () => {
  const { sink, say } = await simulating();
  const advert = { kind: 'advert', receiverId: 'door' };
  say({ ...advert, payload: eid, rssiDbm: -48 }, { ...advert, payload: carrier });
  say({ ...advert, payload: '02011a' }, { ...advert, payload: '' });
  await until('the drops', 3_000, () => sink.droppedOf.advert === 2);
  expect(sink.tokens).toEqual([token, token]);
  expect(sink.sightings.map(({ carrier, rssiDbm }) => ({ carrier, rssiDbm }))).toEqual([
    { carrier: 'eid', rssiDbm: -48 },
    { carrier: 'uuid128', rssiDbm: undefined },
  ]);
});

test('a scan is framed as from a port, and its tone comes back', async () => {
  const { sink, say, answers, answered } = await simulating();
  sink.tone = 'ask';
  say({ kind: 'scan', scannerId: 'scanner-1', data: toHex(utf8('2112')) });
  say({ kind: 'scan', scannerId: 'scanner-1', data: toHex(utf8('345678900\r\n')) });
  await answered(1);
  expect(sink.frames).toEqual(['2112345678900']);
  expect(answers()).toEqual([{ kind: 'tone', scannerId: 'scanner-1', tone: 'ask' }]);
});

test('a bad line is refused with its number and field; the next is taken', async () => {
  const { sink, say, socket, answers, answered } = await simulating();
  socket.write('{"kind":\n');
  say({ kind: 'advert', receiverId: 'door', payload: 'xyz' });
  say({ kind: 'advert', receiverId: 'nowhere', payload: eid });
  say({ kind: 'scan', scannerId: 'till', data: '31' });
  socket.write(`${'x'.repeat(50_000)}\n`);
  say({ kind: 'advert', receiverId: 'door', payload: eid });
  await answered(5);
  const refusals = answers().map((answer) =>
    answer.kind === 'refused' ? `${String(answer.line)} ${answer.reason}` : answer.kind,
  );
  expect(refusals).toEqual([
    '1 not JSON',
    expect.stringMatching(/^2 payload: /),
    "3 receiverId: 'nowhere' is no simulated receiver of soglia.yaml",
    "4 scannerId: 'till' is no simulated scanner of soglia.yaml",
    '5 longer than 20000 characters',
  ]);
  await until('the good line', 3_000, () => sink.tokens.length === 1);
});

test('a line without end does not fill the memory', async () => {
  const { socket, sink, say, answered, answers } = await simulating();
  for (let i = 0; i < 64; i += 1) socket.write('y'.repeat(64 * 1024));
  socket.write('\n');
  say({ kind: 'advert', receiverId: 'door', payload: eid });
  await answered(1);
  expect(answers()[0]).toMatchObject({ kind: 'refused', line: 1 });
  await until('the good line', 3_000, () => sink.tokens.length === 1);
});

test('its parts work while somebody simulates them', async () => {
  const { sink, socket } = await simulating();
  await until('the receiver', 3_000, () => sink.stateOf('door') === 'working');
  socket.destroy();
  await until('the end', 3_000, () => sink.stateOf('scanner-1') === 'missing');
});

test('only the owner may open the socket', async () => {
  const { socketPath } = await simulating();
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
});

test('the socket that a killed bridge left behind is replaced', async () => {
  const { source, socketPath, sink } = aSource();
  writeFileSync(socketPath, '');
  await source.start(sink);
  expect(sink.stateOf('door')).toBe('missing');
});

test('a second bridge on the same folder is refused in words', async () => {
  const { socketPath } = await simulating();
  const second = aSource(socketPath);
  await expect(second.source.start(second.sink)).rejects.toThrow(/another bridge runs/);
});

test('a path too long for a socket is refused in words', async () => {
  const { source, sink } = aSource(`/tmp/${'x'.repeat(110)}`);
  await expect(source.start(sink)).rejects.toThrow(/107 bytes at most/);
});
