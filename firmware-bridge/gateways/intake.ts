import type { ReceiverId } from '../../kernel/domain/ids.ts';
import { decodeGatewayMessage } from '../../kernel/gateways/gateway-format.ts';
import {
  advertsIn,
  type GatewayFrame,
  tokensAmong,
} from '../../kernel/gateways/gateway-message.ts';
import type { GatewayRefusal } from '../../kernel/protocol/bridge-events.ts';
import { rejected, type Rejected } from '../../kernel/rejected.ts';
import type { Log } from '../../node/logs.ts';
import type { MonotonicClock, PartState, SourceSink } from '../source.ts';
import { Allowance } from './allowance.ts';
import type { Speaker } from './known-gateways.ts';

export interface IntakeOptions {
  readonly speakers: readonly Speaker[];
  readonly sink: SourceSink;
  readonly clock: MonotonicClock;
  readonly silentAfterMs: number;
  readonly log: Log;
}

/** Messages are one advert each in one of the formats, and a radio hears a thousand a second at most. */
const MESSAGES_PER_SECOND = 20_000;
/** How often a log says that messages were refused, at most. */
const SAY_EVERY_MS = 60_000;
const WORKING: PartState = { state: 'working' };
const NEVER = 'has sent nothing yet: look at its address of ours, its password and its topic';

interface Heard {
  readonly speaker: Speaker;
  messageAtMs: number | undefined;
  refusal: { readonly atMs: number; readonly words: string } | undefined;
}

/**
 * Where the messages of all gateways come together, whichever way they came. Tokens go on, and of everything else,
 * a stranger's advert, a name, an address, a distance, nothing stays but a count.
 */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #heard = new Map<ReceiverId, Heard>();
  readonly #allowances = new Map<Speaker, Allowance>();
  #refused = new Map<GatewayRefusal, number>();
  #saidAtMs = -Infinity;
  readonly #troubles = new Map<string, string>();

  constructor(options: IntakeOptions) {
    this.#options = options;
    for (const speaker of options.speakers) {
      this.#allowances.set(speaker, new Allowance(MESSAGES_PER_SECOND, options.clock));
      for (const { receiverId } of speaker.gateways) {
        this.#heard.set(receiverId, { speaker, messageAtMs: undefined, refusal: undefined });
      }
    }
  }

  /** @returns why it was refused; undefined once it was taken */
  take(speaker: Speaker, message: Uint8Array): Rejected<GatewayRefusal> | undefined {
    if (this.#allowances.get(speaker)?.take() === false)
      return this.#refuse(speaker, 'too-fast', 0);
    const decoded = decodeGatewayMessage(speaker.format, message);
    if (decoded.kind === 'rejected') return this.#refuse(speaker, decoded.reason, decoded.at);
    for (const { reason, at } of decoded.rejections) this.#refuse(speaker, reason, at);
    const heardAtMs = this.#options.clock();
    let strange = 0;
    for (const frame of decoded.frames) {
      const receiverId = receiverOf(frame, speaker);
      if (receiverId === undefined) strange += 1;
      else this.#pass(frame, receiverId, heardAtMs);
    }
    const isAllStrange = strange > 0 && strange === decoded.frames.length;
    if (strange > 0) this.#refuse(speaker, 'unknown-gateway', 0);
    if (isAllStrange) return rejected('unknown-gateway', 0);
    if (decoded.frames.length === 0) this.#note(speaker.id, heardAtMs);
    return undefined;
  }

  /** Something other than the content of a message was wrong. @param speaker - whose, where that is known */
  refuse(reason: GatewayRefusal, speaker?: Speaker): void {
    this.#refuse(speaker, reason, undefined);
  }

  /** Why nobody can be heard through one of the ways in, in words; undefined where it is open. */
  trouble(wayIn: string, words: string | undefined): void {
    if (words === undefined) this.#troubles.delete(wayIn);
    else this.#troubles.set(wayIn, words);
    this.look();
  }

  /** Says how each gateway is. To be called every second or so. */
  look(): void {
    const { sink, clock, silentAfterMs } = this.#options;
    const now = clock();
    for (const [receiverId, { messageAtMs, refusal }] of this.#heard) {
      const isFresh = (atMs: number | undefined) =>
        atMs !== undefined && now - atMs < silentAfterMs;
      if (isFresh(messageAtMs)) sink.receiver(receiverId, WORKING);
      else if (isFresh(refusal?.atMs)) {
        const reason = refusal?.words ?? '';
        sink.receiver(receiverId, { state: 'failing', trouble: 'refused', reason });
      } else if (this.#troubles.size > 0) {
        const reason = [...this.#troubles.values()].join('; ');
        sink.receiver(receiverId, { state: 'failing', trouble: 'door-closed', reason });
      } else {
        const silent = `has sent nothing for ${String(Math.round(silentAfterMs / 1_000))} s`;
        const reason = messageAtMs === undefined ? NEVER : silent;
        sink.receiver(receiverId, { state: 'missing', trouble: 'nothing-came', reason });
      }
    }
    this.#say(now);
  }

  #pass(frame: GatewayFrame, receiverId: ReceiverId, heardAtMs: number): void {
    const { sink } = this.#options;
    this.#note(receiverId, heardAtMs);
    const adverts = advertsIn(frame);
    const tokens = tokensAmong(adverts);
    if (tokens.length === 0 && !sink.listed(receiverId, adverts, frame.transmitter)) {
      sink.droppedAdvert(receiverId);
    }
    for (const carried of tokens) {
      sink.heard({ receiverId, ...carried, rssiDbm: frame.rssiDbm, heardAtMs });
    }
  }

  #note(receiverId: ReceiverId, atMs: number): void {
    const heard = this.#heard.get(receiverId);
    if (heard !== undefined) heard.messageAtMs = atMs;
  }

  #refuse(
    speaker: Speaker | undefined,
    reason: GatewayRefusal,
    at: number | undefined,
  ): Rejected<GatewayRefusal> {
    this.#options.sink.refused(reason);
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
    const heard = speaker && this.#heard.get(speaker.id);
    if (heard !== undefined) {
      const where = at === undefined ? '' : `, at ${String(at)}`;
      const words = `${WORDS[reason] ?? `its message was refused: ${reason}`}${where}`;
      heard.refusal = { atMs: this.#options.clock(), words };
    }
    return rejected(reason, at ?? 0);
  }

  #say(now: number): void {
    if (this.#refused.size === 0 || now - this.#saidAtMs < SAY_EVERY_MS) return;
    const counts = [...this.#refused];
    const reason = counts.map(([name, count]) => `${name} ${String(count)}`).join(', ');
    const count = counts.reduce((sum, [, of]) => sum + of, 0);
    this.#options.log.warn('messages of gateways were refused', { count, reason });
    this.#saidAtMs = now;
    this.#refused = new Map();
  }
}

const WORDS: Partial<Record<GatewayRefusal, string>> = {
  'wrong-password': 'its password is wrong: soglia gateway add makes a new one',
  'wrong-topic': 'publishes or subscribes beyond its own topic',
  'wrong-qos': 'publishes with a quality of service above 0: set it to 0',
  'unknown-gateway': 'names a gateway that soglia.yaml does not',
  'too-large': 'sends messages that are too large',
  'too-fast': 'sends more messages than a radio can hear',
};

/** Who heard the frame; undefined where it names a gateway that its speaker may not speak of. */
function receiverOf(frame: GatewayFrame, { id, gateways }: Speaker): ReceiverId | undefined {
  if (frame.gateway === undefined) return id;
  return gateways.find(({ address }) => address === frame.gateway)?.receiverId;
}
