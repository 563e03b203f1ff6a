import type { DeviceId, StoreId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import type { ConfirmRequest } from '../../kernel/protocol/phone-api.ts';
import type { Confirmation, ConfirmationOutcome } from '../../kernel/protocol/relay.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

/** Carries a confirmation to the store's edge; 'store-away' where nobody answers within the deadline. */
export type Relay = (storeId: StoreId, confirmation: Confirmation) => Promise<ConfirmationOutcome>;

/**
 * A phone answers a kiosk's challenge. HQ only says who the phone is there; the edge verifies the signature.
 * @throws {SogliaError} 'device/unknown' for no phone of ours
 */
export function confirmBy(database: UnitOfWork, relay: Relay) {
  return async (phoneId: DeviceId, request: ConfirmRequest): Promise<ConfirmationOutcome> => {
    const { storeId, stationId, nonce, signature } = request;
    const pseudonym = await database.read(async (tables) => {
      const person = await tables.customers.byPhone(phoneId);
      if (person === undefined) throw new SogliaError('device/unknown', 'no phone of ours');
      const members = await tables.members.of(person.customer.customerId);
      return members.find((member) => member.storeId === storeId)?.pseudonym;
    });
    if (pseudonym === undefined) return { kind: 'refused', reason: 'not-known-here' };
    return relay(storeId, { stationId, nonce, pseudonym, signature });
  };
}
