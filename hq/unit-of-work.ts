import type { ConsoleNews } from '../kernel/protocol/console-api.ts';
import type { AlarmRepository } from './alarms/alarm-repository.ts';
import type { JournalRepository } from './ingest/journal-repository.ts';
import type { StorePartRepository } from './ingest/store-part-repository.ts';
import type { OfferRepository } from './offers/offer-repository.ts';
import type { QuotaRepository } from './offers/quota-repository.ts';
import type { ConsentRepository } from './profiles/consent-repository.ts';
import type { CouponRepository } from './profiles/coupon-repository.ts';
import type { CustomerRepository } from './profiles/customer-repository.ts';
import type { ErasureRepository } from './privacy/erasure-repository.ts';
import type { RetentionRepository } from './privacy/retention-repository.ts';
import type { SubjectRepository } from './privacy/subject-repository.ts';
import type { MemberRepository } from './profiles/member-repository.ts';
import type { TimelineRepository } from './profiles/timeline-repository.ts';
import type { TokenRepository } from './profiles/token-repository.ts';
import type { MeasureRepository } from './results/measure-repository.ts';
import type { ChangeRepository } from './publishing/change-repository.ts';
import type { PublicationRepository } from './publishing/publication-repository.ts';
import type { StoreRepository } from './publishing/store-repository.ts';

/** Everything that HQ keeps, as the use-cases see it. */
export interface Tables {
  readonly stores: StoreRepository;
  readonly tokens: TokenRepository;
  readonly customers: CustomerRepository;
  readonly consents: ConsentRepository;
  readonly members: MemberRepository;
  readonly coupons: CouponRepository;
  readonly offers: OfferRepository;
  readonly quotas: QuotaRepository;
  readonly publications: PublicationRepository;
  readonly changes: ChangeRepository;
  readonly journal: JournalRepository;
  readonly storeParts: StorePartRepository;
  readonly timeline: TimelineRepository;
  readonly erasures: ErasureRepository;
  readonly retention: RetentionRepository;
  readonly subjects: SubjectRepository;
  readonly alarms: AlarmRepository;
  readonly measures: MeasureRepository;
}

/** Says what the console should read again; told once the transaction is committed. */
export type Announce = (news: ConsoleNews) => void;

/** One durable store of everything; a write is whole or did not happen. */
export interface UnitOfWork {
  read<T>(work: (tables: Tables) => Promise<T>): Promise<T>;
  /** Committed and on disk when it resolves. Inside, use only the tables handed in. */
  write<T>(work: (tables: Tables, announce: Announce) => Promise<T>): Promise<T>;
}
