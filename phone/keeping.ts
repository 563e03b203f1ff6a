import { z } from 'zod';
import { DeviceIdSchema, LanguageSchema } from '../kernel/domain/ids.ts';
import { PhoneViewSchema, type PhoneView } from '../kernel/protocol/phone-api.ts';
import { webSigningKey, type WebSigningKey } from '../ui/crypto.ts';
import type { PhoneIdentity, PhoneStorage } from './sdk/platform.ts';

/** This browser has no place that keeps keys: too old, or a private window. */
export class NoKeeping extends Error {
  override readonly name = 'NoKeeping';
}

/** What lies in IndexedDB: the key pair as the browser keeps it, its private half not to be read out. */
const KeptSchema = z.object({
  hqUrl: z.string(),
  phoneId: DeviceIdSchema,
  language: LanguageSchema,
  pair: z.custom<CryptoKeyPair>(isSigningPair),
  identityKey: z.instanceof(Uint8Array),
  rotationExponent: z.number(),
  cardNumber: z.string(),
  codeId: z.instanceof(Uint8Array),
  codeKey: z.instanceof(Uint8Array),
});

const TABLE = 'membership';

/** The membership of this phone and the last that HQ said of it, between two openings of the page. */
export interface Keeping extends PhoneStorage {
  loadView(): Promise<PhoneView | undefined>;
  saveView(view: PhoneView): Promise<void>;
}

/** @throws {NoKeeping} from every call where the browser refuses */
export function indexedKeeping(): Keeping {
  return {
    async load() {
      const kept = KeptSchema.safeParse(await inTable('readonly', (table) => table.get('self')));
      if (!kept.success) return undefined;
      const { pair, ...rest } = kept.data;
      return { ...rest, signingKey: await webSigningKey(pair) };
    },
    async save({ signingKey, ...rest }: PhoneIdentity) {
      if (!isWebKey(signingKey))
        throw new TypeError('the signing key was not made by this browser');
      await inTable('readwrite', (table) => table.put({ ...rest, pair: signingKey.pair }, 'self'));
    },
    async loadView() {
      const view = PhoneViewSchema.safeParse(
        await inTable('readonly', (table) => table.get('view')),
      );
      return view.success ? view.data : undefined;
    },
    async saveView(view) {
      await inTable('readwrite', (table) => table.put(view, 'view'));
    },
  };
}

const isWebKey = (key: object): key is WebSigningKey => 'pair' in key;

function isSigningPair(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'privateKey' in value &&
    value.privateKey instanceof CryptoKey &&
    !value.privateKey.extractable
  );
}

async function inTable(
  mode: IDBTransactionMode,
  act: (table: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  try {
    const database = await opened();
    try {
      const transaction = database.transaction(TABLE, mode);
      const done = settled(transaction);
      const request = act(transaction.objectStore(TABLE));
      await done;
      return request.result;
    } finally {
      database.close();
    }
  } catch (cause) {
    throw new NoKeeping('IndexedDB keeps nothing here', { cause });
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('soglia-phone', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('not opened'));
  });
}

function settled(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('given up'));
  });
}
