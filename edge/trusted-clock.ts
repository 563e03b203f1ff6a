import { z } from 'zod';
import { type EpochMs, EpochMsSchema } from '../kernel/domain/ids.ts';
import type { Clock } from './clock.ts';

/** What the machine can say of time. */
export interface Machine {
  /** Its clock, which anybody may set: 1970 without a battery, days ahead by a slip of the hand. */
  now(): EpochMs;
  /** Since it started, ms, sleep included; nobody sets it. */
  upMs(): number;
  /** Another one with each start of the machine. */
  readonly bootId: string;
}

/** What is kept of time, so that a restart goes on from there. */
const KeptTimeSchema = z.object({
  /** No less than this had gone by; it never moves back. */
  time: EpochMsSchema,
  bootId: z.string(),
  upMs: z.number().nonnegative(),
  /** HQ was heard during that start of the machine. */
  isExact: z.boolean(),
  /** Starts of the machine since HQ was last heard. */
  offlineBoots: z.int().nonnegative(),
});
export type KeptTime = Readonly<z.infer<typeof KeptTimeSchema>>;

/** @param text - as it was written down; undefined for none, and for what nobody here has written */
export function keptTimeOf(text: string | undefined): KeptTime | undefined {
  if (text === undefined) return undefined;
  try {
    return KeptTimeSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Crystals are 20 ppm off; counted short by more than twice that, time never runs ahead of the true one. */
const COUNTED_SHORT = 1 - 50e-6;
/** A clock that is off by less is being slewed, not set. */
const STEP_MS = 2_000;

/**
 * The time that consents, leases and tokens are judged by (time-1 to time-4). Once HQ was heard it is HQ's time and what
 * has gone by since, whatever is done to the machine's clock. After a start of the machine, until HQ is heard, it is
 * *coarse*: the machine's clock, but never before what is known to have gone by.
 */
export class TrustedClock implements Clock {
  readonly #machine: Machine;
  readonly #stepped: (byMs: number) => void;
  /** `time` stood at `upMs`; what comes after is counted. */
  #known: { readonly time: EpochMs; readonly upMs: number };
  #isExact: boolean;
  #offlineBoots: number;
  /** The machine's clock less its uptime, as last looked at. */
  #wallOffset: number;

  /**
   * @param kept - as `kept` gave it; undefined in a store that is new
   * @param atLeast - what HQ's clock was last heard to say, as far as anybody wrote it down
   * @param stepped - told whenever time jumps, ms: whoever counts on from a moment must begin anew
   */
  constructor(
    machine: Machine,
    kept: KeptTime | undefined,
    atLeast: EpochMs,
    stepped: (byMs: number) => void = () => undefined,
  ) {
    this.#machine = machine;
    this.#stepped = stepped;
    const upMs = machine.upMs();
    const isSameBoot = kept?.bootId === machine.bootId && upMs >= kept.upMs;
    this.#known = isSameBoot
      ? { time: kept.time, upMs: kept.upMs }
      : { time: kept?.time ?? 0, upMs };
    this.#isExact = isSameBoot && kept.isExact;
    this.#offlineBoots = (kept?.offlineBoots ?? 0) + (isSameBoot ? 0 : 1);
    this.#wallOffset = machine.now() - upMs;
    if (atLeast > this.counted()) this.#known = { time: atLeast, upMs };
  }

  /** The best that is known. */
  now(): EpochMs {
    const counted = this.counted();
    if (this.#isExact) return counted;
    return Math.max(counted, Math.floor(this.#machine.upMs() + this.#wallOffset));
  }

  /** So late it is at least: HQ's time and uptime alone. What is destroyed or forgotten by time is by this one. */
  counted(): EpochMs {
    const { time, upMs } = this.#known;
    return Math.floor(time + (this.#machine.upMs() - upMs) * COUNTED_SHORT);
  }

  /** HQ was not heard since the machine started: `now` may be wrong by any amount. */
  get isCoarse(): boolean {
    return !this.#isExact;
  }

  /** Starts of the machine since HQ was last heard; 0 once it was. */
  get offlineBoots(): number {
    return this.#isExact ? 0 : this.#offlineBoots;
  }

  /** HQ's clock, in an answer just come. */
  heard(time: EpochMs): void {
    const before = this.now();
    const upMs = this.#machine.upMs();
    // An answer that was long under way says less than an earlier one that was not.
    if (time > this.counted()) this.#known = { time, upMs };
    this.#isExact = true;
    this.#tell(before);
  }

  /** Looks at the machine's clock. Call it several times a second. */
  check(): void {
    const before = this.now();
    const offset = this.#machine.now() - this.#machine.upMs();
    if (Math.abs(offset - this.#wallOffset) > STEP_MS) this.#wallOffset = offset;
    this.#tell(before);
  }

  /** To be written down now and then. */
  kept(): KeptTime {
    return {
      time: this.counted(),
      bootId: this.#machine.bootId,
      upMs: Math.floor(this.#machine.upMs()),
      isExact: this.#isExact,
      offlineBoots: this.offlineBoots,
    };
  }

  #tell(before: EpochMs): void {
    const byMs = this.now() - before;
    if (Math.abs(byMs) > STEP_MS) this.#stepped(byMs);
  }
}
