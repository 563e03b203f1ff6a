/** From, to; metres. */
export type Span = readonly [from: number, to: number];

/** A rectangle of the floor. Where two overlap, the first one counts. */
export interface ZoneArea {
  readonly zoneId: string;
  readonly x: Span;
  readonly y: Span;
}
export interface PlacedReceiver {
  readonly receiverId: string;
  readonly x: number;
  readonly y: number;
  /** Height above the floor, m; 2 unless told. */
  readonly z?: number | undefined;
  /** How much more (or less) than others of its kind this one hears, dB, by calibration. */
  readonly offsetDb?: number | undefined;
}
export interface FloorPlan {
  readonly zones: readonly ZoneArea[];
  readonly receivers: readonly PlacedReceiver[];
}

/** The floor as a grid, with what each receiver should hear of a transmitter in each cell. Made once, shared by everybody. */
export interface ZoneMap {
  readonly zoneIds: readonly string[];
  readonly receiverIds: readonly string[];
  readonly columns: number;
  readonly rows: number;
  /** Edge of a cell, m. */
  readonly cellM: number;
  /** By cell, row by row: index into `zoneIds`; −1 outside every zone. */
  readonly zoneOfCell: Int16Array;
  /** By receiver, then by cell: dBm. */
  readonly expectedDbm: readonly Float64Array[];
}

/** A phone in a hand or a pocket; ±0.4 m changes nothing. */
const TRANSMITTER_HEIGHT_M = 1.4;
const RECEIVER_HEIGHT_M = 2;
/**
 * What a beacon is received with at 1 m by convention (Apple's and AltBeacon's reference value). Transmitters that differ
 * are taken care of by the filter, so that this needs no calibration.
 */
const DBM_AT_1_M = -59;
/** Log-distance path loss with people and furniture in the way: 2 in the open, 2.7 to 3.5 in buildings (ITU-R P.1238). */
const PATH_LOSS_EXPONENT = 3;
const NEAREST_M = 0.5;
/** Above this the grid is coarser than 1 m: a likelihood is kept for each cell and person. */
const MOST_CELLS = 2_500;

/** @throws {RangeError} for a plan without zones, an area without a size, or a place that is no number */
export function zoneMapOf({ zones, receivers }: FloorPlan): ZoneMap {
  if (zones.length === 0) throw new RangeError('zones: none');
  for (const { zoneId, x, y } of zones) {
    for (const [axis, [from, to]] of Object.entries({ x, y })) {
      if (!(Number.isFinite(from) && Number.isFinite(to) && from < to))
        throw new RangeError(
          `zones.${zoneId}.${axis}: ${String(from)} to ${String(to)} is no span`,
        );
    }
  }
  const [left, right] = extent(zones.map(({ x }) => x));
  const [bottom, top] = extent(zones.map(({ y }) => y));
  const cellM = Math.max(1, Math.sqrt(((right - left) * (top - bottom)) / MOST_CELLS));
  const columns = Math.max(1, Math.round((right - left) / cellM));
  const rows = Math.max(1, Math.round((top - bottom) / cellM));
  const zoneIds = [...new Set(zones.map(({ zoneId }) => zoneId))];
  const zoneOfCell = new Int16Array(columns * rows);
  const centreOf = (cell: number) => ({
    x: left + ((cell % columns) + 0.5) * ((right - left) / columns),
    y: bottom + (Math.floor(cell / columns) + 0.5) * ((top - bottom) / rows),
  });
  for (let cell = 0; cell < zoneOfCell.length; cell += 1) {
    const { x, y } = centreOf(cell);
    const area = zones.find((zone) => isWithin(x, zone.x) && isWithin(y, zone.y));
    zoneOfCell[cell] = area === undefined ? -1 : zoneIds.indexOf(area.zoneId);
  }
  const expectedDbm = receivers.map((receiver) => {
    const { receiverId, x, y, z = RECEIVER_HEIGHT_M, offsetDb = 0 } = receiver;
    if (![x, y, z, offsetDb].every(Number.isFinite))
      throw new RangeError(`receivers.${receiverId}: a place in numbers is wanted`);
    return Float64Array.from(zoneOfCell, (_, cell) => {
      const centre = centreOf(cell);
      return expectedDbmAt(receiver, centre.x, centre.y);
    });
  });
  const receiverIds = receivers.map(({ receiverId }) => receiverId);
  return { zoneIds, receiverIds, columns, rows, cellM, zoneOfCell, expectedDbm };
}

/** What a receiver should hear of a transmitter at a place, dBm; metres. */
export function expectedDbmAt(receiver: PlacedReceiver, x: number, y: number): number {
  const { z = RECEIVER_HEIGHT_M, offsetDb = 0 } = receiver;
  const distanceM = Math.hypot(x - receiver.x, y - receiver.y, z - TRANSMITTER_HEIGHT_M);
  const lossDb = 10 * PATH_LOSS_EXPONENT * Math.log10(Math.max(distanceM, NEAREST_M));
  return DBM_AT_1_M - lossDb + offsetDb;
}

/** The zone of a place, by the areas themselves; undefined outside all. */
export function zoneAt(zones: readonly ZoneArea[], x: number, y: number): string | undefined {
  return zones.find((zone) => isWithin(x, zone.x) && isWithin(y, zone.y))?.zoneId;
}

function isWithin(value: number, [from, to]: Span): boolean {
  return value >= from && value < to;
}

function extent(spans: readonly Span[]): Span {
  return [Math.min(...spans.map(([from]) => from)), Math.max(...spans.map(([, to]) => to))];
}
