/** What a browser keeps of its own enrolment. The private key cannot be read out, not even by this page. */
export interface StoredDevice {
  readonly deviceId: string;
  readonly audience: string;
  readonly keys: CryptoKeyPair;
}

/** Where a browser device lives between two starts. */
export interface DeviceStore {
  read(): Promise<StoredDevice | undefined>;
  write(device: StoredDevice): Promise<void>;
  clear(): Promise<void>;
}

/**
 * IndexedDB, the one place of a browser that can hold a non-extractable key. One record for each `name`, so that two
 * devices of one origin stay apart.
 */
export function indexedDeviceStore(name: string): DeviceStore {
  const table = 'device';
  const inTable = async <T>(
    mode: IDBTransactionMode,
    act: (objects: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => {
    const database = await opened(name, table);
    try {
      const transaction = database.transaction(table, mode);
      const done = settled(transaction);
      const result = await answered(act(transaction.objectStore(table)));
      await done;
      return result;
    } finally {
      database.close();
    }
  };
  return {
    read: () =>
      inTable<StoredDevice | undefined>('readonly', (objects) => objects.get('self') as never),
    write: async (device) => {
      await inTable('readwrite', (objects) => objects.put(device, 'self'));
    },
    clear: async () => {
      await inTable('readwrite', (objects) => objects.delete('self'));
    },
  };
}

function opened(name: string, table: string): Promise<IDBDatabase> {
  const request = indexedDB.open(`soglia-${name}`, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(table);
  return answered(request);
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'));
  });
}

function settled(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB gave up'));
  });
}
