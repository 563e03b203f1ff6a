import { PERSON_USE_DAYS } from './ledger-repository.ts';
import { PRICE_DAYS } from './price-repository.ts';
import { aboutNobody, type RegisteredTable } from '../../node/privacy-register.ts';
import {
  COUPON_NAME_MONTHS,
  DECISION_DAYS,
  HELD_COUPON_DAYS,
  KEPT_DAYS,
  PURCHASE_DAYS,
} from './write-handlers.ts';

const days = (count: number) => `${String(count)} days`;
const DELETED = 'row deleted';
const LEASED = 'as long as the lease is renewed, 72 hours otherwise';

const about = (
  table: string,
  columns: string,
  purpose: string,
  retention: string,
  erased = DELETED,
  subject = 'pseudonym',
): RegisteredTable => ({ table, columns: columns.split(' '), subject, purpose, retention, erased });

/** Every table of a store's database: what in it is about whom, what for, how long, and how it ends. */
export const EDGE_REGISTER: readonly RegisteredTable[] = [
  about(
    'cohort',
    'id pseudonym row_version lease_id sealed',
    'the people whom the store may know, sealed under the lease key',
    LEASED,
  ),
  about(
    'look_up',
    'kind hash pseudonym',
    'to find a row by card or code: keyed hashes',
    LEASED,
    DELETED,
    'pseudonym, hash (keyed)',
  ),
  about(
    'held_coupon',
    'code_hash pseudonym sealed without_row_since',
    'coupons that may be redeemed here, without a lease too; each sealed under its own code',
    `with the row, and ${days(HELD_COUPON_DAYS)} after it went with the lease`,
    DELETED,
    'pseudonym, code_hash',
  ),
  about(
    'withdrawal',
    'pseudonym purpose at',
    'that a row under way with the older grant does not bring it back',
    `${days(KEPT_DAYS.privacy)} after the row is gone`,
  ),
  about(
    'journal',
    'id lane seq event_id type v pseudonym previous_hash content_hash salt body row_hash boot_id mono_ms wall_ms',
    'facts on their way to head office: visits, decisions, exposures, redemptions, withdrawals; cards shown without a line, by keyed hash',
    `after head office has them: visits, decisions, exposures and scans ${days(KEPT_DAYS.interact)}, redemptions and withdrawals ${days(KEPT_DAYS.redeem)}`,
    'body, salt and pseudonym deleted; hashes stay, and the chain verifies',
    'pseudonym and body',
  ),
  about(
    'visit',
    'pseudonym visit_id zone_id started_at last_heard_at',
    'who is here, so that a restart goes on with it (`recognise`)',
    'until the person has left',
  ),
  about(
    'decision',
    'decision_id station_id surface pseudonym offer_ids at',
    'what a screen was given to show (`personalise`)',
    days(DECISION_DAYS),
  ),
  about(
    'use_of_person',
    'id pseudonym offer_id at',
    'that an offer with a cap for each person is not used more often',
    days(PERSON_USE_DAYS),
  ),
  about(
    'shown_of_day',
    'pseudonym day shown',
    'that nobody is shown more than so many offers a day (`personalise`)',
    'two days',
  ),
  about(
    'redemption',
    'coupon_id request_id pseudonym redeemed_at answer',
    'that a coupon is used once',
    `the pseudonym ${String(COUPON_NAME_MONTHS)} months; that the coupon was used, for good`,
  ),
  about(
    'purchase',
    'purchase_id request_id pseudonym points at answer void_answer',
    'that a purchase at a till is written once and given back once; what was bought is not in it',
    days(PURCHASE_DAYS),
    'pseudonym deleted',
  ),
  about(
    'purchase_coupon',
    'purchase_id coupon_id offer_id pseudonym day',
    'which coupons a purchase used, to give them back',
    days(PURCHASE_DAYS),
  ),
  about(
    'purchase_use',
    'purchase_id offer_id pseudonym day',
    'what a purchase took of offers with a cap that need no coupon, to give it back',
    days(PURCHASE_DAYS),
    'pseudonym deleted',
  ),
  about(
    'code_use',
    'code_hash minute at',
    'that a rotating code counts once in its minute',
    '10 minutes, and up to an hour until the sweep',
    DELETED,
    'code_hash (keyed)',
  ),
  aboutNobody(
    'exposure',
    'decision_id offer_id at',
    'that an offer was shown once in a decision',
    days(DECISION_DAYS),
  ),
  aboutNobody(
    'released_coupon',
    'coupon_id move',
    'coupons that another store may redeem now, so that none is redeemed here too; whose they are is not in it',
  ),
  aboutNobody('meta', 'key value', 'epoch, boots, lease id, how many rows, bundle version, time'),
  aboutNobody('acked', 'lane epoch seq hq_epoch', 'how far head office has the journal'),
  aboutNobody('ack_span', 'lane seq at', 'since when head office has how much of it'),
  aboutNobody(
    'outcome',
    'offer_id exposed accepted voided',
    'how often an offer was seen and taken here',
  ),
  aboutNobody(
    'slice',
    'offer_id unit granted returned spent given_back',
    'the store’s part of an offer’s total or budget',
  ),
  aboutNobody(
    'purchase_budget',
    'purchase_id offer_id minor',
    'what a purchase took of budgets, to give it back',
    days(PURCHASE_DAYS),
  ),
  aboutNobody(
    'purchase_line',
    'purchase_id line quantity paid_minor cuts returned',
    'what was paid for each line of a purchase, so that single pieces can come back; what was bought is not in it',
    days(PURCHASE_DAYS),
  ),
  aboutNobody(
    'purchase_return',
    'request_id purchase_id answer',
    'that pieces that come back are written once',
    days(PURCHASE_DAYS),
  ),
  aboutNobody('use_of_day', 'offer_id day uses', 'uses of an offer in a day', 'two days'),
  aboutNobody(
    'price',
    'id gtin source day minor',
    'what each product cost here, so that a price cut is measured by it',
    days(PRICE_DAYS),
  ),
  aboutNobody(
    'price_cut',
    'gtin from_day until_day minor',
    'what it cost with a cut announced to everybody',
    days(PRICE_DAYS),
  ),
  aboutNobody(
    'owed',
    'seq sum',
    'what was given in coupons that other stores take too',
    'until head office has it',
  ),
  aboutNobody('cursor', 'stream hq_epoch rev', 'how far the streams are applied'),
  aboutNobody(
    'bundle',
    'version manifest content signature key_id',
    'offers and products',
    'until the next version',
  ),
  aboutNobody(
    'offer_terms',
    'offer_id redemption valid_from valid_until caps budget benefit value_minor',
    'what a use of each offer has to keep to',
    'until the next version',
  ),
  aboutNobody(
    'device',
    'device_id kind name public_key enrolled_at revoked_at',
    'kiosks, bridges, handhelds and tills: devices of the shop',
  ),
];
