import { z } from 'zod';
import type { CustomerId, OfferId, StoreId } from '../../kernel/domain/ids.ts';
import {
  AlarmsSchema,
  CustomersSchema,
  EnrolmentCodeMadeSchema,
  JoinMadeSchema,
  OfferResultsSchema,
  OffersSchema,
  PublishedSchema,
  StorePartsSchema,
  StoresSchema,
  TimelineSchema,
} from '../../kernel/protocol/console-api.ts';
import type { AlarmView, OfferPut } from '../../kernel/protocol/console-api.ts';
import { request } from './request.ts';

/** Answers whose content nobody here reads. */
const Anything = z.unknown();
const id = encodeURIComponent;

export type StoresView = z.infer<typeof StoresSchema>['stores'];
export type OffersView = z.infer<typeof OffersSchema>['offers'];
export type OfferView = OffersView[number];

/** Spends the one-time token of the printed link; from then on a cookie says who this is. */
export const openSession = (token: string) =>
  request('POST', '/v1/console/session', Anything, { token });

export const readStores = async () => (await request('GET', '/v1/stores', StoresSchema)).stores;
export const putStore = (storeId: StoreId, name: string) =>
  request('PUT', `/v1/stores/${id(storeId)}`, Anything, { name });
export const readParts = async (storeId: StoreId) =>
  (await request('GET', `/v1/stores/${id(storeId)}/parts`, StorePartsSchema)).parts;
export const makeEnrolmentCode = (storeId: StoreId) =>
  request('POST', '/v1/enrolment-codes', EnrolmentCodeMadeSchema, { kind: 'store', name: storeId });

export const readOffers = async () => (await request('GET', '/v1/offers', OffersSchema)).offers;
export const putOffer = (offerId: OfferId, offer: OfferPut) =>
  request('PUT', `/v1/offers/${id(offerId)}`, Anything, offer);
export const readResults = (offerId: OfferId) =>
  request('GET', `/v1/offers/${id(offerId)}/results`, OfferResultsSchema);
export const publish = async (storeIds: readonly StoreId[]) =>
  (await request('POST', '/v1/publications', PublishedSchema, { storeIds })).published;

export const readCustomers = async () =>
  (await request('GET', '/v1/customers', CustomersSchema)).customers;
export const readTimeline = async (customerId: CustomerId) =>
  (await request('POST', '/v1/customers/timeline', TimelineSchema, { customerId })).entries;
export const putSegments = (customerId: CustomerId, segments: readonly string[]) =>
  request('PUT', '/v1/customers/segments', Anything, { customerId, segments });
/** Where the picture of somebody's card is, to print. */
export const cardPicture = (customerId: CustomerId) => `/v1/customers/${id(customerId)}/card`;

export const readAlarms = async () => (await request('GET', '/v1/alarms', AlarmsSchema)).alarms;
export const acknowledgeAlarms = (alarmIds: readonly AlarmView['alarmId'][]) =>
  request('POST', '/v1/alarms/acknowledged', Anything, { alarmIds });

export interface Invitation {
  readonly storeIds: readonly StoreId[];
  readonly customerId?: CustomerId;
  readonly segments: readonly string[];
  readonly test: boolean;
}
export const makeInvitation = (invitation: Invitation) =>
  request('POST', '/v1/joins', JoinMadeSchema, invitation);
