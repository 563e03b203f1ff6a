import { CurrencySchema } from '../kernel/domain/money.ts';
import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import {
  LanguageSchema,
  ScannerIdSchema,
  StationIdSchema,
  StoreIdSchema,
  ZoneIdSchema,
} from '../kernel/domain/ids.ts';
import { SogliaError } from '../kernel/errors.ts';
import { explainIssues } from '../kernel/parse.ts';
import { CODE_ID_PROFILES } from '../kernel/scans/code-id.ts';
import { FEEDBACK_PROFILES } from '../kernel/scans/feedback.ts';
import { checkRestrictedPattern, RESTRICTED_VALUES } from '../kernel/scans/restricted-code.ts';
import { SSI_RESPONSE_TIMEOUT_MS } from '../kernel/scans/ssi-session.ts';
import { beaconComplaints, BeaconSchema } from './beacon-configuration.ts';
import { FloorPlanSchema } from './floor-plan.ts';
import { GatewayDoorsSchema, gatewayComplaints, ReceiverSchema } from './gateway-configuration.ts';
import { RadioSchema } from './radio-configuration.ts';

const FramingSchema = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('terminator'),
      terminator: z
        .enum(['line', 'tab', 'etx'])
        .describe('what ends a code: CR, LF or both as one; TAB; ETX'),
    })
    .describe('each code ends in a control character'),
  z
    .object({
      kind: z.literal('stx-etx'),
      lrc: z
        .boolean()
        .default(false)
        .describe('one check byte follows ETX, the exclusive or of all after STX'),
    })
    .describe('each code stands between STX and ETX'),
  z
    .object({
      kind: z.literal('gap'),
      gapMs: z.int().min(10).max(1_000).describe('silence that ends a code, ms'),
    })
    .describe('nothing ends a code but silence'),
  z
    .object({
      kind: z.literal('ssi'),
      responseTimeoutMs: z
        .int()
        .min(100)
        .max(9_900)
        .default(SSI_RESPONSE_TIMEOUT_MS)
        .describe('how long the scanner waits for an answer, as set in it, ms'),
    })
    .describe('packets of Zebra SSI, each acknowledged'),
]);

const ScannerSchema = z
  .object({
    id: ScannerIdSchema,
    kind: z.enum(['serial', 'simulated']),
    device: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('a name that survives replugging: /dev/serial/by-id/…'),
    baudRate: z
      .int()
      .min(300)
      .max(4_000_000)
      .default(9600)
      .describe('of RS-232, in bits a second; USB ignores it'),
    framing: FramingSchema.default({ kind: 'terminator', terminator: 'line' }).describe(
      'where one code ends and the next begins',
    ),
    codeId: z
      .enum(CODE_ID_PROFILES)
      .default('none')
      .describe(
        'whose letters before the code say the symbology; none: AIM identifiers or nothing',
      ),
    unknownCodeId: z
      .enum(['reject', 'keep'])
      .default('reject')
      .describe('what becomes of a code whose letter that maker does not have'),
    duplicateWindowMs: z
      .union([z.literal(0), z.int().min(300).max(700)])
      .default(300)
      .describe('the same code again within this time is one scan, ms; 0 for scanning quantities'),
    feedback: z
      .enum(FEEDBACK_PROFILES)
      .optional()
      .describe('how the scanner is told to beep; without it ssi where the framing is, else none'),
  })
  .superRefine(({ framing, codeId, feedback }, context) => {
    if (framing.kind === 'ssi' && codeId !== 'none')
      context.addIssue({
        code: 'custom',
        path: ['codeId'],
        message: 'SSI packets name the symbology themselves: leave codeId out',
      });
    if (framing.kind !== 'ssi' && feedback === 'ssi')
      context.addIssue({
        code: 'custom',
        path: ['feedback'],
        message: "'ssi' needs framing: { kind: ssi }",
      });
  });

