import { type Rejected, rejected } from '../rejected.ts';
import type { CodeIdRejection } from './code-id.ts';
import { type Frame, type Framer, MAX_FRAME_BYTES } from './framing.ts';
import {
  LONGEST_PACKET_BYTES,
  NAK_RESEND,
  SSI,
  STATUS_CONTINUED,
  STATUS_RETRANSMITTED,
  type SsiPacket,
  type SsiRejection,
  decodeSsi,
  encodeSsi,
} from './ssi.ts';
import { ssiInAimForm } from './ssi-symbology.ts';

/** How long a decoder waits for our answer before it sends again, twice: the guide's Host Serial Response Time-out. */
export const SSI_RESPONSE_TIMEOUT_MS = 2000;
/** Silence inside a packet after which the rest will not come; at 9600 baud a byte takes about 1 ms. */
const PACKET_SILENCE_MS = 100;
const RETRIES = 2;
/** A tone that comes later than this would speak of something else. */
const COMMAND_COUNTS_MS = 2000;
const MOST_COMMANDS = 8;

export interface SsiOptions {
  /** As set in the scanner, ms. */
  readonly responseTimeoutMs?: number | undefined;
  /** Whether the data of a bar code type of no known meaning pass without an identifier. */
  readonly keepUnknown?: boolean | undefined;
}
export interface SsiCommand {
  readonly opcode: number;
  readonly data: readonly number[];
}
/** Bytes for the port, at once. */
export interface Reply {
  readonly kind: 'reply';
  readonly bytes: Uint8Array;
}
/** What we told the scanner to do will not happen. */
export interface CommandFailed {
  readonly kind: 'command-failed';
  readonly opcode: number;
  readonly reason: 'unanswered' | 'refused';
}
export type SsiFrameRejection =
  | SsiRejection
  | CodeIdRejection
  | 'too-long'
  /** A message of several packets that went without its end, or lost one in between. */
  | 'unterminated';
export type SsiOutput = Frame | Reply | CommandFailed | Rejected<SsiFrameRejection>;

export interface SsiSession extends Framer<SsiOutput> {
  /** Tells the scanner to do something, once it has answered what was told before. */
  command(command: SsiCommand, atMs: number): readonly SsiOutput[];
}

interface Outstanding {
  readonly command: SsiCommand;
  /** When it was asked for. */
  readonly askedAtMs: number;
  sentAtMs: number;
  tries: number;
}

/**
 * The host's side of a conversation with one SSI scanner: it acknowledges every whole packet, asks for every broken one again, and
 * gives each message once, however often its packets come. Make a new one whenever the port is opened again.
 *
 * A packet that is not whole and right is dropped with all that follows it up to the next silence: what lies inside it may be
 * the content of a code that looks like a packet.
 * Source: Zebra, Simple Serial Interface Programmer's Guide, 72E-40451.
 */
