import type { ZoneMap } from './zone-map.ts';

/** How often a likelihood moves on, ms. The motion of one step is made for it. */
export const STEP_MS = 500;
/** A person in a shop walks up to about this fast, m/s. */
const SPEED_M_S = 1.2;
/** A body in between takes 5 to 15 dB away and nothing adds as much, so less than expected says less than more, dB. */
const SPREAD_ABOVE_DB = 6.5;
const SPREAD_BELOW_DB = 11;
/** No single receiver speaks against a cell more than by this (natural logarithm): some values are simply wrong. */
const MOST_AGAINST = 4.5;
/** How transmitters, pockets and bodies shift all receivers at once, dB; each step anew, since people turn round. */
const SHIFT_SPREAD_DB = 5;
const SHIFTS_DB = Array.from({ length: 13 }, (_, i) => (i - 6) * 2.5);
const SHIFT_LOGS = SHIFTS_DB.map((shiftDb) => -0.5 * (shiftDb / SHIFT_SPREAD_DB) ** 2);
/** A zone is taken over from another one only with this likelihood; at first with half of all. */
const MOVE_AT = 0.62;
const FIRST_AT = 0.5;
/** Below this nobody knows, whatever was known before. */
const UNCERTAIN_BELOW = 0.1;
/** Nothing is ever quite impossible, so that one wild value does not lock the filter in. */
const FLOOR = 1e-4;
/** So many steps without a word are not made up: what is known by then is nothing. */
const MOST_SILENT_STEPS = 240;

export interface ZoneEstimate {
  /** Undefined: uncertain. Silence alone leads here, not outside. */
  readonly zoneId: string | undefined;
  /** Of that zone, 0 to 1. */
  readonly likelihood: number;
}

/**
 * Where one transmitter is: a likelihood for each cell of the floor, moved on in steps of `STEP_MS` by how people walk and
 * by what receivers hear (a grid filter; Thrun, Burgard, Fox, Probabilistic Robotics, section 8.2). Only differences between
 * receivers place anybody: how strong the transmitter is, and who turns their back to it, shifts all of them alike.
 */
export class ZoneFilter {
  readonly #map: ZoneMap;
  readonly #steps: Float64Array;
  readonly #sums: Float64Array;
  readonly #counts: Uint16Array;
  #belief: Float64Array;
  #spare: Float64Array;
  #stepEndsAt: number | undefined;
  #silentSteps = 0;
  #zone = -1;
  #hasPlaced = false;
  #likelihood = 0;

  constructor(map: ZoneMap) {
    const cells = map.zoneOfCell.length;
    this.#map = map;
    this.#steps = motionOf(map.cellM);
    this.#sums = new Float64Array(map.receiverIds.length);
    this.#counts = new Uint16Array(map.receiverIds.length);
    this.#belief = new Float64Array(cells).fill(1 / cells);
    this.#spare = new Float64Array(cells);
  }

  /**
   * @param receiver - index into the map's `receiverIds`
   * @param rssiDbm - received strength, below 0
   * @param atMs - on a clock that does not go back
   */
  hear(receiver: number, rssiDbm: number, atMs: number): void {
    this.advance(atMs);
    this.#stepEndsAt ??= atMs + STEP_MS;
    this.#sums[receiver] = (this.#sums[receiver] ?? 0) + rssiDbm;
    this.#counts[receiver] = (this.#counts[receiver] ?? 0) + 1;
  }

