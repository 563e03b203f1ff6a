import type { BeaconReport, BridgeHealth } from '../../kernel/protocol/bridge-events.ts';
import { needsCare, type ShopPart } from '../../kernel/protocol/shop-part.ts';
import type { Configuration } from '../../node/configuration.ts';
import type { Clock } from '../clock.ts';

export interface ShopHealthParts {
  readonly configuration: Pick<Configuration, 'receivers' | 'scanners' | 'beacons' | 'radio'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Parts that are otherwise than last told, 100 at most at once. @param anew - these begin the list */
  readonly changed: (parts: readonly ShopPart[], anew: boolean) => void;
}

/** The bridge reports every 10 s. */
const BRIDGE_GONE_AFTER_MS = 30_000;
/** Whatever flaps is told so often at most. */
const TOLD_EVERY_MS = 30_000;
const PARTS_AT_ONCE = 100;
/** How much above the threshold a battery is good again: a reading varies with the cold. */
const RECOVERED_MV = 50;
const RECOVERED_PERCENT = 5;

/** What a beacon told in one report or another; a bridge that began anew knows less than we do. */
interface Known {
  readonly heardAt: number | undefined;
  readonly batteryLow: boolean;
  readonly told: BeaconReport;
}
type Judged = Omit<ShopPart, 'since'> & { readonly since?: number };

/** Which receivers, scanners and beacons of the shop work, since when, and what is wrong with the others. */
export class ShopHealth {
  readonly #parts: ShopHealthParts;
  readonly #beacons = new Map<string, Known>();
  readonly #now = new Map<string, ShopPart>();
  /** What was told of each part last. */
  readonly #told = new Map<string, string>();
  readonly #openedAt: number;
  #report: BridgeHealth | undefined;
  #reportedAt: number | undefined;
  /** Since when a beacon that sends would be heard. */
  #hearingSince: number | undefined;
  #toldAt: number | undefined;

  constructor(parts: ShopHealthParts) {
    this.#parts = parts;
    this.#openedAt = parts.clock.now();
    this.#judge();
  }

  /** What the bridge last said of itself, as it came. */
  get report(): BridgeHealth | undefined {
    return this.#report;
  }

  take(report: BridgeHealth): void {
    this.#report = report;
    this.#reportedAt = this.#parts.clock.now();
    for (const told of report.beacons ?? []) this.#hear(told);
    this.tick();
  }

  /** What time alone changes. To be called every few seconds. */
  tick(): void {
    this.#judge();
    this.#tell();
  }