/** What belongs together in the shop. A scan speaks only to its station. */
const StationSchema = z.object({
  id: StationIdSchema,
  kind: z.enum(['kiosk', 'till', 'handheld']),
  zone: ZoneIdSchema.optional(),
  scanners: z.array(ScannerIdSchema).default([]),
  /** A screen nobody touches shows what is for everybody, and never a person's. */
  touch: z.boolean().default(true),
});

/** A till that speaks no HTTP and puts files into a folder (docs/till-csv.md). */
const TillFolderSchema = z.strictObject({
  station: StationIdSchema,
  folder: z.string().min(1).max(4_096),
  /** Of the prices in its files. */
  currency: CurrencySchema.default('EUR'),
});

/** `21.....{NNDDD}`: what stands in the braces of a code that the shop prints itself. */
const RestrictedSchema = z
  .strictObject({ pattern: z.string().min(1).max(40), value: z.enum(RESTRICTED_VALUES) })
  .superRefine((code, context) => {
    const wrong = checkRestrictedPattern(code);
    if (wrong !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['pattern'],
        message: `${PATTERN_REASONS[wrong.reason]} (at character ${wrong.at + 1})`,
      });
  });
const PATTERN_REASONS = {
  'not-a-pattern': 'only digits, dots and one {NNDDD} with at most three D',
  'too-long': 'not 1 to 12 places',
  'no-value': 'price, weight and discount need braces; member and staff have none',
  'not-restricted': 'does not begin with 02, 04 or 20 to 29',
} as const;