export function createSsiSession(options: SsiOptions = {}): SsiSession {
  const responseMs = options.responseTimeoutMs ?? SSI_RESPONSE_TIMEOUT_MS;
  /**
   * A packet that was acknowledged comes again within two time-outs, or never. The same code read a second time within them,
   * its first packet lost whole, counts as that repetition: nothing in a packet tells the two apart.
   */
  const repeatMs = (RETRIES + 0.5) * responseMs;
  const packet = new Uint8Array(LONGEST_PACKET_BYTES);
  const message = new Uint8Array(MAX_FRAME_BYTES);
  let held = 0;
  let broken: Rejected<SsiRejection> | undefined;
  let lastByteAtMs = 0;
  let lastPacket: { readonly packet: SsiPacket; atMs: number } | undefined;
  /** Symbology of the message whose packets are coming. */
  let messageType: number | undefined;
  let messageBytes = 0;
  let isTooLong = false;
  /** A packet was lost since the last whole one: only its repetition may continue a message. */
  let hasGap = false;
  const queue: { readonly command: SsiCommand; readonly askedAtMs: number }[] = [];
  let outstanding: Outstanding | undefined;

  const dropMessage = (out: SsiOutput[]): void => {
    if (messageType !== undefined) out.push(rejected('unterminated', messageBytes));
    messageType = undefined;
    messageBytes = 0;
    isTooLong = false;
  };

  const addToMessage = ({ data, status }: SsiPacket, out: SsiOutput[]): void => {
    const isFirst = messageType === undefined;
    messageType ??= data[0] ?? 0;
    // Some models repeat the bar code type in each packet of a message.
    const content = isFirst || data[0] === messageType ? data.subarray(1) : data;
    if (messageBytes + content.length > MAX_FRAME_BYTES) isTooLong = true;
    if (!isTooLong) {
      message.set(content, messageBytes);
      messageBytes += content.length;
    }
    if ((status & STATUS_CONTINUED) !== 0) return;
    if (isTooLong) out.push(rejected('too-long', MAX_FRAME_BYTES));
    else if (messageBytes > 0) out.push(scanOf(messageType, message.slice(0, messageBytes)));
    messageType = undefined;
    messageBytes = 0;
    isTooLong = false;
  };

  const scanOf = (type: number, data: Uint8Array): SsiOutput => {
    const bytes = ssiInAimForm(type, data);
    if (bytes instanceof Uint8Array) return { kind: 'frame', bytes };
    if (bytes !== undefined) return bytes;
    return options.keepUnknown === true
      ? { kind: 'frame', bytes: data }
      : rejected('unknown-code-id', 0);
  };

  const hear = (heard: SsiPacket, atMs: number, out: SsiOutput[]): void => {
    if (heard.source === 'host') return; // our own words, echoed
    if (heard.opcode === SSI.ack || heard.opcode === SSI.nak) {
      hearAnswer(heard, atMs, out);
      return;
    }
    out.push(replyOf(SSI.ack));
    const isRepeated =
      (heard.status & STATUS_RETRANSMITTED) !== 0 &&
      lastPacket !== undefined &&
      atMs - lastPacket.atMs < repeatMs &&
      isSame(lastPacket.packet, heard);
    lastPacket = { packet: isRepeated ? (lastPacket?.packet ?? heard) : heard, atMs };
    if (isRepeated) {
      hasGap = false;
      return;
    }
    if (heard.opcode !== SSI.decodeData || heard.data.length === 0) return;
    const isRepair = (heard.status & STATUS_RETRANSMITTED) !== 0;
    if (hasGap && !isRepair) dropMessage(out);
    hasGap = false;
    addToMessage(heard, out);
  };

  const hearAnswer = (answer: SsiPacket, atMs: number, out: SsiOutput[]): void => {
    if (outstanding === undefined) return;
    if (answer.opcode === SSI.ack) outstanding = undefined;
    else if (answer.data[0] === NAK_RESEND) sendAgain(atMs, out);
    else {
      out.push({
        kind: 'command-failed',
        opcode: outstanding.command.opcode,
        reason: 'refused',
      });
      outstanding = undefined;
    }
    sendNext(atMs, out);
  };

  const sendAgain = (atMs: number, out: SsiOutput[]): void => {
    if (outstanding === undefined) return;
    const { command, tries, askedAtMs } = outstanding;
    if (tries > RETRIES || atMs - askedAtMs > COMMAND_COUNTS_MS + RETRIES * responseMs) {
      out.push({ kind: 'command-failed', opcode: command.opcode, reason: 'unanswered' });
      outstanding = undefined;
      return;
    }
    outstanding.tries += 1;
    outstanding.sentAtMs = atMs;
    out.push(commandOf(command, STATUS_RETRANSMITTED));
  };

  const sendNext = (atMs: number, out: SsiOutput[]): void => {
    while (outstanding === undefined) {
      const next = queue.shift();
      if (next === undefined) return;
      if (atMs - next.askedAtMs > COMMAND_COUNTS_MS) {
        out.push({ kind: 'command-failed', opcode: next.command.opcode, reason: 'unanswered' });
        continue;
      }
      outstanding = { ...next, sentAtMs: atMs, tries: 1 };
      out.push(commandOf(next.command, 0));
    }
  };

  const take = (byte: number, atMs: number, out: SsiOutput[]): void => {
    if (broken !== undefined) return;
    if (held === 0 && byte === 0) return; // a wake-up byte
    packet[held++] = byte;
    const length = packet[0] ?? 0;
    if (length >= 4 && held < length + 2) return;
    const decoded = decodeSsi(packet.subarray(0, held));
    held = 0;
    if (decoded.kind === 'ssi') hear(decoded, atMs, out);
    else broken = decoded;
  };

  /** What silence ends: a packet without its rest, a message without its end. */
  const endBySilence = (atMs: number, out: SsiOutput[], mayAnswer: boolean): void => {
    if ((held > 0 || broken !== undefined) && atMs - lastByteAtMs >= PACKET_SILENCE_MS) {
      out.push(broken ?? rejected('truncated', held));
      if (mayAnswer) out.push(replyOf(SSI.nak, [NAK_RESEND]));
      held = 0;
      broken = undefined;
      hasGap = true;
    }
    if (messageType !== undefined && atMs - (lastPacket?.atMs ?? 0) >= repeatMs) dropMessage(out);
  };

  return {
    push(chunk, atMs) {
      const out: SsiOutput[] = [];
      if (chunk.length === 0) return out;
      // The scanner speaks again already: a NAK now would be taken for what it says now.
      endBySilence(atMs, out, false);
      for (const byte of chunk) take(byte, atMs, out);
      lastByteAtMs = atMs;
      return out;
    },
    flush(atMs) {
      const out: SsiOutput[] = [];
      endBySilence(atMs, out, true);
      if (outstanding !== undefined && atMs - outstanding.sentAtMs >= responseMs) {
        sendAgain(atMs, out);
        sendNext(atMs, out);
      }
      return out;
    },
    dueAtMs() {
      const due: number[] = [];
      if (held > 0 || broken !== undefined) due.push(lastByteAtMs + PACKET_SILENCE_MS);
      if (messageType !== undefined) due.push((lastPacket?.atMs ?? 0) + repeatMs);
      if (outstanding !== undefined) due.push(outstanding.sentAtMs + responseMs);
      return due.length === 0 ? undefined : Math.min(...due);
    },
    command(command, atMs) {
      const out: SsiOutput[] = [];
      if (queue.length >= MOST_COMMANDS) {
        out.push({ kind: 'command-failed', opcode: command.opcode, reason: 'unanswered' });
        return out;
      }
      queue.push({ command, askedAtMs: atMs });
      sendNext(atMs, out);
      return out;
    },
  };
}

function isSame(a: SsiPacket, b: SsiPacket): boolean {
  return (
    a.opcode === b.opcode &&
    ((a.status ^ b.status) & STATUS_CONTINUED) === 0 &&
    a.data.length === b.data.length &&
    a.data.every((byte, i) => byte === b.data[i])
  );
}

function replyOf(opcode: number, data: readonly number[] = []): Reply {
  return {
    kind: 'reply',
    bytes: encodeSsi({ opcode, source: 'host', status: 0, data: Uint8Array.from(data) }),
  };
}

function commandOf({ opcode, data }: SsiCommand, status: number): Reply {
  return {
    kind: 'reply',
    bytes: encodeSsi({ opcode, source: 'host', status, data: Uint8Array.from(data) }),
  };
}
