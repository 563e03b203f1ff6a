import { symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { SerialSource } from '../../../firmware-bridge/serial/serial-source.ts';
import { ScannerIdSchema } from '../../../kernel/domain/ids.ts';
import { FakePorts } from '../../doubles/serial-ports.ts';
import { ListeningSink } from '../../doubles/source-sink.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';

const scannerId = ScannerIdSchema.parse('scanner-1');

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

async function reading(ports: FakePorts, device: string | undefined, candidates: string[] = []) {
  const sink = new ListeningSink();
  const source = new SerialSource({
    scanners: [
      { scannerId, device, baudRate: 9600, framing: { kind: 'terminator', terminator: 'line' } },
    ],
    open: ports.openPort,
    clock: () => performance.now(),
    feedback: () => undefined,
    discover: () => Promise.resolve(candidates),
  });
  await source.start(sink);
  onTestFinished(() => source.stop());
  return { sink, source };
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
