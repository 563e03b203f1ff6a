import type { Database } from 'better-sqlite3';

/** Forward only. The place in the list is the version; a landed one is never edited. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  -- Facts, append-only. seq has no gaps within a lane. body and salt are null once erased; the chain still verifies.
  CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    lane TEXT NOT NULL,
    seq INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    type TEXT NOT NULL,
    v INTEGER NOT NULL,
    pseudonym TEXT,
    previous_hash TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    salt TEXT,
    body TEXT,
    row_hash TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    mono_ms INTEGER NOT NULL,
    wall_ms INTEGER NOT NULL,
    acked_at INTEGER,
    UNIQUE (lane, seq)
  ) STRICT;
  CREATE INDEX journal_of_person ON journal (pseudonym) WHERE pseudonym IS NOT NULL;
  CREATE INDEX journal_acked ON journal (acked_at) WHERE acked_at IS NOT NULL;

  -- How far HQ has committed each lane.
  CREATE TABLE acked (
    lane TEXT PRIMARY KEY, epoch TEXT NOT NULL, seq INTEGER NOT NULL, hq_epoch TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- How far each down stream is applied; moved only in the transaction that applies it.
  CREATE TABLE cursor (
    stream TEXT PRIMARY KEY, hq_epoch TEXT NOT NULL, rev INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE redemption (
    coupon_id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    pseudonym TEXT,
    redeemed_at INTEGER NOT NULL,
    answer TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX redemption_of_person ON redemption (pseudonym) WHERE pseudonym IS NOT NULL;

  -- What a screen was given to show, so that an exposure can be told from an invention.
  CREATE TABLE decision (
    decision_id TEXT PRIMARY KEY,
    station_id TEXT NOT NULL,
    surface TEXT NOT NULL,
    pseudonym TEXT,
    offer_ids TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX decision_of_person ON decision (pseudonym) WHERE pseudonym IS NOT NULL;
  CREATE TABLE exposure (
    decision_id TEXT NOT NULL, offer_id TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (decision_id, offer_id)
  ) STRICT, WITHOUT ROWID;

  -- Visits that are not over yet.
  CREATE TABLE visit (
    pseudonym TEXT PRIMARY KEY,
    visit_id TEXT NOT NULL UNIQUE,
    zone_id TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    last_heard_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- A rotating code counts once in its minute.
  CREATE TABLE code_use (
    code_hash TEXT NOT NULL, minute INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (code_hash, minute)
  ) STRICT, WITHOUT ROWID;

  -- Sealed under the lease key. In the clear: pseudonym, version, and (look_up) keyed hashes.
  CREATE TABLE cohort (
    pseudonym TEXT PRIMARY KEY, row_version INTEGER NOT NULL, lease_id TEXT NOT NULL, sealed BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE look_up (
    kind TEXT NOT NULL, hash TEXT NOT NULL, pseudonym TEXT NOT NULL,
    PRIMARY KEY (kind, hash, pseudonym)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX look_up_of_person ON look_up (pseudonym);
  -- A row that was under way with the grant does not bring it back.
  CREATE TABLE withdrawal (
    pseudonym TEXT NOT NULL, purpose TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (pseudonym, purpose)
  ) STRICT, WITHOUT ROWID;

  -- The newest verified version; the one before goes when this one comes.
  CREATE TABLE bundle (
    version INTEGER PRIMARY KEY, manifest TEXT NOT NULL, content BLOB NOT NULL
  ) STRICT;

  CREATE TABLE device (
    device_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT,
    public_key TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- A coupon's own contents, sealed: it is used without its holder's row being opened. All rows come anew with them.
  ALTER TABLE look_up ADD COLUMN sealed BLOB;
  DELETE FROM cursor WHERE stream = 'cohort';
  -- With rowids three rows share a page; before, each had a page of its own beside its key. Read whole in order of id.
  CREATE TABLE sealed_row (
    id INTEGER PRIMARY KEY,
    pseudonym TEXT NOT NULL UNIQUE, row_version INTEGER NOT NULL, lease_id TEXT NOT NULL, sealed BLOB NOT NULL
  ) STRICT;
  INSERT INTO sealed_row (pseudonym, row_version, lease_id, sealed)
    SELECT pseudonym, row_version, lease_id, sealed FROM cohort;
  DROP TABLE cohort;
  ALTER TABLE sealed_row RENAME TO cohort;
  -- How many rows the cohort has: counting a million takes a second.
  INSERT INTO meta (key, value) SELECT 'cohort_rows', CAST(count(*) AS TEXT) FROM cohort;
  `,
  `
  -- Coupons outlive the lease: found by a hash of their code, opened by the code itself, purged 30 days after the rows went.
  CREATE TABLE held_coupon (
    code_hash TEXT NOT NULL, pseudonym TEXT NOT NULL, sealed BLOB NOT NULL, without_row_since INTEGER,
    PRIMARY KEY (code_hash, pseudonym)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX held_coupon_of_person ON held_coupon (pseudonym);
  CREATE INDEX held_coupon_without_row ON held_coupon (without_row_since) WHERE without_row_since IS NOT NULL;
  DELETE FROM look_up WHERE kind = 'coupon';
  ALTER TABLE look_up DROP COLUMN sealed;
  DELETE FROM cursor WHERE stream = 'cohort';
  `,
  `
  -- Who is in which row is asked only when somebody is erased; kept by person, every commit of redemptions wrote twice as many pages.
  DROP INDEX journal_of_person;
  DROP INDEX redemption_of_person;
  -- What HQ has is a prefix of each lane: when it had how much, instead of a mark on every row.
  CREATE TABLE ack_span (
    lane TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (lane, seq)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO ack_span SELECT lane, max(seq), max(acked_at) FROM journal WHERE acked_at IS NOT NULL
    GROUP BY lane, acked_at / 3600000;
  DROP INDEX journal_acked;
  ALTER TABLE journal DROP COLUMN acked_at;
  `,
  `
  -- What the store has given and shown: what caps, slices and chances are reckoned by.
  CREATE TABLE outcome (
    offer_id TEXT PRIMARY KEY, exposed INTEGER NOT NULL, accepted INTEGER NOT NULL,
    voided INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  -- A store's part of a quota, in uses counted from the beginning (kernel/domain/escrow.ts).
  CREATE TABLE slice (
    offer_id TEXT PRIMARY KEY, granted INTEGER NOT NULL, returned INTEGER NOT NULL, spent INTEGER NOT NULL,
    CHECK (spent + returned <= granted)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE use_of_day (
    offer_id TEXT NOT NULL, day TEXT NOT NULL, uses INTEGER NOT NULL, PRIMARY KEY (offer_id, day)
  ) STRICT, WITHOUT ROWID;
  -- Only of offers with a cap for each person.
  CREATE TABLE use_of_person (
    id INTEGER PRIMARY KEY, pseudonym TEXT NOT NULL, offer_id TEXT NOT NULL, at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX use_of_person_and_offer ON use_of_person (pseudonym, offer_id, at);
  CREATE TABLE shown_of_day (
    pseudonym TEXT NOT NULL, day TEXT NOT NULL, shown INTEGER NOT NULL, PRIMARY KEY (pseudonym, day)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What tills recorded, so that each is written once and given back once. What was bought is not in it.
  CREATE TABLE purchase (
    purchase_id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    pseudonym TEXT,
    points INTEGER NOT NULL,
    at INTEGER NOT NULL,
    answer TEXT NOT NULL,
    void_answer TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE purchase_coupon (
    purchase_id TEXT NOT NULL, coupon_id TEXT NOT NULL, offer_id TEXT NOT NULL, pseudonym TEXT NOT NULL,
    day TEXT NOT NULL,
    PRIMARY KEY (purchase_id, coupon_id)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What a use of each offer of the bundle has to keep to, so that one thread finds a coupon, judges it and uses it up.
  CREATE TABLE offer_terms (
    offer_id TEXT PRIMARY KEY, redemption TEXT, valid_from INTEGER NOT NULL, valid_until INTEGER NOT NULL, caps TEXT
  ) STRICT, WITHOUT ROWID;
  INSERT INTO offer_terms (offer_id, redemption, valid_from, valid_until, caps)
    SELECT value ->> 'offerId', value ->> 'redemption', value ->> 'validFrom', value ->> 'validUntil', value -> 'caps'
    FROM json_each((SELECT CAST(content AS TEXT) FROM bundle ORDER BY version DESC LIMIT 1), '$.offers');
  `,
  `
  -- What each product cost here, list by list, each from its day on (kernel/domain/price-history.ts).
  CREATE TABLE price (
    id INTEGER PRIMARY KEY, gtin TEXT NOT NULL, source TEXT NOT NULL, day TEXT NOT NULL, minor INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX price_of_product ON price (gtin, source, day);
  -- What it cost with a cut that was announced to everybody, day by day.
  CREATE TABLE price_cut (
    gtin TEXT NOT NULL, from_day TEXT NOT NULL, until_day TEXT NOT NULL, minor INTEGER NOT NULL,
    PRIMARY KEY (gtin, from_day, minor)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- A store's part of a total (unit: use) or of a budget (unit: minor), counted from the beginning; nothing in it ever falls.
  CREATE TABLE slice_of_unit (
    offer_id TEXT NOT NULL, unit TEXT NOT NULL, granted INTEGER NOT NULL, returned INTEGER NOT NULL,
    spent INTEGER NOT NULL, given_back INTEGER NOT NULL, PRIMARY KEY (offer_id, unit),
    CHECK (spent - given_back + returned <= granted)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO slice_of_unit SELECT offer_id, 'use', granted, returned, spent, 0 FROM slice;
  DROP TABLE slice;
  ALTER TABLE slice_of_unit RENAME TO slice;
  CREATE TABLE purchase_budget (
    purchase_id TEXT NOT NULL, offer_id TEXT NOT NULL, minor INTEGER NOT NULL, PRIMARY KEY (purchase_id, offer_id)
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE offer_terms ADD COLUMN budget TEXT;
  `,
  `
  -- What was given in coupons that other stores take too, and head office has not heard of: sums by place in the lane redeem.
  CREATE TABLE owed (seq INTEGER PRIMARY KEY, sum INTEGER NOT NULL) STRICT;
  INSERT INTO owed (seq, sum) VALUES (0, 0);
  ALTER TABLE offer_terms ADD COLUMN benefit TEXT NOT NULL DEFAULT '{}';
  ALTER TABLE offer_terms ADD COLUMN value_minor INTEGER;
  DELETE FROM offer_terms;
  INSERT INTO offer_terms
      (offer_id, redemption, valid_from, valid_until, caps, budget, benefit, value_minor)
    SELECT value ->> 'offerId', value ->> 'redemption', value ->> 'validFrom', value ->> 'validUntil',
      value -> 'caps', value -> 'budget', value -> 'benefit', value ->> 'valueMinor'
    FROM json_each((SELECT CAST(content AS TEXT) FROM bundle ORDER BY version DESC LIMIT 1), '$.offers');
  `,
  `
  -- What a purchase took of offers with a cap that need no coupon, to give it back.
  CREATE TABLE purchase_use (
    purchase_id TEXT NOT NULL, offer_id TEXT NOT NULL, pseudonym TEXT, day TEXT NOT NULL,
    PRIMARY KEY (purchase_id, offer_id)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What was paid for each line of a purchase, and how many of its pieces came back. What was bought is not in it.
  CREATE TABLE purchase_line (
    purchase_id TEXT NOT NULL, line INTEGER NOT NULL, quantity INTEGER NOT NULL, paid_minor INTEGER NOT NULL,
    cuts TEXT NOT NULL, returned INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (purchase_id, line),
    CHECK (returned <= quantity)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE purchase_return (
    request_id TEXT PRIMARY KEY, purchase_id TEXT NOT NULL, answer TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Coupons that the right to was given up here, with the last move by which each had come: a later one brings it back.
  CREATE TABLE released_coupon (coupon_id TEXT PRIMARY KEY, move INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- By whom the manifest is signed, for whoever reads the bundle without having taken it in; null until the next one comes.
  ALTER TABLE bundle ADD COLUMN signature TEXT;
  ALTER TABLE bundle ADD COLUMN key_id TEXT;
  `,
];

/** Brings the database to the newest version, each step in one transaction. @throws {Error} on a newer database */
export function migrate(db: Database): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > MIGRATIONS.length) {
    throw new Error(
      `the database is of version ${String(version)}, this program knows ${String(MIGRATIONS.length)}`,
    );
  }
  MIGRATIONS.slice(version).forEach((sql, index) => {
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${String(version + index + 1)}`);
    })();
  });
}
