import { describe, expect, test } from 'vitest';
import { ssiCommands } from '../../../kernel/scans/feedback.ts';
import { MAX_FRAME_BYTES } from '../../../kernel/scans/framing.ts';
import { type SsiOutput, createSsiSession } from '../../../kernel/scans/ssi-session.ts';
import { SSI, decodeSsi, encodeSsi } from '../../../kernel/scans/ssi.ts';
import { textOf } from '../../../kernel/scans/text.ts';
import { utf8 } from '../../support/bytes.ts';

const RETRANSMITTED = 1;
const CONTINUED = 2;

/** A packet of decoded data, its first byte the bar code type. */
function decoded(text: string, status = 0): Uint8Array {
  return encodeSsi({ opcode: SSI.decodeData, source: 'decoder', status, data: utf8(text) });
}
const ack = encodeSsi({ opcode: SSI.ack, source: 'decoder', status: 0, data: new Uint8Array() });
const nak = (cause: number) =>
  encodeSsi({ opcode: SSI.nak, source: 'decoder', status: 0, data: Uint8Array.of(cause) });

function shown(outputs: readonly SsiOutput[]): string[] {
  return outputs.map((output) => {
    switch (output.kind) {
      case 'frame':
        return textOf(output.bytes);
      case 'rejected':
        return `${output.reason}@${String(output.at)}`;
      case 'command-failed':
        return `${output.reason} ${output.opcode.toString(16)}`;
      case 'reply': {
        const packet = decodeSsi(output.bytes);
        if (packet.kind === 'rejected' || packet.source !== 'host') return 'not ours';
        const name = Object.entries(SSI).find(([, opcode]) => opcode === packet.opcode)?.[0] ?? '?';
        return `${name}${packet.status === RETRANSMITTED ? ' again' : ''}`;
      }
    }
  });
}

describe('an SSI scanner', () => {
  test('is acknowledged, and its bar code type becomes the AIM identifier', () => {
    const session = createSsiSession();
    expect(shown(session.push(decoded('\x03ABC'), 0))).toEqual(['ack', ']C0ABC']);
    expect(shown(session.push(decoded('\x0b8001234567895'), 900))).toEqual([
      'ack',
      ']E08001234567895',
    ]);
    expect(shown(session.push(decoded('\x0f0108001234567895'), 1800))).toEqual([
      'ack',
      ']C10108001234567895',
    ]);
    expect(shown(session.push(decoded('\x0a96385074'), 2700))).toEqual(['ack', ']E496385074']);
    expect(shown(session.push(decoded('\x4b800123456789512'), 3600))).toEqual([
      'ack',
      ']E3800123456789512',
    ]);
  });

  test('wakes the line with a zero byte before it speaks', () => {
    const session = createSsiSession();
    expect(shown(session.push(Uint8Array.of(0, 0, ...decoded('\x03A')), 0))).toEqual([
      'ack',
      ']C0A',
    ]);
  });

  test('whose acknowledgement was lost sends again: acknowledged again, counted once', () => {
    const session = createSsiSession();
    session.push(decoded('\x03A'), 0);
    expect(shown(session.push(decoded('\x03A', RETRANSMITTED), 2000))).toEqual(['ack']);
    expect(shown(session.push(decoded('\x03A', RETRANSMITTED), 4000))).toEqual(['ack']);
  });

  test('reads the same code twice: that is two scans', () => {
    const session = createSsiSession();
    session.push(decoded('\x03A'), 0);
    expect(shown(session.push(decoded('\x03A'), 800))).toEqual(['ack', ']C0A']);
  });

  test('whose packet was lost sends it again, and it counts then', () => {
    const session = createSsiSession();
    session.push(decoded('\x03A'), 0);
    expect(shown(session.push(decoded('\x03B', RETRANSMITTED), 3000))).toEqual(['ack', ']C0B']);
    // The same as before, but longer ago than a repetition can be.
    expect(shown(session.push(decoded('\x03B', RETRANSMITTED), 9000))).toEqual(['ack', ']C0B']);
  });

  test('whose packet is damaged is asked for it again, once the line is silent', () => {
    const session = createSsiSession();
    const damaged = decoded('\x03AB');
    damaged[5] = 0x43;
    expect(session.push(damaged, 0)).toEqual([]);
    expect(session.dueAtMs()).toBe(100);
    expect(shown(session.flush(100))).toEqual(['wrong-checksum@7', 'nak']);
    expect(shown(session.push(decoded('\x03AB', RETRANSMITTED), 150))).toEqual(['ack', ']C0AB']);
  });

  test('whose packet breaks off is asked for it again', () => {
    const session = createSsiSession();
    session.push(decoded('\x03ABC').subarray(0, 6), 0);
    expect(shown(session.flush(99))).toEqual([]);
    expect(shown(session.flush(100))).toEqual(['truncated@6', 'nak']);
    expect(session.dueAtMs()).toBeUndefined();
  });

  test('that speaks again before we could ask is listened to instead', () => {
    const session = createSsiSession();
    session.push(decoded('\x03ABC').subarray(0, 6), 0);
    expect(shown(session.push(decoded('\x03ABC', RETRANSMITTED), 2000))).toEqual([
      'truncated@6',
      'ack',
      ']C0ABC',
    ]);
  });

  test('has a code that holds a packet: what is inside a damaged packet is never taken for one', () => {
    const session = createSsiSession();
    const inside = decoded('\x03FALSE');
    const outer = encodeSsi({
      opcode: SSI.decodeData,
      source: 'decoder',
      status: 0,
      data: Uint8Array.of(0x1c, ...inside),
    });
    outer[0] = 3; // as damaged as it can be: what follows looks like a fresh beginning
    expect(session.push(outer, 0)).toEqual([]);
    expect(shown(session.flush(100))).toEqual(['bad-length@0', 'nak']);
  });

  test('has events and answers of its own acknowledged or heard, and never taken for a scan', () => {
    const session = createSsiSession();
    const event = encodeSsi({
      opcode: 0xf6,
      source: 'decoder',
      status: 0,
      data: Uint8Array.of(0x0a),
    });
    expect(shown(session.push(event, 0))).toEqual(['ack']);
    expect(session.push(ack, 10)).toEqual([]);
    const echo = encodeSsi({ opcode: 0xe6, source: 'host', status: 0, data: Uint8Array.of(0) });
    expect(session.push(echo, 20)).toEqual([]);
  });

  test('may know bar code types that we do not: rejected, or kept where that is asked for', () => {
    expect(shown(createSsiSession().push(decoded('\x7fABC'), 0))).toEqual([
      'ack',
      'unknown-code-id@0',
    ]);
    const keeping = createSsiSession({ keepUnknown: true });
    expect(shown(keeping.push(decoded('\x7fABC'), 0))).toEqual(['ack', 'ABC']);
  });
});

