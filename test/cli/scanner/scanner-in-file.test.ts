import { describe, expect, test } from 'vitest';
import { type FoundScanner, withScanner } from '../../../cli/scanner/scanner-in-file.ts';
import { parseConfiguration } from '../../../node/configuration.ts';

const FILE = `# Our shop.
store: { id: bottega, timeZone: Europe/Rome, languages: [it, en] }
hq: { url: http://127.0.0.1:4100 }
edge: { port: 4200 }
kiosk: { port: 4300 }
zones: [entrance, aisle] # from the street inwards
receivers:
  - { id: hci0, zone: aisle, kind: bluez, adapter: hci0 }
scanners:
  # the one with the tape on its handle
  - { id: desk, kind: serial, device: /dev/serial/by-id/desk }
  - id: till
    kind: serial
    device: /dev/serial/by-id/till # do not move it
    baudRate: 115200
stations:
  - { id: kiosk-1, kind: kiosk, zone: aisle, scanners: [desk] }
`;
const found = (given: Partial<FoundScanner> = {}): FoundScanner => ({
  device: '/dev/serial/by-id/desk',
  baudRate: undefined,
  dialect: {
    framing: { kind: 'stx-etx', lrc: true },
    codeId: 'honeywell',
    unknownCodeId: 'reject',
  },
  feedback: 'esc-honeywell',
  ...given,
});
const PLAIN = {
  framing: { kind: 'terminator', terminator: 'line' },
  codeId: 'none',
  unknownCodeId: 'reject',
} as const;

describe('what was found of a scanner', () => {
  test('goes to the scanner with that device; comments and all else stay', () => {
    const { text, scannerId, change, hasStation } = withScanner(FILE, 'soglia.yaml', found());
    expect(scannerId).toBe('desk');
    expect(hasStation).toBe(true);
    expect(change).toEqual([
      '-   - { id: desk, kind: serial, device: /dev/serial/by-id/desk }',
      '+   - { id: desk, kind: serial, device: /dev/serial/by-id/desk, framing: { kind: stx-etx, lrc: true }, codeId: honeywell, feedback: esc-honeywell }',
    ]);
    expect(text).toContain('# the one with the tape on its handle');
    expect(text).toContain('zones: [entrance, aisle] # from the street inwards');
    expect(parseConfiguration(text, 'soglia.yaml').scanners[0]).toMatchObject({
      framing: { kind: 'stx-etx', lrc: true },
      codeId: 'honeywell',
      feedback: 'esc-honeywell',
    });
  });

  test('is told of line by line where the scanner is written so', () => {
    const { change, hasStation } = withScanner(
      FILE,
      'soglia.yaml',
      found({ device: '/dev/serial/by-id/till', baudRate: 9600 }),
    );
    expect(hasStation).toBe(false);
    expect(change).toEqual([
      '-     baudRate: 115200',
      '+     baudRate: 9600',
      '+     framing: { kind: stx-etx, lrc: true }',
      '+     codeId: honeywell',
      '+     feedback: esc-honeywell',
    ]);
  });

  test('changes nothing where it is as by default, and twice nothing new', () => {
    const plain = found({ dialect: PLAIN, feedback: 'none' });
    expect(withScanner(FILE, 'soglia.yaml', plain)).toMatchObject({ text: FILE, change: [] });
    const once = withScanner(FILE, 'soglia.yaml', found()).text;
    expect(withScanner(once, 'soglia.yaml', found()).change).toEqual([]);
  });

  test('takes back what was said before and is no more', () => {
    const once = withScanner(FILE, 'soglia.yaml', found()).text;
    const { text } = withScanner(once, 'soglia.yaml', found({ dialect: PLAIN, feedback: 'none' }));
    expect(parseConfiguration(text, 'soglia.yaml').scanners[0]).toMatchObject({
      framing: { kind: 'terminator', terminator: 'line' },
      codeId: 'none',
      feedback: 'none',
    });
  });

  test('names the device of the only scanner without one, else adds a scanner', () => {
    const nameless = FILE.replace(', device: /dev/serial/by-id/desk', '');
    expect(withScanner(nameless, 'soglia.yaml', found()).scannerId).toBe('desk');
    const added = withScanner(FILE, 'soglia.yaml', found({ device: '/dev/serial/by-id/third' }));
    expect(added.scannerId).toBe('scanner-1');
    expect(parseConfiguration(added.text, 'soglia.yaml').scanners[2]).toMatchObject({
      id: 'scanner-1',
      device: '/dev/serial/by-id/third',
      codeId: 'honeywell',
    });
  });

  test('goes into no file that is wrong already', () => {
    expect(() => withScanner('zones: []', 'soglia.yaml', found())).toThrow(/soglia\.yaml: /);
  });
});
