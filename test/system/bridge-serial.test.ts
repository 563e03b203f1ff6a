import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openSerialPort } from '../../firmware-bridge/serial/port.ts';
import { SerialSource } from '../../firmware-bridge/serial/serial-source.ts';
import { aSerialScanner } from '../doubles/serial-ports.ts';
import { ListeningSink } from '../doubles/source-sink.ts';
import { endLater } from '../support/endings.ts';
import { lacking } from '../support/parts.ts';
import { plugPseudoScanner } from '../support/pty.ts';
import { runs } from '../support/runs.ts';
import { until } from '../support/until.ts';

const replugs = runs(5);

describe.skipIf(lacking('pseudo-terminal'))('the bridge on real serial ports', () => {
  async function reading(device: string) {
    const sink = new ListeningSink();
    const source = new SerialSource({
      scanners: [aSerialScanner({ device })],
      open: openSerialPort,
      clock: () => performance.now(),
    });
    await source.start(sink);
    endLater(() => source.stop());
    return sink;
  }
  const is = (sink: ListeningSink, state: string, deadlineMs = 5_000) =>
    until(`the scanner to be ${state}`, deadlineMs, () => sink.stateOf('scanner-1') === state);
  const hears = (sink: ListeningSink, code: string) =>
    until(code, 5_000, () => sink.frames.includes(code));

  test('a card that is scanned arrives as it was scanned', async () => {
    const scanner = await plugPseudoScanner();
    const sink = await reading(scanner.path);
    await is(sink, 'working');
    await scanner.scan(']E02112345678900\r\n');
    await hears(sink, ']E02112345678900');
  });

  test('[fault-21] what was scanned before anybody listened is discarded', async () => {
    const scanner = await plugPseudoScanner();
    await scanner.scan('2112345678900\r\nhalf a co');
    const sink = await reading(scanner.path);
    await is(sink, 'working');
    await scanner.scan('8001234567895\r\n');
    await hears(sink, '8001234567895');
    expect(sink.frames).toEqual(['8001234567895']);
  });

  test('a scanner that is not there is waited for', async () => {
    const scanner = await plugPseudoScanner();
    await scanner.unplug();
    const sink = await reading(scanner.path);
    await is(sink, 'missing');
    expect(sink.reasons[0]).toContain('not plugged in');
    await scanner.plug();
    await is(sink, 'working');
  });

  test(
    '[fault-21] unplugged and plugged in again it is heard within 5 s, and no half code is taken',
    async () => {
      const scanner = await plugPseudoScanner();
      const sink = await reading(scanner.path);
      await is(sink, 'working');
      const openFiles = () => readdirSync('/proc/self/fd').length;
      let filesAtFirst: number | undefined;
      const backMs: number[] = [];
      for (let i = 0; i < replugs; i += 1) {
        await scanner.scan('21123');
        await scanner.unplug();
        await is(sink, 'missing');
        await scanner.plug();
        const backAt = performance.now();
        await is(sink, 'working');
        backMs.push(performance.now() - backAt);
        await scanner.scan(`code-${String(i)}\r`);
        await hears(sink, `code-${String(i)}`);
        filesAtFirst ??= openFiles();
        expect(openFiles()).toBe(filesAtFirst);
      }
      expect(sink.frames).toHaveLength(backMs.length);
      const worst = Math.round(Math.max(...backMs));
      console.log(
        `scanner: ${String(backMs.length)} replugs, back after ${String(worst)} ms at most`,
      );
    },
    replugs * 10_000,
  );
});
