import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HeldLease } from '../../edge/consent/lease.ts';
import { sealRow } from '../../edge/consent/sealing.ts';
import { Committer } from '../../edge/db/commit.ts';
import { leaseFileAt } from '../../edge/db/lease-file.ts';
import { openForWriting } from '../../edge/db/open-database.ts';
import { type CohortOperation, factOf } from '../../edge/writes.ts';
import type { CohortRow } from '../../kernel/domain/cohort.ts';
import type { DeviceId, LeaseId, SessionId, StationId } from '../../kernel/domain/ids.ts';
import type { Bundle } from '../../kernel/domain/offer.ts';
import { type JournalBody, JournalBodySchema } from '../../kernel/protocol/journal-events.ts';
import { newId } from './facts.ts';

export type StoreWithHistory = ReturnType<typeof aStoreWithHistory>;

/** A store's folder as a real one lies there: database, lease and `soglia.yaml`. */
export function aStoreWithHistory(folder: string, configuration: object) {
  const database = join(folder, 'store.db');
  const config = join(folder, 'soglia.yaml');
  writeFileSync(config, JSON.stringify(configuration));
  const lease: HeldLease = {
    leaseId: newId<LeaseId>(),
    sealingKey: randomBytes(32),
    indexKey: randomBytes(32),
    notAfter: Date.now() + 3_600_000,
  };
  leaseFileAt(join(folder, 'lease.key')).write(lease);
  const hqKey = generateKeyPairSync('ed25519');
  pin(folder, hqKey.publicKey);
  const db = openForWriting(database);
  const committer = new Committer(db, () => ({ bootId: '0'.repeat(32), monoMs: 1, wallMs: 2 }));
  const commit = (operations: readonly CohortOperation[], bodies: readonly JournalBody[]) => {
    const request = { kind: 'change-cohort', operations, facts: bodies.map(factOf) } as const;
    const [settled] = committer.commit([{ id: 1, request }]);
    if (settled === undefined || 'failure' in settled) throw new Error('it was not written');
  };
  return {
    folder,
    database,
    config,
    lease,
    commit,
    facts: (...bodies: readonly JournalBody[]) => {
      commit([], bodies);
    },
    /** Signed with head office's key, which is pinned here, or with another. */
    serves: (bundle: Bundle, key: KeyPair = hqKey) => {
      const content = Buffer.from(JSON.stringify(bundle));
      commit([{ kind: 'bundle', ...signedBy(key, bundle, content), content }], []);
    },
    knows: (rows: readonly CohortRow[]) => {
      const put = (row: CohortRow) => {
        const { pseudonym, rowVersion } = row;
        const sealed = sealRow(lease.sealingKey, row);
        const { leaseId } = lease;
        const stored = { pseudonym, rowVersion, leaseId, sealed, lookUps: [], coupons: [] };
        return { kind: 'put', row: stored } as const;
      };
      commit(rows.map(put), []);
    },
  };
}

type KeyPair = Readonly<Record<'publicKey' | 'privateKey', KeyObject>>;

const rawOf = (key: KeyObject) => key.export({ type: 'spki', format: 'der' }).subarray(-32);

/** The registration of a store, by which it knows head office's key. */
function pin(folder: string, key: KeyObject): void {
  const bundleKeys = [rawOf(key).toString('base64url')];
  const store = { storeId: 'bottega', hqEpoch: '0'.repeat(32), bundleKeys };
  mkdirSync(join(folder, 'hq'), { recursive: true });
  const enrolled = { deviceId: newId<DeviceId>(), audience: 'hq', store };
  writeFileSync(join(folder, 'hq', 'device.json'), JSON.stringify(enrolled));
}

function signedBy({ publicKey, privateKey }: KeyPair, bundle: Bundle, content: Buffer) {
  const { storeId, version } = bundle;
  const manifest = JSON.stringify({
    ...{ stream: 'catalogue', storeId, version, bytes: content.length },
    sha256: createHash('sha256').update(content).digest('hex'),
    ...{ notBefore: 0, expires: 1 }, // long ago: a store that is away serves it still
  });
  const signature = sign(null, Buffer.from(manifest), privateKey).toString('base64url');
  const keyId = createHash('sha256').update(rawOf(publicKey)).digest('hex').slice(0, 16);
  return { version, manifest, signature, keyId };
}

export function aSession(
  given: Partial<Extract<JournalBody, { type: 'session-opened' }>>,
): JournalBody {
  return JournalBodySchema.parse({
    type: 'session-opened',
    sessionId: newId<SessionId>(),
    stationId: 'kiosk-1' as StationId,
    strength: 3,
    evidence: 'code',
    ...given,
  });
}
