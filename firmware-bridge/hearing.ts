import type { ReceiverId, ScannerId } from '../kernel/domain/ids.ts';
import type { BridgeHealth, GatewayRefusal, Tone } from '../kernel/protocol/bridge-events.ts';
import type { Log } from '../node/logs.ts';
import type { ListedBeacons } from './listed-beacons.ts';
import type { Recorder } from './recorded/recorder.ts';
import type { Silence } from './silence.ts';
import type { HeardScan, HeardToken, MonotonicClock, PartState, SourceSink } from './source.ts';

/** Where all that is heard goes on to. */
export interface Onward {
  heard(sighting: HeardToken): void;
  /** Never rejects. */
  scanned(scan: HeardScan): Promise<Tone>;
  /** Something in `health` other than a count has changed. */
  healthChanged(): void;
}

export interface HearingOptions {
  readonly onward: Onward;
  readonly recorder: Recorder | undefined;
  readonly log: Log;
  readonly beacons: ListedBeacons;
  readonly silence: Silence;
  readonly clock: MonotonicClock;
}

type Part<Id extends string> = PartState & {
  readonly id: Id;
  readonly simulated: boolean;
  readonly sinceMs: number;
};

/** What all sources pour into: passes on what they hear, and knows how each of their parts is. */
export class Hearing {
  readonly #options: HearingOptions;
  readonly #receivers = new Map<ReceiverId, Part<ReceiverId>>();
  readonly #scanners = new Map<ScannerId, Part<ScannerId>>();
  #droppedAdverts = 0;
  #droppedFrames = 0;
  readonly #refused: Partial<Record<GatewayRefusal, number>> = {};

  constructor(options: HearingOptions) {
    this.#options = options;
  }

  /** The sink for one source. */
  sinkOf(source: { readonly simulated: boolean }): SourceSink {
    const { onward, recorder, log, beacons, silence, clock } = this.#options;
    const { simulated } = source;
    return {
      heard: (sighting) => {
        recorder?.heard(sighting, simulated);
        silence.heard(sighting.receiverId);
        onward.heard(sighting);
      },
      scanned: (scan, feedback) => {
        recorder?.scanned(scan, simulated);
        void onward.scanned(scan).then((tone) => {
          log.info('tone', { scannerId: scan.scannerId, state: tone });
          feedback(tone);
        });
      },
      listed: (receiverId, frames, from) => {
        const isTaken = beacons.take(frames, from);
        if (isTaken) silence.heard(receiverId);
        return isTaken;
      },
      droppedAdvert: (receiverId) => {
        silence.heard(receiverId);
        this.#droppedAdverts += 1;
      },
      droppedFrame: () => {
        this.#droppedFrames += 1;
      },
      silence: (receiverId) => silence.of(receiverId),
      refused: (reason) => {
        this.#refused[reason] = (this.#refused[reason] ?? 0) + 1;
      },
      receiver: (receiverId, told) => {
        const part = inShort(simulated ? told : this.#judged(receiverId, told));
        if (!note(this.#receivers, receiverId, part, simulated, clock())) return;
        log.info('receiver', { receiverId, ...part });
        onward.healthChanged();
      },
      scanner: (scannerId, told) => {
        const part = inShort(told);
        if (!note(this.#scanners, scannerId, part, simulated, clock())) return;
        log.info('scanner', { scannerId, ...part });
        onward.healthChanged();
      },
    };
  }

  health(): BridgeHealth {
    const now = this.#options.clock();
    return {
      receivers: [...this.#receivers.values()].map((part) => ({
        receiverId: part.id,
        ...toldOf(part, now),
      })),
      scanners: [...this.#scanners.values()].map((part) => ({
        scannerId: part.id,
        ...toldOf(part, now),
      })),
      beacons: [...this.#options.beacons.health()],
      droppedAdverts: this.#droppedAdverts,
      droppedFrames: this.#droppedFrames,
      refusedMessages: { ...this.#refused },
    };
  }

  /** A real radio that says it works may be deaf all the same. */
  #judged(receiverId: ReceiverId, told: PartState): PartState {
    const { silence } = this.#options;
    if (told.state !== 'working') {
      if (told.trouble !== 'silent') silence.gone(receiverId);
      return told;
    }
    silence.listening(receiverId);
    const reason = silence.of(receiverId);
    return reason === undefined ? told : { state: 'failing', trouble: 'silent', reason };
  }
}

/** As the edge is told it: by age, since its clock is another. */
function toldOf<Id extends string>(part: Part<Id>, now: number) {
  const { state, simulated, sinceMs } = part;
  const forMs = Math.max(0, Math.round(now - sinceMs));
  if (state === 'working') return { state, simulated, forMs };
  const { reason, trouble } = part;
  return { state, reason, ...(trouble === undefined ? {} : { trouble }), simulated, forMs };
}

/** A path in a reason may be long, and the edge refuses a report whose reasons are too long. */
function inShort(part: PartState): PartState {
  return part.state === 'working' ? part : { ...part, reason: part.reason.slice(0, 200) };
}

/** @returns whether that is news */
function note<Id extends string>(
  parts: Map<Id, Part<Id>>,
  id: Id,
  part: PartState,
  simulated: boolean,
  nowMs: number,
): boolean {
  const before = parts.get(id);
  const reasonOf = (state: PartState | undefined) =>
    state === undefined || state.state === 'working' ? undefined : state.reason;
  if (before?.state === part.state && reasonOf(before) === reasonOf(part)) return false;
  const sinceMs = before?.state === part.state ? before.sinceMs : nowMs;
  parts.set(id, { ...part, id, simulated, sinceMs });
  return true;
}
