import { type Kysely, type Migration, sql } from 'kysely';

/** Forward only. A statement a line keeps each step plain to read in a plan or an error. */
const statements: Readonly<Record<string, readonly string[]>> = {
  '0001-head-office': [
    `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`,
    `CREATE TABLE store (
      store_id TEXT PRIMARY KEY, name TEXT NOT NULL, last_seen_at INTEGER, made_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE lease (
      store_id TEXT PRIMARY KEY REFERENCES store, lease_id TEXT NOT NULL UNIQUE,
      sealing_key TEXT NOT NULL, index_key TEXT NOT NULL, not_after INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,

    `CREATE TABLE device (
      device_id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT, public_key TEXT NOT NULL,
      enrolled_at INTEGER NOT NULL, denied_at INTEGER
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE one_time_token (
      token_hash TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('join', 'console-link', 'console-session')),
      body TEXT NOT NULL, expires_at INTEGER NOT NULL, spent_at INTEGER
    ) STRICT, WITHOUT ROWID`,

    `CREATE TABLE customer (
      customer_id TEXT PRIMARY KEY, language TEXT NOT NULL, first_name TEXT, segments TEXT NOT NULL,
      points INTEGER NOT NULL DEFAULT 0, test INTEGER NOT NULL, joined_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    // Reversible: a wrong link is ended, never overwritten.
    `CREATE TABLE identity (
      identity_id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customer,
      kind TEXT NOT NULL CHECK (kind IN ('card', 'phone')), value TEXT NOT NULL,
      linked_at INTEGER NOT NULL, unlinked_at INTEGER
    ) STRICT, WITHOUT ROWID`,
    `CREATE UNIQUE INDEX identity_in_use ON identity (kind, value) WHERE unlinked_at IS NULL`,
    `CREATE INDEX identity_of ON identity (customer_id)`,
    `CREATE TABLE phone (
      phone_id TEXT PRIMARY KEY REFERENCES device, signing_key TEXT NOT NULL, identity_key TEXT NOT NULL,
      clock_offset_s INTEGER NOT NULL, code_id TEXT NOT NULL UNIQUE, code_key TEXT NOT NULL
    ) STRICT, WITHOUT ROWID`,

    `CREATE TABLE consent_text (
      sha256 TEXT PRIMARY KEY, purpose TEXT NOT NULL, version TEXT NOT NULL, language TEXT NOT NULL,
      title TEXT NOT NULL, body TEXT NOT NULL, first_served_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE consent_record (
      hq_rev INTEGER PRIMARY KEY AUTOINCREMENT, consent_id TEXT NOT NULL UNIQUE,
      customer_id TEXT NOT NULL REFERENCES customer, purpose TEXT NOT NULL, given INTEGER NOT NULL,
      text_version TEXT NOT NULL, text_sha256 TEXT, language TEXT NOT NULL,
      channel TEXT NOT NULL CHECK (channel IN ('phone', 'paper', 'kiosk')), place TEXT,
      actor TEXT NOT NULL, at INTEGER NOT NULL, received_at INTEGER NOT NULL,
      signature TEXT, signed_by TEXT, proof TEXT,
      UNIQUE (customer_id, purpose, given, at)
    ) STRICT`,
    `CREATE TRIGGER consent_record_stays BEFORE UPDATE ON consent_record
      BEGIN SELECT RAISE(ABORT, 'consent records are only ever added'); END`,

    `CREATE TABLE member (
      store_id TEXT NOT NULL REFERENCES store, customer_id TEXT NOT NULL REFERENCES customer,
      pseudonym TEXT NOT NULL UNIQUE, row_version INTEGER NOT NULL, row_digest TEXT,
      last_visit_at INTEGER, joined_at INTEGER NOT NULL, dirty INTEGER NOT NULL,
      PRIMARY KEY (store_id, customer_id)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX member_of ON member (customer_id)`,
    `CREATE INDEX member_dirty ON member (store_id) WHERE dirty = 1`,
    // A coupon is one person's for one offer. A leased one sits with one store.
    `CREATE TABLE coupon (
      coupon_id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customer, offer_id TEXT NOT NULL,
      holder TEXT NOT NULL REFERENCES store, code TEXT NOT NULL UNIQUE, made_at INTEGER NOT NULL,
      redeemed_at INTEGER, redeemed_in TEXT, redemptions INTEGER NOT NULL DEFAULT 0,
      UNIQUE (customer_id, offer_id)
    ) STRICT, WITHOUT ROWID`,

    `CREATE TABLE offer (
      offer_id TEXT PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL, changed_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE product (gtin TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID`,
    `CREATE TABLE publication (
      store_id TEXT NOT NULL REFERENCES store, version INTEGER NOT NULL, sha256 TEXT NOT NULL,
      manifest TEXT NOT NULL, signature TEXT NOT NULL, key_id TEXT NOT NULL, published_at INTEGER NOT NULL,
      PRIMARY KEY (store_id, version)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE content (
      store_id TEXT NOT NULL REFERENCES store, sha256 TEXT NOT NULL, bytes BLOB NOT NULL,
      PRIMARY KEY (store_id, sha256)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE published_offer (
      store_id TEXT NOT NULL REFERENCES store, offer_id TEXT NOT NULL, version INTEGER NOT NULL,
      body TEXT NOT NULL, PRIMARY KEY (store_id, offer_id)
    ) STRICT, WITHOUT ROWID`,

    // The number comes from a counter row in the writing transaction: commit order is number order.
    `CREATE TABLE stream_head (
      stream TEXT NOT NULL, store_id TEXT NOT NULL REFERENCES store, rev INTEGER NOT NULL,
      PRIMARY KEY (stream, store_id)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE change (
      stream TEXT NOT NULL, store_id TEXT NOT NULL, rev INTEGER NOT NULL, subject TEXT, body TEXT NOT NULL,
      PRIMARY KEY (stream, store_id, rev)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX change_about ON change (stream, store_id, subject)`,

    `CREATE TABLE applied (
      store_id TEXT NOT NULL REFERENCES store, epoch TEXT NOT NULL, lane TEXT NOT NULL,
      last_seq INTEGER NOT NULL, chain_hash TEXT NOT NULL, quarantined_at INTEGER,
      PRIMARY KEY (store_id, epoch, lane)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE event (
      store_id TEXT NOT NULL, epoch TEXT NOT NULL, lane TEXT NOT NULL, seq INTEGER NOT NULL,
      event_id TEXT NOT NULL, type TEXT NOT NULL, v INTEGER NOT NULL, row_hash TEXT NOT NULL,
      content_hash TEXT NOT NULL, salt TEXT, body TEXT, boot_id TEXT NOT NULL,
      mono_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL, received_at INTEGER NOT NULL,
      PRIMARY KEY (store_id, epoch, lane, seq), UNIQUE (store_id, event_id)
    ) STRICT, WITHOUT ROWID`,

    `CREATE TABLE timeline (
      entry_id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customer, at INTEGER NOT NULL,
      kind TEXT NOT NULL, store_id TEXT, station_id TEXT, offer_ids TEXT, details TEXT NOT NULL,
      source TEXT NOT NULL UNIQUE
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX timeline_of ON timeline (customer_id, at)`,
    `CREATE TABLE exposure (
      store_id TEXT NOT NULL, decision_id TEXT NOT NULL, offer_id TEXT NOT NULL,
      PRIMARY KEY (store_id, decision_id, offer_id)
    ) STRICT, WITHOUT ROWID`,
  ],
  '0002-erasure': [
    // Whom an event is about, by the store's name for them: erasing them must not read every body.
    `ALTER TABLE event ADD COLUMN subject TEXT`,
    `UPDATE event SET subject = json_extract(body, '$.pseudonym')
      WHERE json_valid(body) AND json_type(body, '$.pseudonym') = 'text'`,
    `CREATE INDEX event_about ON event (store_id, subject) WHERE subject IS NOT NULL`,
    // The receipt. subject_hash is salted: it answers to whoever has the id already, and to nobody else.
    `CREATE TABLE erasure (
      erasure_id TEXT PRIMARY KEY, subject_hash TEXT NOT NULL UNIQUE, asked_at INTEGER NOT NULL,
      removed TEXT NOT NULL, events_erased INTEGER NOT NULL, chain_holds INTEGER NOT NULL,
      traces_left INTEGER
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE erasure_store (
      erasure_id TEXT NOT NULL REFERENCES erasure, store_id TEXT NOT NULL REFERENCES store,
      rev INTEGER NOT NULL, confirmed_at INTEGER, PRIMARY KEY (erasure_id, store_id)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX erasure_waiting ON erasure_store (store_id, rev) WHERE confirmed_at IS NULL`,
    // What a store that was away may still send about somebody erased is known by this, and stripped.
    `CREATE TABLE tombstone (
      store_id TEXT NOT NULL REFERENCES store, subject_hash TEXT NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (store_id, subject_hash)
    ) STRICT, WITHOUT ROWID`,
    // That a yes or a no was said, and to which words, without who said it: found by the number on the receipt.
    `CREATE TABLE kept_consent (
      erasure_id TEXT NOT NULL REFERENCES erasure, number INTEGER NOT NULL, purpose TEXT NOT NULL,
      given INTEGER NOT NULL, text_version TEXT NOT NULL, text_sha256 TEXT, language TEXT NOT NULL,
      channel TEXT NOT NULL, actor TEXT NOT NULL, at INTEGER NOT NULL, received_at INTEGER NOT NULL,
      signature TEXT, PRIMARY KEY (erasure_id, number)
    ) STRICT, WITHOUT ROWID`,
  ],
  '0003-alarms': [
    // `source` says what it is about, so that the same thing raises one alarm.
    `CREATE TABLE alarm (
      alarm_id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('replay', 'two-stores')),
      store_id TEXT NOT NULL REFERENCES store, other_store_id TEXT REFERENCES store, zone_id TEXT,
      customer_id TEXT REFERENCES customer, at INTEGER NOT NULL, acknowledged_at INTEGER,
      source TEXT NOT NULL UNIQUE
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX alarm_at ON alarm (at)`,
    `CREATE INDEX alarm_of ON alarm (customer_id) WHERE customer_id IS NOT NULL`,
  ],
  '0004-store-parts': [
    // As a store last told of each of its receivers, scanners and beacons; care: somebody has to look after it.
    `CREATE TABLE store_part (
      store_id TEXT NOT NULL REFERENCES store, kind TEXT NOT NULL, part_id TEXT NOT NULL, care INTEGER NOT NULL,
      body TEXT NOT NULL, PRIMARY KEY (store_id, kind, part_id)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX store_part_care ON store_part (store_id) WHERE care = 1`,
  ],
  '0005-visitors': [
    // Null: the store is one of the person's own. Else they are there on a visit, and known there no longer than this.
    `ALTER TABLE member ADD COLUMN visiting_until INTEGER`,
    `CREATE INDEX member_visiting ON member (store_id, visiting_until) WHERE visiting_until IS NOT NULL`,
  ],
  '0006-quotas': [
    // What of an offer's total lies in which store, in uses counted from the beginning (kernel/domain/escrow.ts).
    `CREATE TABLE slice (
      offer_id TEXT NOT NULL, store_id TEXT NOT NULL REFERENCES store, granted INTEGER NOT NULL,
      returned INTEGER NOT NULL, spent INTEGER NOT NULL, PRIMARY KEY (offer_id, store_id)
    ) STRICT, WITHOUT ROWID`,
  ],
  '0008-used-twice': [
    // Another kind, which a CHECK cannot be taught.
    `CREATE TABLE alarm_of_any_kind (
      alarm_id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('replay', 'two-stores', 'used-twice')),
      store_id TEXT NOT NULL REFERENCES store, other_store_id TEXT REFERENCES store, zone_id TEXT,
      customer_id TEXT REFERENCES customer, at INTEGER NOT NULL, acknowledged_at INTEGER,
      source TEXT NOT NULL UNIQUE
    ) STRICT, WITHOUT ROWID`,
    `INSERT INTO alarm_of_any_kind SELECT alarm_id, kind, store_id, other_store_id, zone_id, customer_id, at,
       acknowledged_at, source FROM alarm`,
    `DROP TABLE alarm`,
    `ALTER TABLE alarm_of_any_kind RENAME TO alarm`,
    `CREATE INDEX alarm_at ON alarm (at)`,
    `CREATE INDEX alarm_of ON alarm (customer_id) WHERE customer_id IS NOT NULL`,
  ],
  '0009-measures': [
    // What is compared, and from which version of the offer on.
    `CREATE TABLE experiment (
      offer_id TEXT NOT NULL, since_version INTEGER NOT NULL, since_at INTEGER NOT NULL, definition TEXT NOT NULL,
      PRIMARY KEY (offer_id, since_version)
    ) STRICT, WITHOUT ROWID`,
    // By which of them a store decided from that bundle on; null: by none any more.
    `CREATE TABLE experiment_served (
      store_id TEXT NOT NULL REFERENCES store, offer_id TEXT NOT NULL, from_bundle INTEGER NOT NULL,
      from_at INTEGER NOT NULL, since_version INTEGER, PRIMARY KEY (store_id, offer_id, from_bundle)
    ) STRICT, WITHOUT ROWID`,
    // Each table is a set of facts: whatever order they come in, and however often, it ends the same.
    `CREATE TABLE measured (
      offer_id TEXT NOT NULL, since_version INTEGER NOT NULL, store_id TEXT NOT NULL REFERENCES store,
      customer_id TEXT NOT NULL REFERENCES customer, arm TEXT NOT NULL, first_at INTEGER NOT NULL,
      mismatched INTEGER NOT NULL, PRIMARY KEY (offer_id, since_version, customer_id, store_id)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX measured_of ON measured (customer_id)`,
    `CREATE TABLE measured_exposure (
      offer_id TEXT NOT NULL, store_id TEXT NOT NULL REFERENCES store,
      customer_id TEXT NOT NULL REFERENCES customer, at INTEGER NOT NULL,
      PRIMARY KEY (offer_id, customer_id, store_id, at)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX measured_exposure_of ON measured_exposure (customer_id)`,
    `CREATE TABLE measured_coupon (
      store_id TEXT NOT NULL REFERENCES store, source TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('used', 'given-back')), coupon_id TEXT NOT NULL, offer_id TEXT NOT NULL,
      customer_id TEXT NOT NULL REFERENCES customer, at INTEGER NOT NULL, PRIMARY KEY (store_id, source)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX measured_coupon_for ON measured_coupon (offer_id)`,
    `CREATE INDEX measured_coupon_of ON measured_coupon (customer_id)`,
    // A void that came before its purchase has no amount yet.
    `CREATE TABLE measured_purchase (
      store_id TEXT NOT NULL REFERENCES store, purchase_id TEXT NOT NULL,
      customer_id TEXT NOT NULL REFERENCES customer, at INTEGER NOT NULL, currency TEXT, net_minor INTEGER,
      offer_ids TEXT, voided INTEGER NOT NULL, PRIMARY KEY (store_id, purchase_id)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX measured_purchase_of ON measured_purchase (customer_id)`,
  ],
  '0010-budgets': [
    // A slice is of a total (unit: use) or of a budget (unit: minor), counted from the beginning; nothing in it ever falls.
    `CREATE TABLE slice_of_unit (
      offer_id TEXT NOT NULL, unit TEXT NOT NULL, store_id TEXT NOT NULL REFERENCES store, granted INTEGER NOT NULL,
      returned INTEGER NOT NULL, spent INTEGER NOT NULL, given_back INTEGER NOT NULL,
      PRIMARY KEY (offer_id, unit, store_id)
    ) STRICT, WITHOUT ROWID`,
    `INSERT INTO slice_of_unit SELECT offer_id, 'use', store_id, granted, returned, spent, 0 FROM slice`,
    `DROP TABLE slice`,
    `ALTER TABLE slice_of_unit RENAME TO slice`,
  ],
  '0011-returns': [
    // What was paid back of purchases whose amounts are measured.
    `CREATE TABLE measured_return (
      store_id TEXT NOT NULL REFERENCES store, request_id TEXT NOT NULL, purchase_id TEXT NOT NULL,
      customer_id TEXT NOT NULL REFERENCES customer, at INTEGER NOT NULL, net_minor INTEGER NOT NULL,
      PRIMARY KEY (store_id, purchase_id, request_id)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX measured_return_of ON measured_return (customer_id)`,
  ],
  '0012-moves': [
    // The right to redeem a coupon is one store's, or (no holder) HQ's; each move of it has a later number.
    `CREATE TABLE coupon_that_moves (
      coupon_id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customer, offer_id TEXT NOT NULL,
      holder TEXT REFERENCES store, move INTEGER NOT NULL, code TEXT NOT NULL UNIQUE, made_at INTEGER NOT NULL,
      redeemed_at INTEGER, redeemed_in TEXT, redemptions INTEGER NOT NULL DEFAULT 0,
      UNIQUE (customer_id, offer_id)
    ) STRICT, WITHOUT ROWID`,
    `INSERT INTO coupon_that_moves SELECT coupon_id, customer_id, offer_id, holder, 0, code, made_at,
      redeemed_at, redeemed_in, redemptions FROM coupon`,
    `DROP TABLE coupon`,
    `ALTER TABLE coupon_that_moves RENAME TO coupon`,
  ],
};

export const migrations: Readonly<Record<string, Migration>> = Object.fromEntries(
  Object.entries(statements).map(([name, steps]) => [
    name,
    {
      async up(db: Kysely<unknown>) {
        for (const step of steps) await sql.raw(step).execute(db);
      },
    },
  ]),
);