  all(): readonly ShopPart[] {
    return [...this.#now.values()];
  }

  /** Seconds since each beacon was heard and its battery, as far as they are known. */
  beaconFigures(): readonly {
    readonly id: string;
    readonly secondsSinceHeard: number | undefined;
    readonly batteryMv: number | undefined;
    readonly batteryPercent: number | undefined;
    readonly temperatureC: number | undefined;
  }[] {
    const now = this.#parts.clock.now();
    return this.#parts.configuration.beacons.map(({ id }) => {
      const known = this.#beacons.get(id);
      const { batteryMv, batteryPercent, temperatureC } = known?.told ?? {};
      const heardAt = known?.heardAt;
      const secondsSinceHeard =
        heardAt === undefined ? undefined : Math.max(0, (now - heardAt) / 1_000);
      return { id, secondsSinceHeard, batteryMv, batteryPercent, temperatureC };
    });
  }

  #hear(told: BeaconReport): void {
    const { radio, beacons, clock } = { ...this.#parts.configuration, ...this.#parts };
    if (!beacons.some(({ id }) => id === told.beaconId)) return;
    const before = this.#beacons.get(told.beaconId);
    const heardAt = told.heardAgoMs === undefined ? undefined : clock.now() - told.heardAgoMs;
    if (heardAt === undefined) return;
    const batteryLow = isLow(told, radio, before?.batteryLow ?? false);
    this.#beacons.set(told.beaconId, {
      heardAt,
      batteryLow: batteryLow ?? before?.batteryLow ?? false,
      told: { ...before?.told, ...told },
    });
  }

  #judge(): void {
    const { configuration, clock } = this.#parts;
    const { receivers, scanners, beacons } = configuration;
    const now = clock.now();
    const isThere = this.#reportedAt !== undefined && now - this.#reportedAt < BRIDGE_GONE_AFTER_MS;
    const isKnown = this.#reportedAt !== undefined || now - this.#openedAt >= BRIDGE_GONE_AFTER_MS;
    this.#keep({
      ...{ kind: 'bridge', id: 'bridge', simulated: false },
      ...(isThere
        ? { state: 'working' }
        : isKnown
          ? { state: 'missing', reason: 'the bridge does not report: see that it runs' }
          : { state: 'unknown' }),
    });
    const report = isThere ? this.#report : undefined;
    for (const { id, zone } of receivers) {
      const told = report?.receivers.find(({ receiverId }) => receiverId === id);
      this.#keep({ kind: 'receiver', id, zoneId: zone, ...stateOf(told, now) });
    }
    for (const { id } of scanners) {
      const told = report?.scanners.find(({ scannerId }) => scannerId === id);
      this.#keep({ kind: 'scanner', id, ...stateOf(told, now) });
    }
    const hears = report?.receivers.some(({ state }) => state === 'working') ?? false;
    this.#hearingSince = hears ? (this.#hearingSince ?? now) : undefined;
    for (const { id, zone } of beacons) this.#keep(this.#beacon(id, zone, now));
  }

  #beacon(id: string, zoneId: ShopPart['zoneId'], now: number): Judged {
    const { beaconSilentAfterMs } = this.#parts.configuration.radio;
    const known = this.#beacons.get(id);
    const waitedFrom = Math.max(known?.heardAt ?? 0, this.#hearingSince ?? now);
    const isSilent = now - waitedFrom >= beaconSilentAfterMs;
    const isHeard = known?.heardAt !== undefined && now - known.heardAt < beaconSilentAfterMs;
    const { batteryMv, batteryPercent } = known?.told ?? {};
    return {
      ...{ kind: 'beacon', id, zoneId, simulated: false },
      state: isHeard ? 'working' : isSilent ? 'silent' : 'unknown',
      ...(isSilent && known?.heardAt !== undefined ? { since: Math.round(known.heardAt) } : {}),
      ...(known === undefined ? {} : { batteryLow: known.batteryLow }),
      ...(batteryMv === undefined ? {} : { batteryMv }),
      ...(batteryPercent === undefined ? {} : { batteryPercent }),
    };
  }

  #keep(judged: Judged): void {
    const key = `${judged.kind} ${judged.id}`;
    const before = this.#now.get(key);
    const isLow = judged.batteryLow === true;
    const isAsBefore = before?.state === judged.state && (before.batteryLow === true) === isLow;
    const since = isAsBefore ? before.since : (judged.since ?? Math.round(this.#parts.clock.now()));
    this.#now.set(key, { ...judged, since });
  }

  #tell(): void {
    const now = this.#parts.clock.now();
    const isFirst = this.#toldAt === undefined;
    const isKnown = this.#reportedAt !== undefined || now - this.#openedAt >= BRIDGE_GONE_AFTER_MS;
    if (isFirst ? !isKnown : Math.abs(now - (this.#toldAt ?? 0)) < TOLD_EVERY_MS) return;
    const news = [...this.#now].filter(([key, part]) => this.#told.get(key) !== gistOf(part));
    if (news.length === 0) return;
    this.#toldAt = now;
    for (const [key, part] of news) this.#told.set(key, gistOf(part));
    for (let i = 0; i < news.length; i += PARTS_AT_ONCE) {
      const some = news.slice(i, i + PARTS_AT_ONCE).map(([, part]) => part);
      this.#parts.changed(some, isFirst && i === 0);
    }
  }
}

/** How many of each kind work, and which need somebody; without words, as `/readyz` is open to anybody. */
export function inShort(parts: readonly ShopPart[]) {
  const countsOf = (kind: ShopPart['kind']) => {
    const some = parts.filter((part) => part.kind === kind);
    return { working: some.filter(({ state }) => state === 'working').length, of: some.length };
  };
  return {
    bridge: parts.find(({ kind }) => kind === 'bridge')?.state ?? 'unknown',
    receivers: countsOf('receiver'),
    scanners: countsOf('scanner'),
    beacons: countsOf('beacon'),
    care: parts.filter(needsCare).map(({ kind, id, state, trouble, since, batteryLow }) => ({
      ...{ kind, id, state, since: new Date(since).toISOString() },
      ...(trouble === undefined ? {} : { trouble }),
      ...(batteryLow === true ? { batteryLow } : {}),
    })),
  };
}

function stateOf(
  told: BridgeHealth['receivers'][number] | BridgeHealth['scanners'][number] | undefined,
  now: number,
): Pick<Judged, 'state' | 'reason' | 'trouble' | 'simulated' | 'since'> {
  if (told === undefined) return { state: 'unknown', simulated: false };
  const { state, reason, trouble, simulated, forMs } = told;
  return {
    ...{ state, simulated },
    ...(reason === undefined ? {} : { reason }),
    ...(trouble === undefined ? {} : { trouble }),
    ...(forMs === undefined ? {} : { since: Math.max(0, Math.round(now - forMs)) }),
  };
}

/** undefined: it does not say. */
function isLow(
  { batteryMv, batteryPercent }: BeaconReport,
  { lowBatteryMv, lowBatteryPercent }: Configuration['radio'],
  wasLow: boolean,
): boolean | undefined {
  if (batteryMv !== undefined) return batteryMv < lowBatteryMv + (wasLow ? RECOVERED_MV : 0);
  if (batteryPercent === undefined) return undefined;
  return batteryPercent < lowBatteryPercent + (wasLow ? RECOVERED_PERCENT : 0);
}

/** What makes news of a part: not its words, nor each reading of a battery. */
function gistOf({ state, trouble, batteryLow, simulated }: ShopPart): string {
  return JSON.stringify([state, trouble, batteryLow, simulated]);
}