describe('a message of several packets', () => {
  test('is one code, whether the bar code type is repeated or not', () => {
    const session = createSsiSession();
    expect(shown(session.push(decoded('\x1cone ', CONTINUED), 0))).toEqual(['ack']);
    expect(shown(session.push(decoded('\x1ctwo ', CONTINUED), 50))).toEqual(['ack']);
    expect(shown(session.push(decoded('three'), 90))).toEqual(['ack', ']Q1one two three']);
  });

  test('one of which comes twice is the same code', () => {
    const session = createSsiSession();
    session.push(decoded('\x1cone ', CONTINUED), 0);
    session.push(decoded('\x1cone ', CONTINUED | RETRANSMITTED), 2000);
    expect(shown(session.push(decoded('two'), 2050))).toEqual(['ack', ']Q1one two']);
  });

  test('one of which was damaged goes on with its repetition, and with nothing else', () => {
    const session = createSsiSession();
    session.push(decoded('\x1cone ', CONTINUED), 0);
    session.push(decoded('two ', CONTINUED).subarray(0, 5), 50);
    session.flush(150);
    session.push(decoded('two ', CONTINUED | RETRANSMITTED), 200);
    expect(shown(session.push(decoded('three'), 250))).toEqual(['ack', ']Q1one two three']);

    session.push(decoded('\x1cone ', CONTINUED), 5_000);
    session.push(decoded('two ', CONTINUED).subarray(0, 5), 5_050);
    session.flush(5_150);
    expect(shown(session.push(decoded('\x03A'), 5_200))).toEqual(['ack', 'unterminated@4', ']C0A']);
  });

  test('that is given up does not join the next', () => {
    const session = createSsiSession();
    session.push(decoded('\x1cone ', CONTINUED), 0);
    expect(session.dueAtMs()).toBe(5000);
    expect(shown(session.flush(5000))).toEqual(['unterminated@4']);
    expect(shown(session.push(decoded('\x03A'), 6000))).toEqual(['ack', ']C0A']);
  });

  test('longer than any symbol is rejected at its end', () => {
    const session = createSsiSession();
    const part = 'x'.repeat(240);
    for (let i = 0; i < 18; i += 1) session.push(decoded(`\x1c${part}`, CONTINUED), i);
    expect(shown(session.push(decoded('\x1cend'), 20))).toEqual([
      'ack',
      `too-long@${String(MAX_FRAME_BYTES)}`,
    ]);
  });
});

describe('what the scanner is told', () => {
  test('goes out one after the other, each when the last was acknowledged', () => {
    const session = createSsiSession();
    const sent = ssiCommands('good').map((command) => shown(session.command(command, 0)));
    expect(sent).toEqual([['ledOn'], [], []]);
    expect(shown(session.push(ack, 10))).toEqual(['beep']);
    expect(shown(session.push(ack, 20))).toEqual(['ledOff']);
    expect(shown(session.push(ack, 30))).toEqual([]);
  });

  test('is sent again twice where no answer comes, and then given up', () => {
    const session = createSsiSession();
    for (const command of ssiCommands('bad')) session.command(command, 0);
    expect(session.dueAtMs()).toBe(2000);
    expect(shown(session.flush(2000))).toEqual(['beep again']);
    expect(shown(session.flush(4000))).toEqual(['beep again']);
    expect(shown(session.flush(6000))).toEqual(['unanswered e6']);
    expect(session.dueAtMs()).toBeUndefined();
  });

  test('is sent again where the scanner asks for it, and not where it refuses', () => {
    const session = createSsiSession();
    for (const command of ssiCommands('ask')) session.command(command, 0);
    expect(shown(session.push(nak(1), 10))).toEqual(['beep again']);
    expect(shown(session.push(nak(6), 20))).toEqual(['refused e6']);
  });

  test('waits for nobody who reads codes meanwhile', () => {
    const session = createSsiSession();
    for (const command of ssiCommands('ask')) session.command(command, 0);
    expect(shown(session.push(decoded('\x03A'), 10))).toEqual(['ack', ']C0A']);
  });

  test('is bounded: what waits too long, or behind too much, is not told at all', () => {
    const session = createSsiSession();
    const [beep] = ssiCommands('ask');
    for (let i = 0; i < 9; i += 1) session.command(beep!, 0);
    expect(shown(session.command(beep!, 0))).toEqual(['unanswered e6']);
    session.flush(2000);
    session.flush(4000);
    const last = shown(session.flush(6000));
    expect(last).toHaveLength(9);
    expect(new Set(last)).toEqual(new Set(['unanswered e6']));
  });
});