/** `soglia.yaml`. One schema for every process of a store; each reads its part. */
export const ConfigurationSchema = z
  .strictObject({
    store: z.strictObject({
      id: StoreIdSchema,
      timeZone: z.string().refine(isTimeZone, 'not an IANA time zone such as Europe/Rome'),
      languages: z.array(LanguageSchema).min(1).default(['it', 'en']),
    }),
    hq: z.strictObject({
      /** Where the edge reaches HQ. */
      url: z.url(),
      /** Where a shopper's phone reaches HQ; by default the same. */
      publicUrl: z.url().optional(),
    }),
    edge: z.strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(4200),
    }),
    kiosk: z.strictObject({ port: z.int().min(0).max(65_535).default(4300) }),
    zones: z.array(ZoneIdSchema).min(1),
    receivers: z.array(ReceiverSchema).max(64).default([]),
    /** The shop's own fixed beacons; frames of any other beacon are not heard at all. */
    beacons: z.array(BeaconSchema).max(128).default([]),
    radio: RadioSchema,
    /** Ways in for receivers of `kind: gateway`; all closed without it. */
    gateways: GatewayDoorsSchema.optional(),
    /** Where zones and receivers lie; without it somebody's zone is where they were heard lately. */
    floor: FloorPlanSchema.optional(),
    scanners: z.array(ScannerSchema).max(64).default([]),
    stations: z.array(StationSchema).max(256).default([]),
    tills: z.array(TillFolderSchema).max(64).default([]),
    codes: z
      .strictObject({
        /** How the shop numbers what it weighs and packs itself; the first pattern that fits is taken. */
        restricted: z.array(RestrictedSchema).max(32).default([]),
      })
      .prefault({}),
    coupons: z
      .strictObject({
        /**
         * What the store may give away in coupons that other stores take too, before head office has heard of them, in the
         * currency's smallest unit: should two stores without a line take one coupon, the chain loses no more than all
         * its stores' sums.
         */
        owedAtMost: z.int().min(0).max(1_000_000_000).default(50_000),
      })
      .prefault({}),
    presence: z
      .strictObject({
        /** Silence after which somebody is held to have left, ms. */
        leaveAfterMs: z.int().min(1_000).max(3_600_000).default(120_000),
        /** Time in one zone that counts as dwelling, ms. */
        dwellAfterMs: z.int().min(1_000).max(3_600_000).default(20_000),
        /** Zones before the door: whoever was heard only there is near, and not in. */
        outside: z.array(ZoneIdSchema).max(64).default([]),
        /** Without a floor plan: nobody comes in by being heard more weakly than this, dBm. */
        enterAtDbm: z.number().min(-127).max(-1).optional(),
      })
      .prefault({}),
    session: z
      .strictObject({
        /** Idle time until the warning, and from the warning to the wipe (20 s at least), ms. */
        warnAfterMs: z.int().min(1_000).max(600_000).default(40_000),
        wipeAfterMs: z.int().min(20_000).max(600_000).default(20_000),
      })
      .prefault({}),
  })
  .superRefine((configuration, context) => {
    const { zones, receivers, beacons, scanners, stations, floor, presence } = configuration;
    const complain = (path: (string | number)[], message: string) => {
      context.addIssue({ code: 'custom', path, message });
    };
    presence.outside.forEach((zone, i) => {
      if (!zones.includes(zone))
        complain(['presence', 'outside', i], `zone '${zone}' is not listed in zones`);
    });
    const takenBy = new Map<string, string>();
    receivers.forEach((receiver, i) => {
      if (!zones.includes(receiver.zone))
        complain(['receivers', i, 'zone'], `zone '${receiver.zone}' is not listed in zones`);
    });
    for (const { path, message } of [
      ...gatewayComplaints(receivers, configuration.gateways),
      ...beaconComplaints(beacons, zones),
    ]) {
      complain([...path], message);
    }
    floor?.zones.forEach(({ zoneId }) => {
      if (!zones.some((zone) => zone === zoneId))
        complain(['floor', 'zones', zoneId], `zone '${zoneId}' is not listed in zones`);
    });
    floor?.receivers.forEach(({ receiverId }) => {
      if (!receivers.some(({ id }) => id === receiverId))
        complain(['floor', 'receivers', receiverId], 'is not listed in receivers');
    });
    stations.forEach((station, i) => {
      if (station.zone !== undefined && !zones.includes(station.zone))
        complain(['stations', i, 'zone'], `zone '${station.zone}' is not listed in zones`);
      station.scanners.forEach((scanner, j) => {
        const path = ['stations', i, 'scanners', j];
        if (!scanners.some(({ id }) => id === scanner))
          complain(path, `scanner '${scanner}' is not listed in scanners`);
        const other = takenBy.get(scanner);
        if (other !== undefined)
          complain(path, `scanner '${scanner}' belongs to '${other}' already`);
        takenBy.set(scanner, station.id);
      });
    });
    configuration.tills.forEach(({ station, folder }, i) => {
      if (!stations.some(({ id, kind }) => id === station && kind === 'till'))
        complain(['tills', i, 'station'], `no station '${station}' of kind till is listed`);
      if (configuration.tills.findIndex((other) => other.folder === folder) !== i)
        complain(['tills', i, 'folder'], 'is another till’s already');
    });
    for (const [name, list] of Object.entries({ receivers, beacons, scanners, stations })) {
      const seen = new Set<string>();
      list.forEach(({ id }, i) => {
        if (seen.has(id)) complain([name, i, 'id'], `'${id}' is used twice`);
        seen.add(id);
      });
    }
  });
export type Configuration = z.infer<typeof ConfigurationSchema>;
export type ScannerConfiguration = Configuration['scanners'][number];
export type StationConfiguration = Configuration['stations'][number];

/** @throws {SogliaError} 'config/invalid', naming the file, each field and the reason */
export function readConfiguration(path: string): Configuration {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SogliaError('config/invalid', `${path}: cannot be read`, { cause });
  }
  return parseConfiguration(text, path);
}

/** @throws {SogliaError} 'config/invalid', naming `source`, each field and the reason */
export function parseConfiguration(text: string, source: string): Configuration {
  let tree: unknown;
  try {
    tree = parseYaml(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : 'not YAML';
    throw new SogliaError('config/invalid', `${source}: ${reason ?? 'not YAML'}`, { cause });
  }
  const result = ConfigurationSchema.safeParse(tree);
  if (result.success) return result.data;
  throw new SogliaError('config/invalid', `${source}: ${explainIssues(result.error)}`, {
    cause: result.error,
  });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
