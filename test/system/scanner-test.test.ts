import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseConfiguration } from '../../node/configuration.ts';
import { SsiScanner } from '../doubles/ssi-scanner.ts';
import { utf8 } from '../support/bytes.ts';
import { lacking } from '../support/parts.ts';
import { startSoglia } from '../support/process.ts';
import { plugPseudoScanner } from '../support/pty.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const EAN = '4006381333931';

/** A shop whose file says nothing of how its scanner speaks. */
function aShop(device: string): string {
  const path = `${tempDir()}/soglia.yaml`;
  const text = `# Our shop.
store: { id: bottega, timeZone: Europe/Rome }
hq: { url: http://127.0.0.1:4100 }
edge: { port: 4200 }
kiosk: { port: 4300 }
zones: [entrance]
scanners:
  # by the door
  - id: desk
    kind: serial
    device: ${device}
stations:
  - { id: kiosk-1, kind: kiosk, zone: entrance, scanners: [desk] }
`;
  writeFileSync(path, text, { mode: 0o640 });
  return path;
}
const scannerIn = (path: string) =>
  parseConfiguration(readFileSync(path, 'utf8'), path).scanners[0];

describe.skipIf(lacking('pseudo-terminal'))('soglia scanner test', () => {
  test('shows the bytes, finds the profile, sounds both tones and writes it down', async () => {
    const scanner = await plugPseudoScanner();
    const config = aShop(scanner.path);
    const run = startSoglia([
      'scanner',
      'test',
      '--device',
      scanner.path,
      '--config',
      config,
      '--write',
    ]);
    await run.line(/Scan a product/);
    await scanner.scan(`d${EAN}\r\n`);
    await run.line(/64 34 30 30 36 33 38 31 33 33 33 39 33 31 0d 0a\s+d4006381333931<CR><LF>/);
    await run.line(
      /This fits: framing { kind: terminator, terminator: line }, codeId honeywell \(100 %\)/,
    );
    await run.line(/\]E04006381333931: gtin, gtin 04006381333931/);
    expect(await run.ended()).toBe(0);
    expect(Buffer.from(scanner.received()).toString('latin1')).toBe('\x1b7\x1b8');
    expect(run.output()).toMatch(
      /\n {2}\+ {5}codeId: honeywell\n {2}\+ {5}feedback: esc-honeywell\n/,
    );
    expect(scannerIn(config)).toMatchObject({ codeId: 'honeywell', feedback: 'esc-honeywell' });
    expect(readFileSync(config, 'utf8')).toContain('# by the door');
    expect(statSync(config).mode & 0o777).toBe(0o640);
  });

  test('asks for another code where several profiles fit', async () => {
    const scanner = await plugPseudoScanner();
    const config = aShop(scanner.path);
    const run = startSoglia(['scanner', 'test', '--device', scanner.path, '--config', config]);
    await run.line(/Scan a product/);
    await scanner.scan(`F${EAN}\r`);
    await run.line(/2 profiles fit so far\. Scan a small product with 8 digits/);
    await scanner.scan('N96385074\r');
    await run.line(/codeId cino/);
    expect(await run.ended()).toBe(0);
    expect(run.output()).toContain('Nothing is written');
    expect(scannerIn(config)?.codeId).toBe('none');
  });

  test('answers a scanner that speaks SSI, and tells it the tones in packets', async () => {
    const port = await plugPseudoScanner();
    const config = aShop(port.path);
    const run = startSoglia([
      'scanner',
      'test',
      '--device',
      port.path,
      '--config',
      config,
      '--write',
    ]);
    await run.line(/Scan a product/);
    const scanner = new SsiScanner(port, 2_000);
    expect(await scanner.scan([utf8(`\x0b${EAN}`)])).toBe(true);
    await run.line(/framing { kind: ssi }/);
    expect(await scanner.listen((commands) => commands.length === 4, 10_000)).toBe(true);
    expect(scanner.commands.map(({ opcode }) => opcode)).toEqual([0xe7, 0xe6, 0xe8, 0xe6]);
    expect(await run.ended()).toBe(0);
    expect(scannerIn(config)?.framing).toEqual({ kind: 'ssi', responseTimeoutMs: 2000 });
  });

  test('lists the scanners where several are there, and takes none', async () => {
    const first = await plugPseudoScanner('usb-One');
    const folder = first.path.replace(/\/by-id\/.*/, '');
    await plugPseudoScanner('usb-Two', folder);
    const run = startSoglia(['scanner', 'test', '--by-id', `${folder}/by-id`]);
    expect(await run.ended()).toBe(1);
    expect(run.output()).toContain(`--device ${folder}/by-id/usb-One`);
    expect(run.output()).toContain(`--device ${folder}/by-id/usb-Two`);
  });

  test('takes the only one there; pulled out, it says so', async () => {
    const scanner = await plugPseudoScanner();
    const folder = scanner.path.replace(/\/[^/]*$/, '');
    const run = startSoglia(['scanner', 'test', '--by-id', folder]);
    await run.line(/Scan a product/);
    await scanner.unplug();
    expect(await run.ended()).toBe(1);
    expect(run.output()).toMatch(/scanner\/unavailable/);
  });

  test('ends with its deadline where nothing comes, and at Ctrl-C at once', async () => {
    const scanner = await plugPseudoScanner();
    const waiting = startSoglia(['scanner', 'test', '--device', scanner.path, '--wait', '0.5']);
    expect(await waiting.ended()).toBe(2);
    expect(waiting.output()).toContain('No profile fits: nothing has arrived.');
    const interrupted = startSoglia(['scanner', 'test', '--device', scanner.path]);
    await interrupted.line(/Scan a product/);
    process.kill(interrupted.pid, 'SIGINT');
    expect(await interrupted.ended(5_000)).toBe(130);
  });

  test('names the process that has the port open already', async () => {
    const scanner = await plugPseudoScanner();
    const first = startSoglia(['scanner', 'test', '--device', scanner.path]);
    await first.line(/Scan a product/);
    const second = startSoglia(['scanner', 'test', '--device', scanner.path]);
    expect(await second.ended()).toBe(1);
    await until('the words', 1_000, () => /another process, .* has it open/.test(second.output()));
    await first.stop();
  });
});
