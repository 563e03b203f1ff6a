import { describe, expect, test } from 'vitest';
import { start as startEdge } from '../../edge/main.ts';
import { start as startBridge } from '../../firmware-bridge/main.ts';
import { openSerialPort } from '../../firmware-bridge/serial/port.ts';
import { type SerialScanner, SerialSource } from '../../firmware-bridge/serial/serial-source.ts';
import { gs1CheckDigit } from '../../kernel/scans/check-digit.ts';
import { SSI } from '../../kernel/scans/ssi.ts';
import { textOf } from '../../kernel/scans/text.ts';
import { parseConfiguration } from '../../node/configuration.ts';
import { RememberingLog } from '../doubles/remembering-log.ts';
import { aSerialScanner } from '../doubles/serial-ports.ts';
import { ListeningSink } from '../doubles/source-sink.ts';
import { type Fate, SsiScanner } from '../doubles/ssi-scanner.ts';
import { utf8 } from '../support/bytes.ts';
import { endLater } from '../support/endings.ts';
import { lacking } from '../support/parts.ts';
import { plugPseudoScanner } from '../support/pty.ts';
import { runs } from '../support/runs.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const RESPONSE_TIMEOUT_MS = 300;
const rounds = runs(8);

describe.skipIf(lacking('pseudo-terminal'))(
  'scanners of other tongues on real serial ports',
  () => {
    async function reading(given: Partial<SerialScanner>) {
      const port = await plugPseudoScanner();
      const sink = new ListeningSink();
      const source = new SerialSource({
        scanners: [aSerialScanner({ ...given, device: port.path })],
        open: openSerialPort,
        clock: () => performance.now(),
      });
      await source.start(sink);
      endLater(() => source.stop());
      await until('the scanner to work', 5_000, () => sink.stateOf('scanner-1') === 'working');
      return { port, sink };
    }
    async function speakingSsi() {
      const { port, sink } = await reading({
        dialect: {
          framing: { kind: 'ssi', responseTimeoutMs: RESPONSE_TIMEOUT_MS },
          codeId: 'none',
          unknownCodeId: 'reject',
        },
        duplicateWindowMs: 0,
        feedback: 'ssi',
      });
      const scanner = new SsiScanner(port, RESPONSE_TIMEOUT_MS);
      return { scanner, sink };
    }

    test('an SSI scanner is let scan, and told the tone of each scan', async () => {
      const { scanner, sink } = await speakingSsi();
      expect(await scanner.scan([utf8('\x0b4006381333931')])).toBe(true);
      expect(sink.frames).toEqual([']E04006381333931']);
      sink.tone = 'bad';
      expect(await scanner.scan([utf8('\x03SGX')])).toBe(true);
      const isTold = await scanner.listen((commands) => commands.length === 5, 5_000);
      expect(isTold).toBe(true);
      expect(scanner.commands).toEqual([
        { opcode: SSI.scanEnable, data: [] },
        { opcode: SSI.ledOn, data: [1] },
        { opcode: SSI.beep, data: [0x00] },
        { opcode: SSI.ledOff, data: [1] },
        { opcode: SSI.beep, data: [0x0f] },
      ]);
    });

    test(
      'packets lost, damaged, cut short or acknowledged in vain: each scan is heard exactly once',
      async () => {
        const { scanner, sink } = await speakingSsi();
        const ways: readonly (readonly Fate[])[] = [
          ['arrives'],
          ['lost', 'arrives'],
          ['damaged', 'arrives'],
          ['cut', 'arrives'],
          ['acknowledgement lost', 'arrives'],
          ['acknowledgement lost', 'acknowledgement lost', 'arrives'],
          ['damaged', 'acknowledgement lost', 'arrives'],
          ['lost', 'cut', 'arrives'],
        ];
        const expected: string[] = [];
        for (let i = 0; i < rounds; i += 1) {
          const way = ways[i % ways.length]!;
          const code = `code-${String(i)}`;
          const isSent = await scanner.scan([utf8(`\x03${code}`)], way);
          expect(isSent, `${code}: ${way.join(', ')}`).toBe(true);
          expected.push(`]C0${code}`);
        }
        expect(sink.frames).toEqual(expected);
      },
      rounds * 10_000,
    );

    test('a long code comes in packets, some of them twice, and is one scan', async () => {
      const { scanner, sink } = await speakingSsi();
      const packets = [utf8(`\x1c${'a'.repeat(240)}`), utf8('b'.repeat(240)), utf8('end')];
      const way: Fate[] = [
        'acknowledgement lost',
        'arrives',
        'damaged',
        'arrives',
        'lost',
        'arrives',
      ];
      expect(await scanner.scan(packets, way)).toBe(true);
      expect(sink.frames).toEqual([`]Q1${'a'.repeat(240)}${'b'.repeat(240)}end`]);
    });

    test('over bridge and edge: each scan reaches the store once, and its tone comes back once', async () => {
      const port = await plugPseudoScanner();
      const configuration = parseConfiguration(
        `
store: { id: bottega, timeZone: Europe/Rome }
hq: { url: 'http://127.0.0.1:9' }
edge: {}
kiosk: {}
zones: [aisle]
scanners:
  - id: scanner-1
    kind: serial
    device: ${port.path}
    framing: { kind: ssi, responseTimeoutMs: ${String(RESPONSE_TIMEOUT_MS)} }
    duplicateWindowMs: 0
stations: [{ id: kiosk-1, kind: kiosk, zone: aisle, scanners: [scanner-1] }]
`,
        'the test',
      );
      const edge = await startEdge({
        configuration,
        dataDir: tempDir(),
        port: 0,
        log: new RememberingLog(),
      });
      endLater(() => edge.stop());
      const log = new RememberingLog();
      const bridge = await startBridge({
        configuration,
        dataDir: tempDir(),
        log,
        edgeUrl: edge.url,
        operatorSocket: edge.operatorSocket,
      });
      endLater(() => bridge.stop());
      await until('the edge to be reached', 20_000, () => bridge.isConnected());
      await until('the scanner to work', 5_000, () =>
        log.lines.some((line) => line.startsWith('scanner ') && line.includes('working')),
      );
      const scanner = new SsiScanner(port, RESPONSE_TIMEOUT_MS);
      const ways: readonly (readonly Fate[])[] = [
        ['arrives'],
        ['acknowledgement lost', 'acknowledgement lost', 'arrives'],
        ['lost', 'damaged', 'arrives'],
        ['cut', 'acknowledgement lost', 'arrives'],
      ];
      for (const [i, way] of ways.entries()) {
        const digits = `21123456789${String(i)}`;
        const code = utf8(`\x0b${digits}${gs1CheckDigit(digits)}`);
        expect(await scanner.scan([code], way), way.join(', ')).toBe(true);
      }
      const beeps = () => scanner.commands.filter(({ opcode }) => opcode === SSI.beep);
      expect(await scanner.listen(() => beeps().length >= ways.length, 5_000)).toBe(true);
      // The codes are understood and nobody's cards: that asks. A scan counted twice would have sounded twice.
      expect(beeps()).toEqual(ways.map(() => ({ opcode: SSI.beep, data: [0x01] })));
      expect(log.lines.filter((line) => line.startsWith('tone '))).toHaveLength(ways.length);
    });

    test("a scan that the line ate three times is nobody's, and the next is whole", async () => {
      const { scanner, sink } = await speakingSsi();
      expect(await scanner.scan([utf8('\x03A')], ['damaged', 'cut', 'lost'])).toBe(false);
      expect(await scanner.scan([utf8('\x03B')])).toBe(true);
      expect(sink.frames).toEqual([']C0B']);
    });

    test('a check byte that is wrong drops its code alone', async () => {
      const { port, sink } = await reading({
        dialect: {
          framing: { kind: 'stx-etx', lrc: true },
          codeId: 'none',
          unknownCodeId: 'reject',
        },
      });
      await port.scan('\x02A\x03B\r\n\x02AB\x03!\r\n\x02B\x03A\r\n');
      await until('the last code', 5_000, () => sink.frames.includes('B'));
      expect(sink.frames).toEqual(['A', 'B']);
      expect(sink.droppedOf.frame).toBeGreaterThan(0);
    });

    test.each([
      ['esc-honeywell', '\x1b7'],
      ['esc-datalogic', '\x1b[6q\x1b[3q\x1b[7q'],
    ] as const)('%s: the good tone reaches the scanner', async (feedback, bytes) => {
      const { port } = await reading({ feedback });
      await port.scan('4006381333931\r');
      await until('the tone', 5_000, () => textOf(port.received()) === bytes);
    });
  },
);
