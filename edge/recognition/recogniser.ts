import type { Hearing, PresenceEvent, Presences, Reception } from '../../kernel/domain/presence.ts';
import type { EpochMs, ReceiverId, ZoneId } from '../../kernel/domain/ids.ts';
import type { ReplayWatch } from '../../kernel/domain/replay-watch.ts';
import { type RecognisedNear, recognisedNear } from '../../kernel/domain/recognised.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { decodeSightingBatch } from '../../kernel/protocol/sighting-batch.ts';
import type { TokenTable } from './token-table.ts';

/** What is counted of radio traffic: numbers of the whole process, nothing per device (threat-26). */
export interface SightingCounts {
  resolved: number;
  unresolved: number;
  rejectedBatches: number;
  /** Recorded tokens that were sent again (alarm-1). */
  replays: number;
}
export interface RecogniserParts {
  readonly tokens: Pick<TokenTable, 'trace'>;
  readonly presences: Presences;
  readonly watch: Pick<ReplayWatch, 'hear'>;
  readonly zoneOf: ReadonlyMap<ReceiverId, ZoneId>;
  /** When a grant must not be over, for something heard then. */
  readonly liveAt: (heardAt: EpochMs) => EpochMs;
  readonly tell: (event: PresenceEvent) => void;
  /** Of walks with a test credential. */
  readonly overhear: (hearing: Reception) => void;
  readonly replayed: (zoneId: ZoneId, at: EpochMs) => void;
}

/** From a batch of tokens to who is where. What resolves to nobody dies here with its batch, before any await. */
export class Recogniser {
  readonly counts: SightingCounts = { resolved: 0, unresolved: 0, rejectedBatches: 0, replays: 0 };
  readonly #parts: RecogniserParts;

  constructor(parts: RecogniserParts) {
    this.#parts = parts;
  }

  /** @throws {SogliaError} 'request/invalid' for bytes that are no batch */
  hear(bytes: Uint8Array, now: EpochMs): { readonly resolved: number } {
    const batch = decodeSightingBatch(bytes);
    if (batch.kind === 'rejected') {
      this.counts.rejectedBatches += 1;
      throw new SogliaError('request/invalid', `batch: ${batch.reason} at byte ${batch.at}`);
    }
    const { tokens, zoneOf, liveAt } = this.#parts;
    let resolved = 0;
    for (const { receiverId, token, rssiDbm, ageMs } of batch.sightings) {
      const zoneId = zoneOf.get(receiverId);
      const at = now - ageMs;
      const found = zoneId && tokens.trace(token, at, liveAt(at));
      if (found === undefined || zoneId === undefined) continue;
      resolved += 1;
      const { pseudonym, source, window } = found;
      if (this.#parts.watch.hear({ pseudonym, source, window, at })) this.#replayed(zoneId, at);
      const near = recognisedNear('token', pseudonym, zoneId, at);
      const hearing = Object.assign(near, { receiverId, rssiDbm });
      this.#parts.overhear(hearing);
      this.near(hearing);
    }
    this.counts.resolved += resolved;
    this.counts.unresolved += batch.sightings.length - resolved;
    return { resolved };
  }

  /** Somebody known is near, whoever or whatever said so. */
  near(hearing: RecognisedNear & Pick<Hearing, 'receiverId' | 'rssiDbm'>): void {
    const event = this.#parts.presences.hear(hearing);
    if (event !== undefined) this.#parts.tell(event);
  }

  #replayed(zoneId: ZoneId, at: EpochMs): void {
    this.counts.replays += 1;
    this.#parts.replayed(zoneId, at);
  }
}
