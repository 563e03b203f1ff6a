import type { CustomerId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import {
  type Found,
  type SubjectExport,
  SubjectExportSchema,
} from '../../kernel/protocol/privacy-api.ts';
import { normaliseCardNumber } from '../../kernel/scans/card-number.ts';
import type { Clock } from '../clock.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { HQ_REGISTER } from './register.ts';

export interface Subjects {
  /** Whose card, phone, code, coupon, pseudonym, id or first name this is, exactly. */
  find(text: string): Promise<Found['found']>;
  /** Everything held on the person. @throws {SogliaError} 'request/not-found' */
  export(customerId: CustomerId): Promise<SubjectExport>;
}

/** In an export a key would open what it is the key of. */
const KEYS: ReadonlySet<string> = new Set(['identityKey', 'codeKey', 'key']);
const WITHHELD = 'withheld: a key';

export function createSubjects(database: UnitOfWork, clock: Clock): Subjects {
  return {
    find: (text) =>
      database.read((tables) => tables.subjects.find(text, normaliseCardNumber(text))),

    export: (customerId) =>
      database.read(async (tables) => {
        if ((await tables.customers.get(customerId)) === undefined)
          throw new SogliaError('request/not-found', 'no such customer');
        const held = await tables.subjects.held(customerId);
        const headOffice = HQ_REGISTER.filter(({ subject }) => subject !== undefined).flatMap(
          ({ table, purpose, retention }) => {
            const rows = held.get(table) ?? [];
            return rows.length === 0 ? [] : [{ table, purpose, retention, rows }];
          },
        );
        const changes = (held.get('change') ?? []).map((change) => change['body'] as HeldChange);
        const stores = (await tables.members.of(customerId)).map(({ storeId, pseudonym }) => {
          const sent = changes.find(({ row }) => row?.pseudonym === pseudonym);
          return { storeId, pseudonym, row: sent?.row };
        });
        const made = { customerId, madeAt: clock(), headOffice, stores };
        return SubjectExportSchema.parse(withoutKeys(made));
      }),
  };
}

/** Of what was sent to a store, as far as it is looked at here. */
interface HeldChange {
  readonly row?: { readonly pseudonym: string };
}

function withoutKeys(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(withoutKeys);
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([name, value]) => [
      name,
      KEYS.has(name) ? WITHHELD : withoutKeys(value),
    ]),
  );
}
