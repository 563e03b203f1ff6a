import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { fromBase64Url, toBase64Url } from '../../kernel/base64url.ts';
import type { Crypto } from '../../kernel/credentials/crypto.ts';
import { identityKeyOf, PHONE_ROTATION_EXPONENT } from '../../kernel/credentials/token.ts';
import {
  CustomerIdSchema,
  DeviceIdSchema,
  type EpochMs,
  EventIdSchema,
  PseudonymSchema,
  type StoreId,
  StoreIdSchema,
} from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { toHex } from '../../kernel/hex.ts';
import { JoinMadeSchema, type JoinPostSchema } from '../../kernel/protocol/console-api.ts';
import { type Joined, joinFragment, type JoinRequest } from '../../kernel/protocol/phone-api.ts';
import { encodeOwnCard } from '../../kernel/scans/own-code.ts';
import { isP256PublicKey } from '../../node/crypto.ts';
import type { Announce, Tables, UnitOfWork } from '../unit-of-work.ts';
import type { Customer, Phone } from './customer-repository.ts';
import { drawToken, tokenHash } from './one-time-tokens.ts';

type JoinPost = z.infer<typeof JoinPostSchema>;
type JoinMade = z.infer<typeof JoinMadeSchema>;

const JOIN_TOKEN_LIFE_MS = 3_600_000;

/** What a joining link stands for, kept with the hash of its token. */
const InvitationSchema = z.object({
  storeIds: z.array(StoreIdSchema).min(1),
  customerId: CustomerIdSchema.optional(),
  segments: z.array(z.string()),
  test: z.boolean(),
});
type Invitation = z.infer<typeof InvitationSchema>;

export interface Joining {
  /**
   * A link that opens the phone app once, within the hour.
   * @throws {SogliaError} 'request/not-found' for a store or customer that HQ does not have
   */
  invite(post: JoinPost): Promise<JoinMade>;
  /**
   * Spends the link: the phone's keys are kept, its card, code and token identity drawn. No consent comes with it.
   * @throws {SogliaError} 'enrolment/refused' for a token unknown, spent or over; 'request/invalid' for keys that are none
   */
  join(request: JoinRequest): Promise<Joined>;
}

export function createJoining(
  database: UnitOfWork,
  crypto: Crypto,
  clock: Clock,
  publicUrl: () => string,
): Joining {
  return {
    invite: (post) =>
      database.write(async (tables) => {
        await checkInvitation(tables, post);
        const { storeIds, customerId, segments, test } = post;
        const invitation = { storeIds, customerId, segments, test } satisfies Invitation;
        const expiresAt = clock() + JOIN_TOKEN_LIFE_MS;
        const body = JSON.stringify(invitation);
        const joinToken = await drawToken(tables, crypto, 'join', body, expiresAt);
        const url = new URL(`/phone/#${joinFragment(joinToken)}`, publicUrl()).href;
        return JoinMadeSchema.parse({ url, joinToken, expiresAt });
      }),

    async join(request) {
      const keys = await agreeKeys(crypto, request);
      const hash = await tokenHash(crypto, request.joinToken);
      return database.write(async (tables, announce) => {
        const now = clock();
        const body = await tables.tokens.spend('join', hash, now);
        if (body === undefined)
          throw new SogliaError('enrolment/refused', 'joinToken: unknown, used before, or too old');
        const invitation = InvitationSchema.parse(JSON.parse(body));
        const customer = await customerFor(tables, invitation, request, now);
        await tables.customers.linkPhone(customer.customerId, keys.phone, now);
        await joinStores(tables, crypto, customer, invitation.storeIds, now, announce);
        const cardNumber =
          (await tables.customers.cardsOf(customer.customerId))[0] ??
          (await drawCard(tables, crypto, customer, now));
        await tables.members.markCustomer(customer.customerId);
        const { phoneId, codeId } = keys.phone;
        const { resolverKey, codeKey } = keys;
        const rotationExponent = PHONE_ROTATION_EXPONENT;
        return { phoneId, resolverKey, rotationExponent, cardNumber, codeId, codeKey };
      });
    },
  };
}

