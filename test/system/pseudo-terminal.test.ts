import { setTimeout as pause } from 'node:timers/promises';
import { SerialPort } from 'serialport';
import { describe, expect, test } from 'vitest';
import { endLater } from '../support/endings.ts';
import { lacking } from '../support/parts.ts';
import { plugPseudoScanner } from '../support/pty.ts';
import { until } from '../support/until.ts';

describe.skipIf(lacking('pseudo-terminal'))('a scanner on a pseudo-terminal', () => {
  test('its bytes reach serialport, and tones reach it', async () => {
    const scanner = await plugPseudoScanner();
    const port = await open(scanner.path);
    await scanner.scan('8001234567895\r');
    await until('the scan', 5_000, () => port.text() === '8001234567895\r');
    port.port.write(Uint8Array.of(0x07));
    await until('the tone', 5_000, () => scanner.received()[0] === 0x07);
  });

  test('its cable pulled, its name is gone; plugged in again, it has the same name', async () => {
    const scanner = await plugPseudoScanner();
    const before = await open(scanner.path);
    await scanner.unplug();
    // Not waited for by itself: a terminal that hung up may read as empty, and serialport then reads on for ever.
    if (before.port.isOpen) before.port.close();
    await until('the end of the port', 5_000, () => before.closed());
    await expect(open(scanner.path)).rejects.toThrow(/No such file/);
    await scanner.plug();
    const after = await open(scanner.path);
    await scanner.scan('again\r');
    await until('the scan afterwards', 5_000, () => after.text() === 'again\r');
  });

  test('a reader may come and go without ending the terminal', async () => {
    const scanner = await plugPseudoScanner();
    const first = await open(scanner.path);
    first.port.close();
    await until('the end of the first reader', 5_000, () => !first.port.isOpen);
    await pause(100);
    const second = await open(scanner.path);
    await scanner.scan('still here\r');
    await until('the scan', 5_000, () => second.text() === 'still here\r');
  });
});

async function open(path: string) {
  const port = new SerialPort({ path, baudRate: 9600, autoOpen: false });
  let text = '';
  let closed = false;
  port.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  port.on('close', () => (closed = true));
  port.on('error', () => undefined); // an unplugged port may fail before it closes
  await new Promise<void>((resolve, reject) => {
    port.open((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  endLater(() => {
    if (port.isOpen) port.close();
  });
  return { port, text: () => text, closed: () => closed };
}
