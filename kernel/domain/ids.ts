import { z } from 'zod';

const UuidV7Schema = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'not a UUIDv7');
const Random128Schema = z.string().regex(/^[0-9a-f]{32}$/, 'not 128 bits in lower-case hex');
const SlugSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'not a name of 1 to 63 of a-z, 0-9 and -');

/** Names that people choose, in `soglia.yaml` and at HQ. */
export const StoreIdSchema = SlugSchema.brand('store');
export const StationIdSchema = SlugSchema.brand('station');
export const ZoneIdSchema = SlugSchema.brand('zone');
export const ReceiverIdSchema = SlugSchema.brand('receiver');
export const ScannerIdSchema = SlugSchema.brand('scanner');
export const BeaconIdSchema = SlugSchema.brand('beacon');
export const OfferIdSchema = SlugSchema.brand('offer');
export type StoreId = z.infer<typeof StoreIdSchema>;
export type StationId = z.infer<typeof StationIdSchema>;
export type ZoneId = z.infer<typeof ZoneIdSchema>;
export type ReceiverId = z.infer<typeof ReceiverIdSchema>;
export type ScannerId = z.infer<typeof ScannerIdSchema>;
export type BeaconId = z.infer<typeof BeaconIdSchema>;
export type OfferId = z.infer<typeof OfferIdSchema>;

/** Drawn by machines: UUIDv7 (RFC 9562, section 5.7). */
export const DeviceIdSchema = UuidV7Schema.brand('device');
export const CustomerIdSchema = UuidV7Schema.brand('customer');
export const VisitIdSchema = UuidV7Schema.brand('visit');
export const SessionIdSchema = UuidV7Schema.brand('session');
export const DecisionIdSchema = UuidV7Schema.brand('decision');
export const RequestIdSchema = UuidV7Schema.brand('request');
export const EventIdSchema = UuidV7Schema.brand('event');
export const CouponIdSchema = UuidV7Schema.brand('coupon');
export const ConsentIdSchema = UuidV7Schema.brand('consent');
export const LeaseIdSchema = UuidV7Schema.brand('lease');
export type DeviceId = z.infer<typeof DeviceIdSchema>;
/** HQ's own id of a person. It never leaves HQ. */
export type CustomerId = z.infer<typeof CustomerIdSchema>;
export type VisitId = z.infer<typeof VisitIdSchema>;
export type SessionId = z.infer<typeof SessionIdSchema>;
export type DecisionId = z.infer<typeof DecisionIdSchema>;
export type RequestId = z.infer<typeof RequestIdSchema>;
export type CouponId = z.infer<typeof CouponIdSchema>;
export type ConsentId = z.infer<typeof ConsentIdSchema>;
export type LeaseId = z.infer<typeof LeaseIdSchema>;

/** Random, not ordered: an order in them would tell who joined when. */
export const PseudonymSchema = Random128Schema.brand('pseudonym');
export const EpochSchema = Random128Schema.brand('epoch');
/** What a store knows a person by; drawn by HQ per (store, customer), forgotten on erasure. */
export type Pseudonym = z.infer<typeof PseudonymSchema>;
export type Epoch = z.infer<typeof EpochSchema>;

/** Instants: milliseconds since 1970-01-01 UTC. */
export const EpochMsSchema = z.int().nonnegative();
export type EpochMs = z.infer<typeof EpochMsSchema>;

/** Bytes on a JSON wire: lower-case hex of a fixed count, or base64url without padding. */
export const hexOf = (bytes: number) =>
  z
    .string()
    .regex(
      new RegExp(`^[0-9a-f]{${String(bytes * 2)}}$`),
      `not ${String(bytes)} bytes in lower-case hex`,
    );
export const Base64UrlSchema = z.string().regex(/^[A-Za-z0-9_-]*$/, 'not base64url');
/** 14 digits; shorter GTINs are padded with zeros on the left (GS1 General Specifications, section 7.8.1). */
export const GtinSchema = z
  .string()
  .regex(/^\d{14}$/, 'not a GTIN of 14 digits')
  .brand('gtin');
export type Gtin = z.infer<typeof GtinSchema>;

export const LanguageSchema = z.string().regex(/^[a-z]{2}$/, 'not a two-letter language code');
export type Language = z.infer<typeof LanguageSchema>;
