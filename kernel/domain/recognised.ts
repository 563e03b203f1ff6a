import type { EpochMs, Pseudonym, StationId, ZoneId } from './ids.ts';
import type { ActEvidence, Evidence, NearEvidence, Strength } from './strength.ts';

/** How sure each kind of evidence makes us. Nothing else decides it: no sensor is better than what it heard. */
const STRENGTH_OF = {
  token: 2,
  report: 2,
  card: 3,
  code: 3,
  phone: 3,
  staff: 4,
} as const satisfies Record<Evidence, Strength>;
export type StrengthOf<E extends Evidence> = (typeof STRENGTH_OF)[E];

/** A credential of an enrolled person was recognised in a zone: they are near, and have done nothing. */
export interface RecognisedNear {
  readonly pseudonym: Pseudonym;
  readonly evidence: NearEvidence;
  readonly strength: StrengthOf<NearEvidence>;
  readonly zoneId: ZoneId;
  readonly at: EpochMs;
}
/** The person acted at a station, or staff checked who they are. */
export interface RecognisedHere {
  readonly pseudonym: Pseudonym;
  readonly evidence: ActEvidence;
  readonly strength: StrengthOf<ActEvidence>;
  readonly stationId: StationId;
  readonly at: EpochMs;
}
/** That a credential of this pseudonym was recognised: the same whatever the sensor. */
export type Recognised = RecognisedNear | RecognisedHere;

export function recognisedNear(
  evidence: NearEvidence,
  pseudonym: Pseudonym,
  zoneId: ZoneId,
  at: EpochMs,
): RecognisedNear {
  return { pseudonym, evidence, strength: STRENGTH_OF[evidence], zoneId, at };
}

export function recognisedHere(
  evidence: ActEvidence,
  pseudonym: Pseudonym,
  stationId: StationId,
  at: EpochMs,
): RecognisedHere {
  return { pseudonym, evidence, strength: STRENGTH_OF[evidence], stationId, at };
}
