import type { Kysely } from 'kysely';
import type { StoreId } from '../../kernel/domain/ids.ts';
import type { ConsoleNews } from '../../kernel/protocol/console-api.ts';
import type { Stream } from '../../kernel/protocol/hq-sync.ts';
import type { Announce, Tables, UnitOfWork } from '../unit-of-work.ts';
import { SqlAlarmRepository } from './alarm-repository.ts';
import { SqlChangeRepository } from './change-repository.ts';
import { SqlConsentRepository } from './consent-repository.ts';
import { SqlCouponRepository } from './coupon-repository.ts';
import { SqlCustomerRepository } from './customer-repository.ts';
import { SqlErasureRepository } from './erasure-repository.ts';
import { SqlJournalRepository } from './journal-repository.ts';
import { SqlMeasureRepository } from './measure-repository.ts';
import { SqlMemberRepository } from './member-repository.ts';
import { SqlOfferRepository } from './offer-repository.ts';
import { SqlPublicationRepository } from './publication-repository.ts';
import { SqlQuotaRepository } from './quota-repository.ts';
import { SqlRetentionRepository } from './retention-repository.ts';
import { SqlStorePartRepository } from './store-part-repository.ts';
import { SqlStoreRepository } from './store-repository.ts';
import { SqlSubjectRepository } from './subject-repository.ts';
import type { HqTables } from './tables.ts';
import { SqlTimelineRepository } from './timeline-repository.ts';
import { SqlTokenRepository } from './token-repository.ts';

/** What a committed transaction leaves to be said and done. */
export interface Committed {
  readonly hints: ReadonlyMap<StoreId, ReadonlySet<Stream>>;
  readonly news: readonly ConsoleNews[];
  /** Rows of the cohort wait to be made anew. */
  readonly rowsMarked: boolean;
}

export function sqlUnitOfWork(
  db: Kysely<HqTables>,
  onCommitted: (committed: Committed) => void,
): UnitOfWork {
  return {
    read: (work) => work(tablesOf(db, noEffects)),
    async write(work) {
      const hints = new Map<StoreId, Set<Stream>>();
      const news: ConsoleNews[] = [];
      const rows = { marked: false };
      const effects: Effects = {
        appended: (storeId, stream) => {
          hints.set(storeId, (hints.get(storeId) ?? new Set<Stream>()).add(stream));
        },
        marked: () => {
          rows.marked = true;
        },
      };
      const announce: Announce = (item) => {
        news.push(item);
      };
      const result = await db
        .transaction()
        .execute((transaction) => work(tablesOf(transaction, effects), announce));
      const rowsMarked = rows.marked;
      if (hints.size > 0 || news.length > 0 || rowsMarked) onCommitted({ hints, news, rowsMarked });
      return result;
    },
  };
}

interface Effects {
  readonly appended: (storeId: StoreId, stream: Stream) => void;
  readonly marked: () => void;
}
const noEffects: Effects = {
  appended: () => undefined,
  marked: () => undefined,
};

function tablesOf(db: Kysely<HqTables>, effects: Effects): Tables {
  return {
    stores: new SqlStoreRepository(db),
    tokens: new SqlTokenRepository(db),
    customers: new SqlCustomerRepository(db),
    consents: new SqlConsentRepository(db),
    members: new SqlMemberRepository(db, effects.marked),
    coupons: new SqlCouponRepository(db),
    offers: new SqlOfferRepository(db),
    quotas: new SqlQuotaRepository(db),
    publications: new SqlPublicationRepository(db),
    changes: new SqlChangeRepository(db, effects.appended),
    journal: new SqlJournalRepository(db),
    storeParts: new SqlStorePartRepository(db),
    timeline: new SqlTimelineRepository(db),
    erasures: new SqlErasureRepository(db),
    retention: new SqlRetentionRepository(db, effects.marked),
    subjects: new SqlSubjectRepository(db),
    alarms: new SqlAlarmRepository(db),
    measures: new SqlMeasureRepository(db),
  };
}
