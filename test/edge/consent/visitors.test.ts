import { describe, expect, test } from 'vitest';
import { type AskHq, Visitors } from '../../../edge/consent/visitors.ts';
import type { WriteRequest, Writer } from '../../../edge/writes.ts';
import type { CohortRow } from '../../../kernel/domain/cohort.ts';
import type { LeaseId, StationId } from '../../../kernel/domain/ids.ts';
import type { CredentialAnswer } from '../../../kernel/protocol/relay.ts';
import { nodeCrypto } from '../../../node/crypto.ts';
import { aMember } from '../../doubles/enrolled-member.ts';

const LEASE = '01890a5d-ac96-774b-bcce-b302099a8057' as LeaseId;
const station = 'kiosk-1' as StationId;
const card = { kind: 'card', number: 'SGC4MAKCQHAVMXJX' } as const;

/** @param answers - what head office says, one after the other */
function aStore(...answers: (CredentialAnswer | undefined | (() => CredentialAnswer))[]) {
  const asked: unknown[] = [];
  const writes: WriteRequest[] = [];
  const indexed: CohortRow[] = [];
  const clock = {
    time: Date.now(),
    isCoarse: false,
    now: () => clock.time,
    counted: () => clock.time,
  };
  const lease = {
    leaseId: LEASE,
    sealingKey: new Uint8Array(32),
    indexKey: new Uint8Array(32),
    notAfter: clock.time + 86_400_000,
  };
  const held = { lease: lease as typeof lease | undefined };
  const askHq: AskHq = (ask) => {
    asked.push(ask);
    const answer = answers.shift();
    return Promise.resolve(typeof answer === 'function' ? answer() : answer);
  };
  const writer: Writer = {
    write: (kind, request) => {
      writes.push({ kind, ...request } as WriteRequest);
      return Promise.resolve(null as never);
    },
  };
  const visitors = new Visitors({
    crypto: nodeCrypto,
    cohort: {
      get lease() {
        return held.lease;
      },
      row: () => undefined,
      seal: ({ pseudonym, rowVersion }) => ({
        ...{ pseudonym, rowVersion, leaseId: LEASE, sealed: new Uint8Array(1) },
        ...{ lookUps: [], coupons: [] },
      }),
      index: (row) => indexed.push(row),
    },
    withoutWithdrawn: (row) => row,
    askHq,
    writer,
    clock,
  });
  return { visitors, asked, writes, indexed, clock, held };
}
const aRow = async () => (await aMember(new Uint8Array(32))).row;

describe('[cred-6] somebody whom the store does not know', () => {
  test('is known once head office says who, and the row lies sealed before anybody may find it', async () => {
    const row = await aRow();
    const { visitors, writes, indexed } = aStore({ kind: 'known', leaseId: LEASE, row });
    expect(await visitors.fetch(card, station)).toBe('known');
    expect(writes).toMatchObject([{ operations: [{ kind: 'put' }], facts: [] }]);
    expect(indexed).toEqual([row]);
  });

  test('is nobody where they withdrew or were erased while the answer was on its way', async () => {
    const row = await aRow();
    const store = aStore(() => {
      store.visitors.forget(row.pseudonym);
      return { kind: 'known', leaseId: LEASE, row };
    });
    expect(await store.visitors.fetch(card, station)).toBe('away');
    expect(store.writes).toEqual([]);
    expect(store.indexed).toEqual([]);
  });

  test('is nobody without a lease, or under another than head office thinks', async () => {
    const row = await aRow();
    const other = '01890a5d-ac96-774b-bcce-b302099a8058' as LeaseId;
    const { visitors, asked, held, indexed } = aStore({ kind: 'known', leaseId: other, row });
    expect(await visitors.fetch(card, station)).toBe('away');
    expect(indexed).toEqual([]);
    held.lease = undefined;
    expect(await visitors.fetch(card, station)).toBe('away');
    expect(asked).toHaveLength(1);
    expect(await visitors.keepForLater(card.number, station)).toBe(false);
  });

  test('five wrong ones in a minute, and the station asks no more for a while; another goes on', async () => {
    const unknown = { kind: 'unknown' } as const;
    const { visitors, asked, clock } = aStore(...Array.from({ length: 9 }, () => unknown));
    for (let i = 0; i < 8; i += 1) expect(await visitors.fetch(card, station)).toBe('unknown');
    expect(asked).toHaveLength(5);
    await visitors.fetch(card, 'kiosk-2' as StationId);
    expect(asked).toHaveLength(6);
    clock.time += 11_000;
    await visitors.fetch(card, station);
    expect(asked).toHaveLength(7);
  });
});

test('[cred-7] a card that nobody could ask about is written down by its keyed hash alone', async () => {
  const { visitors, writes } = aStore(undefined);
  expect(await visitors.fetch(card, station)).toBe('away');
  expect(await visitors.keepForLater(card.number, station)).toBe(true);
  expect(JSON.stringify(writes)).toMatch(/card-shown.*cardHash.*[0-9a-f]{32}/);
  expect(JSON.stringify(writes)).not.toContain('4MAKCQHAVMXJX');
});
