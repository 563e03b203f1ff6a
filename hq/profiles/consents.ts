import { uuidv7 } from 'uuidv7';
import type { Clock } from '../clock.ts';
import { fromBase64Url } from '../../kernel/base64url.ts';
import { type Crypto, utf8 } from '../../kernel/credentials/crypto.ts';
import type { Purpose } from '../../kernel/domain/cohort.ts';
import {
  ConsentIdSchema,
  type DeviceId,
  type EpochMs,
  EventIdSchema,
} from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import {
  type ConsentAct,
  consentProof,
  type ConsentText,
} from '../../kernel/protocol/phone-api.ts';
import type { Announce, Tables, UnitOfWork } from '../unit-of-work.ts';
import type { ConsentEntry } from './consent-repository.ts';
import { textsFor } from './consent-texts.ts';
import type { Phone } from './customer-repository.ts';

/** A phone's clock may be ahead by this much; a yes from further on would outlive what it should. */
const CLOCK_SLACK_MS = 5 * 60_000;

export interface Consents {
  /** The words to show, in `language` where we have them. */
  texts(language: string): Promise<readonly ConsentText[]>;
  /**
   * Records what a phone says, all of it or nothing.
   * @throws {SogliaError} 'request/invalid' naming the act and what is wrong with it; 'device/unknown' for no phone of ours
   */
  record(phoneId: DeviceId, acts: readonly ConsentAct[]): Promise<void>;
}

export function createConsents(database: UnitOfWork, crypto: Crypto, clock: Clock): Consents {
  return {
    texts: (language) =>
      database.read(async (tables) => {
        const controller = await tables.stores.controller();
        return controller === undefined ? [] : textsFor(controller, language);
      }),

    record: (phoneId, acts) =>
      database.write(async (tables, announce) => {
        const person = await tables.customers.byPhone(phoneId);
        if (person === undefined) throw new SogliaError('device/unknown', 'no phone of ours');
        const now = clock();
        for (const [i, act] of acts.entries()) {
          const problem = await problemOf(tables, crypto, person.phone, act, now);
          if (problem !== undefined)
            throw new SogliaError('request/invalid', `acts.${i}.${problem}`);
          const { purpose, given, textVersion, textSha256, language, at, signature } = act;
          await recordConsent(tables, announce, {
            ...{ purpose, given, textVersion, textSha256, language, at, signature },
            consentId: ConsentIdSchema.parse(uuidv7()),
            customerId: person.customer.customerId,
            channel: 'phone',
            place: undefined,
            actor: 'person',
            receivedAt: now,
            signedBy: phoneId,
            proof: undefined,
          });
        }
      }),
  };
}

/** `field: reason`, or undefined for an act that stands. */
async function problemOf(
  tables: Tables,
  crypto: Crypto,
  phone: Phone,
  act: ConsentAct,
  now: EpochMs,
): Promise<string | undefined> {
  if (act.at > now + CLOCK_SLACK_MS) return 'at: in the future; the clock of the phone is ahead';
  const text = await tables.consents.text(act.textSha256);
  const isWhatWeShow =
    text?.purpose === act.purpose &&
    text.version === act.textVersion &&
    text.language === act.language;
  if (!isWhatWeShow) return 'textSha256: not a text that we show for this purpose and version';
  const key = fromBase64Url(phone.signingKey);
  const signature = fromBase64Url(act.signature);
  const isSigned =
    key !== undefined &&
    signature !== undefined &&
    (await crypto.verify(key, signature, utf8(consentProof(act))));
  return isSigned ? undefined : 'signature: not by this phone over this act';
}

/**
 * Adds the record and lets its consequences follow in the same transaction: a withdrawal goes out on the stream that is
 * applied before all others (duty-6), the rows are made anew, the timeline says so. The same act again changes nothing.
 */
export async function recordConsent(
  tables: Tables,
  announce: Announce,
  entry: ConsentEntry,
): Promise<void> {
  if (!(await tables.consents.add(entry))) return;
  const { customerId, purpose, given, at } = entry;
  if (!given) await sendWithdrawal(tables, customerId, purpose, at);
  if (!given && purpose === 'personalise') await tables.measures.forget(customerId, at);
  await tables.members.markCustomer(customerId);
  const kind = given ? 'consent-given' : 'consent-withdrawn';
  const details = { purpose, channel: entry.channel, textVersion: entry.textVersion };
  const entryId = EventIdSchema.parse(uuidv7());
  await tables.timeline.add(
    customerId,
    { entryId, at, kind, details },
    `consent:${entry.consentId}`,
  );
  announce({ what: 'timeline', customerId });
  announce({ what: 'customers' });
}

async function sendWithdrawal(
  tables: Tables,
  customerId: ConsentEntry['customerId'],
  purpose: Purpose,
  at: EpochMs,
): Promise<void> {
  for (const { storeId, pseudonym } of await tables.members.of(customerId)) {
    const change = { kind: 'withdrawn', pseudonym, purpose, at } as const;
    await tables.changes.append('erase', storeId, change);
  }
}
