import { randomBytes } from 'node:crypto';
import type { CustomerId, DeviceId, EpochMs, StoreId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { type ErasureReceipt, ErasureReceiptSchema } from '../../kernel/protocol/privacy-api.ts';
import type { Clock } from '../clock.ts';
import type { Announce, Tables, UnitOfWork } from '../unit-of-work.ts';
import type { AskedStore, Erasure } from './erasure-repository.ts';
import { tombstoneHash } from './tombstone.ts';

const SHOWN = 500;
/** A shorter text, such as an old card's number, stands in files by chance as well. */
const SURE_LENGTH = 12;

/** The files under the database: deleting a row is not yet the end of its bytes. */
export interface DatabaseFiles {
  /** Sees to it that none of these texts is left in them. @returns how many still are */
  clear(marks: readonly string[]): Promise<number>;
}

export interface Erasures {
  /**
   * Removes everything that head office holds on the person and asks every store that knows them to do the same. The
   * same person again: the same receipt, as it stands by now.
   * @throws {SogliaError} 'request/not-found' for somebody whom HQ neither has nor had
   */
  erase(customerId: CustomerId): Promise<ErasureReceipt>;
  /** Newest first. */
  receipts(): Promise<readonly ErasureReceipt[]>;
  /** The store has applied its `erase` stream up to `rev`: that is its receipt. */
  applied(storeId: StoreId, rev: number): Promise<void>;
}

export interface ErasureParts {
  readonly database: UnitOfWork;
  readonly files: DatabaseFiles;
  readonly clock: Clock;
  /** Ends what a phone still has open. */
  readonly revoke: (phoneId: DeviceId) => Promise<void>;
}

export function createErasures({ database, files, clock, revoke }: ErasureParts): Erasures {
  const receiptOf = (subjectHash: string) =>
    database.read(async (tables) => {
      const erasure = await tables.erasures.about(subjectHash);
      return (
        erasure && asReceipt(erasure, await tables.erasures.storesOf(erasure.erasureId), clock())
      );
    });

  return {
    async erase(customerId) {
      const gone = await database.write((tables, announce) =>
        removeEverything(tables, announce, customerId, clock()),
      );
      if (gone.kind === 'erased') {
        for (const phoneId of gone.phones) await revoke(phoneId);
        const tracesLeft = await files.clear(gone.marks);
        await database.write((tables) => tables.erasures.looked(gone.erasureId, tracesLeft));
      }
      const receipt = await receiptOf(gone.subjectHash);
      if (receipt === undefined) throw new SogliaError('request/not-found', 'no such customer');
      return receipt;
    },

    receipts: () =>
      database.read(async (tables) => {
        const receipts: ErasureReceipt[] = [];
        for (const erasure of await tables.erasures.all(SHOWN))
          receipts.push(
            asReceipt(erasure, await tables.erasures.storesOf(erasure.erasureId), clock()),
          );
        return receipts;
      }),

    async applied(storeId, rev) {
      if (!(await database.read((tables) => tables.erasures.isWaiting(storeId, rev)))) return;
      // Until now the name had to stay, so that the store could be told whom to erase.
      const names = await database.write((tables) =>
        tables.erasures.confirm(storeId, rev, clock()),
      );
      await files.clear(names);
    },
  };
}

type Gone =
  | { readonly kind: 'not-here'; readonly subjectHash: string }
  | {
      readonly kind: 'erased';
      readonly subjectHash: string;
      readonly erasureId: string;
      readonly phones: readonly DeviceId[];
      /** What must not be found any more. */
      readonly marks: readonly string[];
    };

async function removeEverything(
  tables: Tables,
  announce: Announce,
  customerId: CustomerId,
  now: EpochMs,
): Promise<Gone> {
  const { erasures, customers, members, changes } = tables;
  const salt = await erasures.salt();
  const subjectHash = tombstoneHash(salt, customerId);
  if ((await customers.get(customerId)) === undefined) return { kind: 'not-here', subjectHash };
  const erasureId = randomBytes(16).toString('hex');
  const phones = (await customers.phonesOf(customerId)).map(({ phoneId }) => phoneId);
  const memberships = await members.of(customerId);
  const waiting = new Set<string>(memberships.map(({ pseudonym }) => pseudonym));
  const marks = (await erasures.marksOf(customerId)).filter(
    (mark) => mark.length >= SURE_LENGTH && !waiting.has(mark),
  );

  await erasures.begin({ erasureId, subjectHash, askedAt: now });
  let eventsErased = 0;
  let chainHolds = true;
  let change = 0;
  for (const { storeId, pseudonym } of memberships) {
    const events = await erasures.eraseEvents(storeId, pseudonym);
    eventsErased += events.erased;
    chainHolds &&= events.chainHolds;
    change += await erasures.forgetChanges(storeId, pseudonym);
    await erasures.bury(storeId, tombstoneHash(salt, pseudonym), now);
    const rev = await changes.append('erase', storeId, { kind: 'erased', pseudonym });
    await erasures.asked(erasureId, storeId, rev);
  }
  const removed = { ...(await erasures.removePerson(customerId, erasureId)), change };
  await erasures.finish(erasureId, { removed, eventsErased, chainHolds });
  announce({ what: 'customers' });
  return { kind: 'erased', subjectHash, erasureId, phones, marks };
}

function asReceipt(erasure: Erasure, stores: readonly AskedStore[], now: EpochMs): ErasureReceipt {
  const { erasureId, askedAt, removed, eventsErased, chainHolds, tracesLeft } = erasure;
  return ErasureReceiptSchema.parse({
    ...{ erasureId, askedAt, removed, tracesLeft },
    journal: { erased: eventsErased, chainHolds },
    stores: stores.map(({ storeId, confirmedAt, leaseNotAfter = 0 }) => {
      if (confirmedAt !== undefined) return { storeId, state: 'confirmed', confirmedAt };
      return { storeId, state: now < leaseNotAfter ? 'asked' : 'lease-over' };
    }),
  });
}
