import type { DeviceId, StoreId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import type { ReportRequest } from '../../kernel/protocol/phone-api.ts';
import type { PhoneReport, ReportOutcome } from '../../kernel/protocol/relay.ts';
import type { Clock } from '../clock.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { grantsOf } from './cohort.ts';

/** Carries a report to the store's edge; 'store-away' where nobody answers within the deadline. */
export type ReportRelay = (storeId: StoreId, report: PhoneReport) => Promise<ReportOutcome>;

/**
 * A phone heard a beacon of a store. HQ only says who the phone is there, and nothing of it stays here; the edge verifies
 * the signature. Without `recognise` it goes no further.
 * @throws {SogliaError} 'device/unknown' for no phone of ours
 */
export function reportBy(database: UnitOfWork, clock: Clock, relay: ReportRelay) {
  return async (phoneId: DeviceId, request: ReportRequest): Promise<ReportOutcome> => {
    const { storeId, ...report } = request;
    const found = await database.read(async (tables) => {
      const person = await tables.customers.byPhone(phoneId);
      if (person === undefined) throw new SogliaError('device/unknown', 'no phone of ours');
      const { customerId } = person.customer;
      const members = await tables.members.of(customerId);
      const grants = await grantsOf(tables, customerId, clock());
      return {
        pseudonym: members.find((member) => member.storeId === storeId)?.pseudonym,
        mayBeRecognised: grants.some(({ purpose }) => purpose === 'recognise'),
      };
    });
    const { pseudonym, mayBeRecognised } = found;
    if (pseudonym === undefined) return { kind: 'refused', reason: 'not-known-here' };
    if (!mayBeRecognised) return { kind: 'refused', reason: 'no-consent' };
    return relay(storeId, { ...report, pseudonym });
  };
}
