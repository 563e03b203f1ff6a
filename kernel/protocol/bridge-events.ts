import { z } from 'zod';
import {
  BeaconIdSchema,
  hexOf,
  ReceiverIdSchema,
  RequestIdSchema,
  ScannerIdSchema,
} from '../domain/ids.ts';
import { GATEWAY_REJECTIONS } from '../gateways/gateway-message.ts';
import type { versioned } from './reply.ts';
import type { Reply } from './reply.ts';

/** Socket.io namespace of the device process. */
export const BRIDGE_NAMESPACE = '/bridge';

/** One framed scan, as bytes: the edge alone says what it means. */
export const BridgeScanSchema = z.object({
  requestId: RequestIdSchema,
  scannerId: ScannerIdSchema,
  /** The frame without its terminator, in lower-case hex; 4,296 bytes at most. */
  frame: z
    .string()
    .max(2 * 4_296)
    .regex(/^(?:[0-9a-f]{2})+$/, 'not bytes in lower-case hex'),
  /** How long ago it was framed, ms. Above 2,000 the edge refuses it: no scan is replayed. */
  ageMs: z.int().nonnegative().max(60_000),
});
export type BridgeScan = z.infer<typeof BridgeScanSchema>;

/** What the scanner says to the hand that holds it. */
export const TONES = ['good', 'ask', 'bad'] as const;
export const ToneSchema = z.enum(TONES);
export type Tone = z.infer<typeof ToneSchema>;
export const ScanAcknowledgedSchema = z.object({ tone: ToneSchema });
export type ScanAcknowledged = z.infer<typeof ScanAcknowledgedSchema>;

/** What is wrong with a part, as far as somebody in a shop can do something about it. */
export const PART_TROUBLES = [
  /** Adapter or scanner is not plugged in. */
  'unplugged',
  /** Bluetooth does not run on this machine. */
  'no-bluetooth',
  'not-allowed',
  /** Switched off or blocked. */
  'switched-off',
  /** It is there, and refuses or does not answer. */
  'stuck',
  /** It seems to work, and hears nothing where something is to be heard. */
  'silent',
  /** A gateway of which nothing came yet, or nothing lately. */
  'nothing-came',
  /** A gateway's messages are refused. */
  'refused',
  /** A way in for gateways could not be opened. */
  'door-closed',
] as const;
const PartTroubleSchema = z.enum(PART_TROUBLES);
export type PartTrouble = z.infer<typeof PartTroubleSchema>;

/** A part that works, or why not, in words for `doctor` and the health page. */
export const PartSchema = z.object({
  state: z.enum(['working', 'missing', 'failing']),
  reason: z.string().max(300).optional(),
  /** One that a newer bridge knows and we do not is none. */
  trouble: PartTroubleSchema.optional().catch(undefined),
  simulated: z.boolean(),
  /** How long it has been in this state, ms. */
  forMs: z.int().nonnegative().optional(),
});
/** What a beacon of the shop's own last told of itself; what it did not tell is left out. */
export const BeaconReportSchema = z.object({
  beaconId: BeaconIdSchema,
  /** Since it was last heard, ms; absent: not since the bridge began. */
  heardAgoMs: z.int().nonnegative().optional(),
  batteryMv: z.int().min(0).max(65_535).optional(),
  batteryPercent: z.int().min(0).max(100).optional(),
  temperatureC: z.number().min(-128).max(128).optional(),
  /** Since its power-up, as the next. */
  advertCount: z.int().nonnegative().optional(),
  uptimeMs: z.int().nonnegative().optional(),
});
export type BeaconReport = z.infer<typeof BeaconReportSchema>;
/** Why a gateway's message, or the gateway itself, was not taken. */
const GatewayRefusalSchema = z.enum([
  ...GATEWAY_REJECTIONS,
  'unknown-gateway',
  'wrong-password',
  'wrong-topic',
  /** MQTT with a quality of service above 0. */
  'wrong-qos',
  'too-large',
  'too-fast',
]);
export type GatewayRefusal = z.infer<typeof GatewayRefusalSchema>;
export const BridgeHealthSchema = z.object({
  receivers: z.array(PartSchema.extend({ receiverId: ReceiverIdSchema })).max(64),
  scanners: z.array(PartSchema.extend({ scannerId: ScannerIdSchema })).max(64),
  /** Every beacon that `soglia.yaml` lists; of others nothing is known. */
  beacons: z.array(BeaconReportSchema).max(128).optional(),
  /** Adverts dropped as not of our formats, since the start: a number, nothing else of them. */
  droppedAdverts: z.int().nonnegative(),
  droppedFrames: z.int().nonnegative(),
  /** What gateways sent and was not taken, since the start, by reason. */
  refusedMessages: z.partialRecord(GatewayRefusalSchema, z.int().nonnegative()).optional(),
});
export type BridgeHealth = z.infer<typeof BridgeHealthSchema>;

/** What the edge tells the bridge; newest wins. */
export const BridgeSettingsSchema = z.object({
  /** Current tokens of *test* credentials: the only radio ids that a recorder may write. */
  recordableTokens: z.array(hexOf(8)).max(1_000),
});
export type BridgeSettings = z.infer<typeof BridgeSettingsSchema>;

export interface BridgeToEdge {
  /** Bytes of sighting-batch.ts. Answered once resolved, so that the bridge never has more than a few under way. */
  sightings: (batch: unknown, reply: Reply<{ resolved: number }>) => void;
  scan: (scan: BridgeScan, reply: Reply<ScanAcknowledged>) => void;
  health: (health: BridgeHealth, reply: Reply<null>) => void;
}
export interface EdgeToBridge {
  settings: (settings: z.infer<ReturnType<typeof versioned<typeof BridgeSettingsSchema>>>) => void;
}