  /** Ends the steps that are over by now. */
  advance(nowMs: number): void {
    if (this.#stepEndsAt === undefined) return;
    while (this.#stepEndsAt <= nowMs) {
      if (this.#silentSteps >= MOST_SILENT_STEPS) {
        this.#belief.fill(1 / this.#belief.length);
        this.#zone = -1;
        this.#stepEndsAt = undefined;
        this.#silentSteps = 0;
        return;
      }
      this.#walk();
      this.#weigh();
      this.#choose();
      this.#stepEndsAt += STEP_MS;
    }
  }

  /** Whether it ever knew a zone. */
  get hasPlaced(): boolean {
    return this.#hasPlaced;
  }

  get estimate(): ZoneEstimate {
    return { zoneId: this.#map.zoneIds[this.#zone], likelihood: this.#likelihood };
  }

  /** Each cell's likelihood spreads to its neighbours, first along the rows, then along the columns. */
  #walk(): void {
    const { columns, rows } = this.#map;
    this.#spread(this.#belief, this.#spare, columns, 1, rows, columns);
    this.#spread(this.#spare, this.#belief, rows, columns, columns, 1);
  }

  #spread(
    from: Float64Array,
    to: Float64Array,
    length: number,
    stride: number,
    lines: number,
    lineStride: number,
  ): void {
    const reach = this.#steps.length - 1;
    to.fill(0);
    for (let line = 0; line < lines; line += 1) {
      const start = line * lineStride;
      for (let i = 0; i < length; i += 1) {
        const first = Math.max(0, i - reach);
        const last = Math.min(length - 1, i + reach);
        let weights = 0; // nobody walks out through the wall: what would is spread over the rest
        for (let j = first; j <= last; j += 1) weights += this.#steps[Math.abs(i - j)] ?? 0;
        const share = (from[start + i * stride] ?? 0) / weights;
        for (let j = first; j <= last; j += 1)
          to[start + j * stride] =
            (to[start + j * stride] ?? 0) + share * (this.#steps[Math.abs(i - j)] ?? 0);
      }
    }
  }

  /** Takes in what was heard in this step: the mean of each receiver, under every common shift, shifts by their likelihood. */
  #weigh(): void {
    const heard: { readonly meanDbm: number; readonly expectedDbm: Float64Array }[] = [];
    this.#map.expectedDbm.forEach((expectedDbm, receiver) => {
      const count = this.#counts[receiver] ?? 0;
      if (count > 0) heard.push({ meanDbm: (this.#sums[receiver] ?? 0) / count, expectedDbm });
    });
    this.#sums.fill(0);
    this.#counts.fill(0);
    this.#silentSteps = heard.length === 0 ? this.#silentSteps + 1 : 0;
    if (heard.length === 0) return;
    const belief = this.#belief;
    const logs = this.#spare;
    let best = -Infinity;
    for (let cell = 0; cell < belief.length; cell += 1) {
      const log = logLikelihood(heard, cell);
      logs[cell] = log;
      if (log > best) best = log;
    }
    let sum = 0;
    for (let cell = 0; cell < belief.length; cell += 1) {
      const value = (belief[cell] ?? 0) * Math.exp((logs[cell] ?? 0) - best);
      belief[cell] = value;
      sum += value;
    }
    for (let cell = 0; cell < belief.length; cell += 1)
      belief[cell] = ((belief[cell] ?? 0) / sum) * (1 - FLOOR) + FLOOR / belief.length;
  }

  /** A zone stays until another is likely enough, or until nobody knows. */
  #choose(): void {
    const { zoneOfCell, zoneIds } = this.#map;
    const likelihoods = new Float64Array(zoneIds.length);
    for (let cell = 0; cell < zoneOfCell.length; cell += 1) {
      const zone = zoneOfCell[cell] ?? -1;
      if (zone >= 0) likelihoods[zone] = (likelihoods[zone] ?? 0) + (this.#belief[cell] ?? 0);
    }
    let best = 0;
    likelihoods.forEach((likelihood, zone) => {
      if (likelihood > (likelihoods[best] ?? 0)) best = zone;
    });
    const needed = this.#zone < 0 ? FIRST_AT : MOVE_AT;
    if (best !== this.#zone && (likelihoods[best] ?? 0) > needed) {
      this.#zone = best;
      this.#hasPlaced = true;
    } else if (this.#zone >= 0 && (likelihoods[this.#zone] ?? 0) < UNCERTAIN_BELOW) {
      this.#zone = -1;
    }
    this.#likelihood = this.#zone < 0 ? 0 : (likelihoods[this.#zone] ?? 0);
  }
}

/** How likely a step of 0, 1, 2 … cells along one axis is. */
function motionOf(cellM: number): Float64Array {
  const spread = (SPEED_M_S * STEP_MS) / 1_000 / cellM;
  const reach = Math.ceil(3 * spread);
  return Float64Array.from({ length: reach + 1 }, (_, i) => Math.exp(-0.5 * (i / spread) ** 2));
}

function logLikelihood(
  heard: readonly { readonly meanDbm: number; readonly expectedDbm: Float64Array }[],
  cell: number,
): number {
  let best = -Infinity;
  let sum = 0;
  SHIFTS_DB.forEach((shiftDb, i) => {
    let log = SHIFT_LOGS[i] ?? 0;
    for (const { meanDbm, expectedDbm } of heard) {
      const missDb = meanDbm - (expectedDbm[cell] ?? 0) - shiftDb;
      const relative = missDb / (missDb < 0 ? SPREAD_BELOW_DB : SPREAD_ABOVE_DB);
      log -= Math.min(0.5 * relative * relative, MOST_AGAINST);
    }
    if (log > best) {
      sum = sum * Math.exp(best - log) + 1;
      best = log;
    } else {
      sum += Math.exp(log - best);
    }
  });
  return best + Math.log(sum);
}