interface AgreedKeys {
  readonly phone: Phone;
  readonly resolverKey: string;
  readonly codeKey: string;
}

async function agreeKeys(crypto: Crypto, request: JoinRequest): Promise<AgreedKeys> {
  const agreementKey = fromBase64Url(request.agreementKey);
  if (agreementKey === undefined) throw invalid('agreementKey', 'not base64url');
  if (!isPoint(request.signingKey)) throw invalid('signingKey', 'not a point of P-256');
  const resolver = await crypto.createAgreementKey(); // one a phone: nothing to keep, nothing to steal
  let identityKey: Uint8Array;
  try {
    const secret = await resolver.agree(agreementKey);
    identityKey = await identityKeyOf(crypto, secret, resolver.publicKey, agreementKey);
  } catch (cause) {
    throw new SogliaError('request/invalid', 'agreementKey: not an X25519 key', { cause });
  }
  const codeKey = crypto.randomBytes(32);
  const phone = {
    phoneId: DeviceIdSchema.parse(uuidv7()),
    signingKey: request.signingKey,
    identityKey: toHex(identityKey),
    clockOffsetS: 0,
    codeId: toHex(crypto.randomBytes(8)),
    codeKey: toHex(codeKey),
  };
  return {
    phone,
    resolverKey: toBase64Url(resolver.publicKey),
    codeKey: toBase64Url(codeKey),
  };
}

function isPoint(key: string): boolean {
  const bytes = fromBase64Url(key);
  return bytes !== undefined && isP256PublicKey(bytes);
}

function invalid(field: string, reason: string): SogliaError {
  return new SogliaError('request/invalid', `${field}: ${reason}`);
}

async function checkInvitation(tables: Tables, post: JoinPost): Promise<void> {
  for (const [i, storeId] of post.storeIds.entries()) {
    if ((await tables.stores.get(storeId)) === undefined)
      throw new SogliaError('request/not-found', `storeIds.${i}: no store '${storeId}'`);
  }
  const { customerId } = post;
  if (customerId !== undefined && (await tables.customers.get(customerId)) === undefined)
    throw new SogliaError('request/not-found', `customerId: no customer '${customerId}'`);
}

async function customerFor(
  tables: Tables,
  invitation: Invitation,
  { language, firstName }: JoinRequest,
  now: EpochMs,
): Promise<Customer> {
  const { customerId, segments, test } = invitation;
  if (customerId !== undefined) {
    await tables.customers.setPerson(customerId, language, firstName);
    const customer = await tables.customers.get(customerId);
    if (customer !== undefined) return customer;
    throw new SogliaError('enrolment/refused', 'joinToken: the customer is no more');
  }
  const drawn = CustomerIdSchema.parse(uuidv7());
  const person = { customerId: drawn, language, firstName, segments, test, joinedAt: now };
  await tables.customers.add(person);
  return { ...person, points: 0 };
}

/** The stores may know the person from now on, each by a name of its own. */
export async function joinStores(
  tables: Tables,
  crypto: Crypto,
  { customerId }: Customer,
  storeIds: readonly StoreId[],
  now: EpochMs,
  announce: Announce,
): Promise<void> {
  for (const storeId of storeIds) {
    const pseudonym = PseudonymSchema.parse(toHex(crypto.randomBytes(16)));
    await tables.members.add(storeId, customerId, pseudonym, now);
  }
  const entry = {
    entryId: EventIdSchema.parse(uuidv7()),
    at: now,
    kind: 'joined' as const,
    details: {},
    ...(storeIds[0] === undefined ? {} : { storeId: storeIds[0] }),
  };
  await tables.timeline.add(customerId, entry, `joined:${customerId}`);
  announce({ what: 'customers' });
  announce({ what: 'timeline', customerId });
}

/** A card of ours; drawn again in the case, never seen, that somebody has that number. */
export async function drawCard(
  tables: Tables,
  crypto: Crypto,
  { customerId }: Customer,
  now: EpochMs,
): Promise<string> {
  for (;;) {
    const number = encodeOwnCard(crypto.randomBytes(8));
    if ((await tables.customers.linkCard(customerId, number, now)) === 'linked') return number;
  }
}
