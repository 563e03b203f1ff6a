import type { Generated } from 'kysely';

/** The columns as TypeScript names them; migrations.ts makes them. Booleans are 0 or 1, lists and records JSON text. */
export interface HqTables {
  meta: { key: string; value: string };
  store: { storeId: string; name: string; lastSeenAt: number | null; madeAt: number };
  storePart: { storeId: string; kind: string; partId: string; care: number; body: string };
  lease: {
    storeId: string;
    leaseId: string;
    sealingKey: string;
    indexKey: string;
    notAfter: number;
  };
  device: {
    deviceId: string;
    kind: string;
    name: string | null;
    publicKey: string;
    enrolledAt: number;
    deniedAt: number | null;
  };
  oneTimeToken: {
    tokenHash: string;
    kind: string;
    body: string;
    expiresAt: number;
    spentAt: number | null;
  };
  customer: {
    customerId: string;
    language: string;
    firstName: string | null;
    segments: string;
    points: Generated<number>;
    test: number;
    joinedAt: number;
  };
  identity: {
    identityId: string;
    customerId: string;
    kind: 'card' | 'phone';
    value: string;
    linkedAt: number;
    unlinkedAt: number | null;
  };
  phone: {
    phoneId: string;
    signingKey: string;
    identityKey: string;
    clockOffsetS: number;
    codeId: string;
    codeKey: string;
  };
  consentText: {
    sha256: string;
    purpose: string;
    version: string;
    language: string;
    title: string;
    body: string;
    firstServedAt: number;
  };
  consentRecord: {
    hqRev: Generated<number>;
    consentId: string;
    customerId: string;
    purpose: string;
    given: number;
    textVersion: string;
    textSha256: string | null;
    language: string;
    channel: string;
    place: string | null;
    actor: string;
    at: number;
    receivedAt: number;
    signature: string | null;
    signedBy: string | null;
    proof: string | null;
  };
  member: {
    storeId: string;
    customerId: string;
    pseudonym: string;
    rowVersion: number;
    rowDigest: string | null;
    lastVisitAt: number | null;
    joinedAt: number;
    dirty: number;
    visitingUntil: number | null;
  };
  coupon: {
    couponId: string;
    customerId: string;
    offerId: string;
    holder: string | null;
    move: number;
    code: string;
    madeAt: number;
    redeemedAt: number | null;
    redeemedIn: string | null;
    redemptions: Generated<number>;
  };
  offer: { offerId: string; version: number; body: string; changedAt: number };
  product: { gtin: string; body: string };
  publication: {
    storeId: string;
    version: number;
    sha256: string;
    manifest: string;
    signature: string;
    keyId: string;
    publishedAt: number;
  };
  content: { storeId: string; sha256: string; bytes: Uint8Array };
  publishedOffer: { storeId: string; offerId: string; version: number; body: string };
  streamHead: { stream: string; storeId: string; rev: number };
  change: { stream: string; storeId: string; rev: number; subject: string | null; body: string };
  applied: {
    storeId: string;
    epoch: string;
    lane: string;
    lastSeq: number;
    chainHash: string;
    quarantinedAt: number | null;
  };
  event: {
    storeId: string;
    epoch: string;
    lane: string;
    seq: number;
    eventId: string;
    type: string;
    v: number;
    rowHash: string;
    contentHash: string;
    salt: string | null;
    body: string | null;
    bootId: string;
    monoMs: number;
    wallMs: number;
    receivedAt: number;
    subject: string | null;
  };
  timeline: {
    entryId: string;
    customerId: string;
    at: number;
    kind: string;
    storeId: string | null;
    stationId: string | null;
    offerIds: string | null;
    details: string;
    source: string;
  };
  alarm: {
    alarmId: string;
    kind: 'replay' | 'two-stores' | 'used-twice';
    storeId: string;
    otherStoreId: string | null;
    zoneId: string | null;
    customerId: string | null;
    at: number;
    acknowledgedAt: number | null;
    source: string;
  };
  slice: {
    offerId: string;
    unit: string;
    storeId: string;
    granted: number;
    returned: number;
    spent: number;
    givenBack: number;
  };
  exposure: { storeId: string; decisionId: string; offerId: string };
  erasure: {
    erasureId: string;
    subjectHash: string;
    askedAt: number;
    removed: string;
    eventsErased: number;
    chainHolds: number;
    tracesLeft: number | null;
  };
  erasureStore: {
    erasureId: string;
    storeId: string;
    rev: number;
    confirmedAt: number | null;
  };
  tombstone: { storeId: string; subjectHash: string; at: number };
  experiment: { offerId: string; sinceVersion: number; sinceAt: number; definition: string };
  experimentServed: {
    storeId: string;
    offerId: string;
    fromBundle: number;
    fromAt: number;
    sinceVersion: number | null;
  };
  measured: {
    offerId: string;
    sinceVersion: number;
    storeId: string;
    customerId: string;
    arm: string;
    firstAt: number;
    mismatched: number;
  };
  measuredExposure: { offerId: string; storeId: string; customerId: string; at: number };
  measuredCoupon: {
    storeId: string;
    source: string;
    kind: 'used' | 'given-back';
    couponId: string;
    offerId: string;
    customerId: string;
    at: number;
  };
  measuredPurchase: {
    storeId: string;
    purchaseId: string;
    customerId: string;
    at: number;
    currency: string | null;
    netMinor: number | null;
    offerIds: string | null;
    voided: number;
  };
  measuredReturn: {
    storeId: string;
    requestId: string;
    purchaseId: string;
    customerId: string;
    at: number;
    netMinor: number;
  };
  keptConsent: {
    erasureId: string;
    number: number;
    purpose: string;
    given: number;
    textVersion: string;
    textSha256: string | null;
    language: string;
    channel: string;
    actor: string;
    at: number;
    receivedAt: number;
    signature: string | null;
  };
}
