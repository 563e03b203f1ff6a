import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { sealRow } from '../../edge/consent/sealing.ts';
import type { HeldLease } from '../../edge/consent/lease.ts';
import { Committer } from '../../edge/db/commit.ts';
import { leaseFileAt } from '../../edge/db/lease-file.ts';
import { openForWriting } from '../../edge/db/open-database.ts';
import type { CohortOperation, WriteRequest } from '../../edge/writes.ts';
import { PHONE_ROTATION_EXPONENT, periodOf, tokenOf } from '../../kernel/credentials/token.ts';
import type { TemporaryKey } from '../../kernel/domain/cohort.ts';
import type { Epoch, EpochMs } from '../../kernel/domain/ids.ts';
import { fromHex, toHex } from '../../kernel/hex.ts';
import { nodeCrypto } from '../../node/crypto.ts';
import { type Crowd, offersOf, periodsOfLease, rowOf } from './crowd.ts';
import { newEpoch, newLease } from './head-office.ts';

/** The data of a store that pulled its whole cohort before, and what head office has to say so that it stays. */
export interface PreparedStore {
  /** Of the first people alone; nobody's rows. */
  readonly crowd: Crowd;
  readonly lease: HeldLease;
  readonly hqEpoch: Epoch;
}

const PEOPLE_PER_COMMIT = 5_000;

/**
 * Writes a database with so many people, each with a card and a code, by the edge's own sealing and writing: pulling a
 * million takes a quarter of an hour. Their temporary keys are drawn, since no identity key is ever in a store; pseudonyms
 * and hashes come in ascending order, which spares the disk, and only here.
 * @param tokens - of how many people what their phone says now is wanted
 */
export async function prepareStore(
  dataDir: string,
  members: number,
  tokens: number,
  tell: (line: string) => void,
): Promise<PreparedStore> {
  const now = Date.now();
  const [lease, hqEpoch] = [newLease(), newEpoch()];
  const begun = performance.now();
  const said = fill(join(dataDir, 'store.db'), { members, tokens, lease, hqEpoch, now });
  leaseFileAt(join(dataDir, 'lease.key')).write(lease);
  const seconds = (performance.now() - begun) / 1_000;
  tell(`${members.toLocaleString('en')} people written in ${seconds.toFixed(0)} s`);
  const second = Math.floor(now / 1_000);
  const crowd: Crowd = {
    rows: [],
    offers: offersOf(4, 0, now),
    tokens: await Promise.all(
      said.map(async (key) =>
        toHex(await tokenOf(nodeCrypto, key, PHONE_ROTATION_EXPONENT, second)),
      ),
    ),
    codes: [],
  };
  return { crowd, lease, hqEpoch };
}

interface Filling extends Pick<PreparedStore, 'lease' | 'hqEpoch'> {
  readonly members: number;
  readonly tokens: number;
  readonly now: EpochMs;
}

/** @returns the present temporary keys of the first `tokens` people */
function fill(file: string, { members, tokens, lease, hqEpoch, now }: Filling): Uint8Array[] {
  const db = openForWriting(file);
  const committer = new Committer(db, () => ({ bootId: '0'.repeat(32), monoMs: 0, wallMs: now }));
  const periods = periodsOfLease(now);
  const present: Uint8Array[] = [];
  const { leaseId, sealingKey } = lease;
  for (let done = 0; done < members; done += PEOPLE_PER_COMMIT) {
    const operations: CohortOperation[] =
      done === 0 ? [{ kind: 'set-meta', key: 'lease_id', value: leaseId }] : [];
    for (let i = done; i < Math.min(members, done + PEOPLE_PER_COMMIT); i += 1) {
      const ascending = Math.floor((i / members) * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
      const drawn = randomBytes(16 * periods.length + 36).toString('hex');
      const keys = periods.map((period, at) => ({
        period,
        key: drawn.slice(at * 32, at * 32 + 32),
      }));
      const rest = drawn.slice(periods.length * 32);
      const row = rowOf(ascending + rest.slice(0, 24), keys, [], now);
      const [card, code] = [ascending + rest.slice(24, 48), ascending + rest.slice(48, 72)];
      const { pseudonym, rowVersion } = row;
      const [first] = row.rotatingCodes;
      const hashed = {
        ...row,
        cardHashes: [card],
        rotatingCodes: [{ codeIdHash: code, key: first?.key ?? '' }],
      };
      operations.push({
        kind: 'put',
        row: {
          ...{ pseudonym, rowVersion, leaseId, sealed: sealRow(sealingKey, hashed) },
          coupons: [],
          lookUps: [
            { kind: 'card', hash: card },
            { kind: 'code', hash: code },
          ],
        },
      });
      if (i < tokens) present.push(keyAt(keys, now));
    }
    const rev = Math.min(members, done + PEOPLE_PER_COMMIT);
    const request: WriteRequest = {
      kind: 'apply-pull',
      stream: 'cohort',
      ...{ hqEpoch, rev, operations },
      facts: [],
      serverTime: now,
    };
    const [settled] = committer.commit([{ id: rev, request }]);
    if (settled === undefined || 'failure' in settled)
      throw new Error(settled?.failure ?? 'nothing was written');
  }
  db.close();
  return present;
}

function keyAt(keys: readonly TemporaryKey[], now: EpochMs): Uint8Array {
  const held = keys.find(({ period }) => period === periodOf(now / 1_000));
  const key = held && fromHex(held.key);
  if (key === undefined) throw new Error('nobody has a key for now');
  return key;
}
