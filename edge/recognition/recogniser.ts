import type { Hearing, PresenceEvent, Presences } from '../../kernel/domain/presence.ts';
import type { EpochMs, ReceiverId, ZoneId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { decodeSightingBatch } from '../../kernel/protocol/sighting-batch.ts';
import type { TokenTable } from './token-table.ts';

/** What is counted of radio traffic: numbers of the whole process, nothing per device (threat-26). */
export interface SightingCounts {
  resolved: number;
  unresolved: number;
  rejectedBatches: number;
}

/** From a batch of tokens to who is where. What resolves to nobody dies here with its batch, before any await. */
export class Recogniser {
  readonly counts: SightingCounts = { resolved: 0, unresolved: 0, rejectedBatches: 0 };
  readonly #tokens: Pick<TokenTable, 'resolve'>;
  readonly #presences: Presences;
  readonly #zoneOf: ReadonlyMap<ReceiverId, ZoneId>;
  readonly #tell: (event: PresenceEvent) => void;
  readonly #overhear: (hearing: Hearing) => void;

  constructor(
    tokens: Pick<TokenTable, 'resolve'>,
    presences: Presences,
    zoneOf: ReadonlyMap<ReceiverId, ZoneId>,
    tell: (event: PresenceEvent) => void,
    overhear: (hearing: Hearing) => void,
  ) {
    this.#tokens = tokens;
    this.#presences = presences;
    this.#zoneOf = zoneOf;
    this.#tell = tell;
    this.#overhear = overhear;
  }

  /** @throws {SogliaError} 'request/invalid' for bytes that are no batch */
  hear(bytes: Uint8Array, now: EpochMs): { readonly resolved: number } {
    const batch = decodeSightingBatch(bytes);
    if (batch.kind === 'rejected') {
      this.counts.rejectedBatches += 1;
      throw new SogliaError('request/invalid', `batch: ${batch.reason} at byte ${batch.at}`);
    }
    let resolved = 0;
    for (const { receiverId, token, rssiDbm, ageMs } of batch.sightings) {
      const zoneId = this.#zoneOf.get(receiverId);
      const at = now - ageMs;
      const pseudonym = zoneId && this.#tokens.resolve(token, at);
      if (pseudonym === undefined || zoneId === undefined) continue;
      resolved += 1;
      this.#heard({ pseudonym, receiverId, zoneId, at, rssiDbm });
    }
    this.counts.resolved += resolved;
    this.counts.unresolved += batch.sightings.length - resolved;
    return { resolved };
  }

  #heard(hearing: Hearing): void {
    this.#overhear(hearing);
    const event = this.#presences.hear(hearing);
    if (event !== undefined) this.#tell(event);
  }
}
