import type { CustomerId } from '../../kernel/domain/ids.ts';
import type { Found } from '../../kernel/protocol/privacy-api.ts';

export type HeldRow = Readonly<Record<string, unknown>>;

export interface SubjectRepository {
  /** Whose this is, exactly. @param card - the same text as card numbers are kept */
  find(text: string, card: string): Promise<Found['found']>;
  /** The person's rows by table, as the register names the tables. */
  held(customerId: CustomerId): Promise<ReadonlyMap<string, readonly HeldRow[]>>;
}
