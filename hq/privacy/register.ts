import { aboutNobody, type RegisteredTable } from '../../node/privacy-register.ts';
import { RETENTION_MONTHS, SPENT_TOKEN_DAYS } from './retention-rules.ts';

const { profiling, marketing, proof } = RETENTION_MONTHS;
const months = (count: number) => `${String(count)} months`;
const MEMBER = 'as long as the person is a member';
const MEASURED = `${months(profiling)}, or until \`personalise\` is taken back`;
const DELETED = 'row deleted';

const about = (
  table: string,
  columns: string,
  subject: string,
  purpose: string,
  retention: string,
  erased = DELETED,
): RegisteredTable => ({ table, columns: columns.split(' '), subject, purpose, retention, erased });

/** Every table of head office's database: what in it is about whom, what for, how long, and how it ends. */
export const HQ_REGISTER: readonly RegisteredTable[] = [
  about(
    'customer',
    'customer_id language first_name segments points test joined_at',
    'customer_id',
    'membership; segments and points serve `personalise`, the first name `show-name`',
    MEMBER,
  ),
  about(
    'identity',
    'identity_id customer_id kind value linked_at unlinked_at',
    'customer_id, value (card number, phone)',
    'to know the person by card or phone',
    `${MEMBER}; an ended link ${months(profiling)}`,
  ),
  about(
    'phone',
    'phone_id signing_key identity_key clock_offset_s code_id code_key',
    'phone_id',
    "keys of the phone: token (`recognise`), rotating code and signature (the person's own act)",
    MEMBER,
  ),
  about(
    'device',
    'device_id kind name public_key enrolled_at denied_at',
    "device_id, where kind is 'phone'",
    'sign-in of phones and stores',
    `${MEMBER}; stores: as long as they are enrolled`,
  ),
  about(
    'consent_record',
    'hq_rev consent_id customer_id purpose given text_version text_sha256 language channel place actor at received_at signature signed_by proof',
    'customer_id, signed_by',
    'proof of what was agreed to',
    `${months(proof)} after the last word on a purpose was no`,
    'row deleted; that it was said moves to kept_consent',
  ),
  about(
    'kept_consent',
    'erasure_id number purpose given text_version text_sha256 language channel actor at received_at signature',
    'none that we could follow: the number on the receipt',
    'proof of what was agreed to, for who shows the receipt (GDPR, article 17(3)(e))',
    `${months(proof)} after the erasure`,
    'kept',
  ),
  about(
    'member',
    'store_id customer_id pseudonym row_version row_digest last_visit_at joined_at dirty visiting_until',
    'customer_id, pseudonym',
    'which stores may know the person, and by which name',
    `${MEMBER}; last visit ${months(profiling)}`,
  ),
  about(
    'coupon',
    'coupon_id customer_id offer_id holder move code made_at redeemed_at redeemed_in redemptions',
    'customer_id, code',
    'coupons and what came of them',
    `${months(marketing)} after use, once its offer is over`,
  ),
  about(
    'timeline',
    'entry_id customer_id at kind store_id station_id offer_ids details source',
    'customer_id',
    "the person's journey, for `personalise`",
    `visits, sessions, exposures and scans ${months(profiling)}, redemptions ${months(marketing)}, joining and consents ${MEMBER}`,
  ),
  about(
    'measured',
    'offer_id since_version store_id customer_id arm first_at mismatched',
    'customer_id',
    'for whom an offer stood and who was held out of it, to see its effect, for `personalise`',
    MEASURED,
  ),
  about(
    'measured_exposure',
    'offer_id store_id customer_id at',
    'customer_id',
    'who really saw an offer whose effect is measured, for `personalise`',
    MEASURED,
  ),
  about(
    'measured_coupon',
    'store_id source kind coupon_id offer_id customer_id at',
    'customer_id, coupon_id',
    'who used the coupon of an offer whose effect is measured, for `personalise`',
    MEASURED,
  ),
  about(
    'measured_purchase',
    'store_id purchase_id customer_id at currency net_minor offer_ids voided',
    'customer_id',
    'what a person spends where effects are measured, never on what, for `personalise`',
    MEASURED,
  ),
  about(
    'measured_return',
    'store_id request_id purchase_id customer_id at net_minor',
    'customer_id',
    'what a person was paid back of it for goods that came back, never for what, for `personalise`',
    MEASURED,
  ),
  about(
    'alarm',
    'alarm_id kind store_id other_store_id zone_id customer_id at acknowledged_at source',
    'customer_id, where a token was used in two stores',
    'that tokens are recorded and sent again, or carried from store to store',
    months(profiling),
  ),
  about(
    'event',
    'store_id epoch lane seq event_id type v row_hash content_hash salt body boot_id mono_ms wall_ms received_at subject',
    'subject and body (pseudonym)',
    "the stores' journals as they came",
    `body, salt and subject ${months(profiling)} (redeem, privacy: ${months(marketing)}); hashes stay`,
    'body, salt and subject deleted; hashes stay, and the chain verifies',
  ),
  about(
    'change',
    'stream store_id rev subject body',
    'subject and body (pseudonym)',
    'what stores are told: rows, withdrawals, erasures',
    'until the next row of the person replaces it; erasures until the store has confirmed',
  ),
  about(
    'one_time_token',
    'token_hash kind body expires_at spent_at',
    'body (customer_id), where somebody who is a member was invited',
    'joining links and console sessions',
    `${String(SPENT_TOKEN_DAYS)} days after they are over`,
  ),
  about(
    'erasure',
    'erasure_id subject_hash asked_at removed events_erased chain_holds traces_left',
    'subject_hash (salted: tells an id again, gives none)',
    'receipts',
    `${months(proof)} after the erasure`,
    'kept',
  ),
  about(
    'tombstone',
    'store_id subject_hash at',
    'subject_hash (salted)',
    'to strip what stores send late about somebody erased',
    months(marketing),
    'kept',
  ),
  aboutNobody(
    'erasure_store',
    'erasure_id store_id rev confirmed_at',
    'which store was asked, and has confirmed',
    `${months(proof)} after the erasure`,
  ),
  aboutNobody(
    'exposure',
    'store_id decision_id offer_id',
    'that an offer was shown once in a decision',
    'decisions point at nobody once the events are stripped',
  ),
  aboutNobody(
    'slice',
    'offer_id unit store_id granted returned spent given_back',
    'what of an offer’s total or budget lies in which store',
  ),
  aboutNobody(
    'experiment',
    'offer_id since_version since_at definition',
    'what is compared, from which version of an offer on',
  ),
  aboutNobody(
    'experiment_served',
    'store_id offer_id from_bundle from_at since_version',
    'by which comparison each store decided, from which bundle on',
  ),
  aboutNobody('meta', 'key value', 'epoch, controller, salt, the key that buckets are drawn by'),
  aboutNobody('store', 'store_id name last_seen_at made_at', 'the stores'),
  aboutNobody(
    'store_part',
    'store_id kind part_id care body',
    'how the receivers, scanners and beacons of each store are',
    'until the store tells anew',
  ),
  aboutNobody(
    'lease',
    'store_id lease_id sealing_key index_key not_after',
    'keys that stores seal rows under',
    'until the next lease',
  ),
  aboutNobody(
    'consent_text',
    'sha256 purpose version language title body first_served_at',
    'every text that was shown, word for word',
    'for good: proofs refer to it',
  ),
  aboutNobody('offer', 'offer_id version body changed_at', 'offers'),
  aboutNobody('product', 'gtin body', 'products'),
  aboutNobody(
    'publication',
    'store_id version sha256 manifest signature key_id published_at',
    'signed bundles',
  ),
  aboutNobody('content', 'store_id sha256 bytes', 'signed bundles'),
  aboutNobody('published_offer', 'store_id offer_id version body', 'what each store serves'),
  aboutNobody('stream_head', 'stream store_id rev', 'numbers of the streams'),
  aboutNobody(
    'applied',
    'store_id epoch lane last_seq chain_hash quarantined_at',
    'how far each journal was taken',
  ),
];
