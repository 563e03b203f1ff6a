import type { ReceiverId, ScannerId } from '../kernel/domain/ids.ts';
import type { BridgeHealth, GatewayRefusal, Tone } from '../kernel/protocol/bridge-events.ts';
import type { Log } from '../node/logs.ts';
import type { Recorder } from './recorded/recorder.ts';
import type { HeardScan, HeardToken, PartState, SourceSink } from './source.ts';

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
}

type Part<Id extends string> = PartState & { readonly id: Id; readonly simulated: boolean };

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
    const { onward, recorder, log } = this.#options;
    const { simulated } = source;
    return {
      heard: (sighting) => {
        recorder?.heard(sighting, simulated);
        onward.heard(sighting);
      },
      scanned: (scan, feedback) => {
        recorder?.scanned(scan, simulated);
        void onward.scanned(scan).then((tone) => {
          log.info('tone', { scannerId: scan.scannerId, state: tone });
          feedback(tone);
        });
      },
      dropped: (what) => {
        if (what === 'advert') this.#droppedAdverts += 1;
        else this.#droppedFrames += 1;
      },
      refused: (reason) => {
        this.#refused[reason] = (this.#refused[reason] ?? 0) + 1;
      },
      receiver: (receiverId, told) => {
        const part = inShort(told);
        if (!note(this.#receivers, receiverId, part, simulated)) return;
        log.info('receiver', { receiverId, ...part });
        onward.healthChanged();
      },
      scanner: (scannerId, told) => {
        const part = inShort(told);
        if (!note(this.#scanners, scannerId, part, simulated)) return;
        log.info('scanner', { scannerId, ...part });
        onward.healthChanged();
      },
    };
  }

  health(): BridgeHealth {
    return {
      receivers: [...this.#receivers.values()].map(({ id, ...part }) => ({
        receiverId: id,
        ...part,
      })),
      scanners: [...this.#scanners.values()].map(({ id, ...part }) => ({ scannerId: id, ...part })),
      droppedAdverts: this.#droppedAdverts,
      droppedFrames: this.#droppedFrames,
      refusedMessages: { ...this.#refused },
    };
  }
}

/** A path in a reason may be long, and the edge refuses a report whose reasons are too long. */
function inShort(part: PartState): PartState {
  return part.state === 'working' ? part : { ...part, reason: part.reason.slice(0, 300) };
}

/** @returns whether that is news */
function note<Id extends string>(
  parts: Map<Id, Part<Id>>,
  id: Id,
  part: PartState,
  simulated: boolean,
): boolean {
  const before = parts.get(id);
  const reasonOf = (state: PartState | undefined) =>
    state === undefined || state.state === 'working' ? undefined : state.reason;
  if (before?.state === part.state && reasonOf(before) === reasonOf(part)) return false;
  parts.set(id, { ...part, id, simulated });
  return true;
}
