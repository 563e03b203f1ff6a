import { symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { type SerialScanner, SerialSource } from '../../../firmware-bridge/serial/serial-source.ts';
import { textOf } from '../../../kernel/scans/text.ts';
import { FakePorts, aSerialScanner } from '../../doubles/serial-ports.ts';
import { ListeningSink } from '../../doubles/source-sink.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';

/** A name as under /dev/serial/by-id, pointing to a tty that can be exchanged. */
function aDevice() {
  const dir = tempDir();
  const path = `${dir}/usb-Scanner_0001`;
  const plug = (tty: string) => {
    writeFileSync(`${dir}/${tty}`, '');
    symlinkSync(`${dir}/${tty}`, path);
  };
  plug('ttyUSB0');
  return { path, plug, unplug: () => unlinkSync(path) };
}

async function reading(
  ports: FakePorts,
  device: string | undefined,
  candidates: string[] = [],
  given: Partial<SerialScanner> = {},
) {
  const untold: string[] = [];
  const sink = new ListeningSink();
  const source = new SerialSource({
    scanners: [aSerialScanner({ device, ...given })],
    open: ports.openPort,
    clock: () => performance.now(),
    untold: (_, reason) => untold.push(reason),
    discover: () => Promise.resolve(candidates),
  });
  await source.start(sink);
  onTestFinished(() => source.stop());
  return { sink, source, untold };
}
const is = (sink: ListeningSink, state: string) =>
  until(`the scanner to be ${state}`, 5_000, () => sink.stateOf('scanner-1') === state);

test('a code is framed; the same one again at once is one scan', async () => {
  const ports = new FakePorts();
  const { sink } = await reading(ports, aDevice().path);
  await is(sink, 'working');
  ports.send('80012');
  ports.send('34567895\r\n');
  ports.send('8001234567895\r\n');
  ports.send('4006381333931\r\n');
  expect(sink.frames).toEqual(['8001234567895', '4006381333931']);
});

test('[fault-21] a driver that fails is said, closed, and opened again', async () => {
  const ports = new FakePorts();
  ports.closeFails = new Error('EIO: i/o error');
  const { sink } = await reading(ports, aDevice().path);
  await is(sink, 'working');
  ports.lose('Input/output error');
  await until('the words', 5_000, () => sink.reasons.find((text) => /Input\/output/.test(text)));
  await until('a second opening', 5_000, () => ports.opened === 2);
  expect(ports.open).toBe(1);
});

test('[fault-21] half a code from before the plug was pulled joins no other', async () => {
  const ports = new FakePorts();
  const { sink } = await reading(ports, aDevice().path);
  await is(sink, 'working');
  ports.send('80012');
  ports.lose('unplugged');
  await until('a second opening', 5_000, () => ports.opened === 2);
  ports.send('34567895\r');
  expect(sink.frames).toEqual(['34567895']);
});

test('[fault-21] the name points to another tty while the old one lingers: the new one is opened', async () => {
  const ports = new FakePorts();
  const device = aDevice();
  const { sink } = await reading(ports, device.path);
  await is(sink, 'working');
  device.unplug();
  device.plug('ttyUSB1');
  await until('a second opening', 5_000, () => ports.opened === 2);
  expect(ports.open).toBe(1);
});

test('[fault-21] a port that this user may not open says how to be allowed, and is tried again', async () => {
  const ports = new FakePorts();
  ports.openFails = new Error('Error: Permission denied, cannot open /dev/ttyUSB0');
  const { sink } = await reading(ports, aDevice().path);
  await is(sink, 'failing');
  expect(sink.reasons[0]).toMatch(/adduser USER dialout/);
  ports.openFails = undefined;
  await is(sink, 'working');
});

test('a scanner without a name takes the only device that is there', async () => {
  const ports = new FakePorts();
  const { path } = aDevice();
  const { sink } = await reading(ports, undefined, [path]);
  await is(sink, 'working');
});

test('a scanner without a name, where several are there, names them and takes none', async () => {
  const ports = new FakePorts();
  const { sink } = await reading(ports, undefined, ['/dev/one', '/dev/two']);
  await is(sink, 'missing');
  expect(sink.reasons[0]).toMatch(/it may be: \/dev\/one, \/dev\/two/);
  expect(ports.opened).toBe(0);
});

test("a scanner that takes escape sequences is told the tone, in its maker's own", async () => {
  const ports = new FakePorts();
  const { sink } = await reading(ports, aDevice().path, [], { feedback: 'esc-honeywell' });
  await is(sink, 'working');
  ports.send('A\r');
  sink.tone = 'bad';
  ports.send('B\r');
  expect(ports.writes.map(textOf)).toEqual(['\x1b7', '\x1b8']);
});

test('a scanner that takes no tone goes on being heard, and the tone is told of', async () => {
  const ports = new FakePorts();
  ports.written = () => Promise.reject(new Error('no answer in 500 ms'));
  const { sink, untold } = await reading(ports, aDevice().path, [], { feedback: 'esc-datalogic' });
  await is(sink, 'working');
  ports.send('A\r');
  ports.send('B\r');
  expect(sink.frames).toEqual(['A', 'B']);
  await until('the words', 5_000, () => untold.length === 2);
  expect(untold[0]).toBe('no answer in 500 ms');
});

test('an SSI scanner is let scan, acknowledged, and told one thing after the other', async () => {
  const ports = new FakePorts();
  const { sink } = await reading(ports, aDevice().path, [], {
    dialect: { framing: { kind: 'ssi' }, codeId: 'none', unknownCodeId: 'reject' },
    feedback: 'ssi',
  });
  await is(sink, 'working');
  const ack = Uint8Array.of(0x04, 0xd0, 0x00, 0x00, 0xff, 0x2c);
  ports.send(ack);
  ports.send(Uint8Array.of(0x08, 0xf3, 0x00, 0x00, 0x03, 0x41, 0x42, 0x43, 0xfe, 0x3c));
  expect(sink.frames).toEqual([']C0ABC']);
  for (let i = 0; i < 3; i += 1) ports.send(ack);
  const opcodes = ports.writes.map((bytes) => bytes[1]?.toString(16));
  expect(opcodes).toEqual(['e9', 'd0', 'e7', 'e6', 'e8']);
});

test("a maker's code id goes on as the AIM identifier; a letter that it does not have is dropped", async () => {
  const ports = new FakePorts();
  const { sink } = await reading(ports, aDevice().path, [], {
    dialect: {
      framing: { kind: 'terminator', terminator: 'line' },
      codeId: 'honeywell',
      unknownCodeId: 'reject',
    },
  });
  await is(sink, 'working');
  ports.send('d4006381333931\r?4006381333931\r');
  expect(sink.frames).toEqual([']E04006381333931']);
  expect(sink.droppedOf.frame).toBe(1);
});

test('where quantities are scanned, the same code again at once counts again', async () => {
  const ports = new FakePorts();
  const { sink } = await reading(ports, aDevice().path, [], { duplicateWindowMs: 0 });
  await is(sink, 'working');
  ports.send('4006381333931\r4006381333931\r');
  expect(sink.frames).toHaveLength(2);
});
