import type { StoreId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { EnrolmentCodeMadeSchema } from '../../kernel/protocol/console-api.ts';
import type { EnrolmentClient } from '../../node/enrolment-client.ts';
import type { Log } from '../../node/logs.ts';
import { askOperator } from '../../node/operator-client.ts';
import type { Clock } from '../clock.ts';
import type { StoreReads } from '../reads.ts';
import type { ShopFloor } from '../shop-floor.ts';
import type { Writer } from '../writes.ts';
import { Applying } from './apply.ts';
import type { Carrier, HqApi } from './hq-api.ts';
import { Pulling } from './pull.ts';
import { Pushing } from './push.ts';
import { Sync } from './sync.ts';

export interface ConnectParts {
  readonly client: EnrolmentClient;
  readonly hq: HqApi;
  readonly carrier: Carrier;
  readonly floor: Pick<
    ShopFloor,
    'catalogue' | 'cohort' | 'crypto' | 'damaged' | 'engagement' | 'leaseFile' | 'ledger' | 'visits'
  >;
  readonly reads: StoreReads;
  readonly writer: Writer;
  readonly clock: Clock;
  readonly epoch: string;
  readonly storeId: StoreId;
  readonly pollMs: number;
  readonly enrolmentCode: string | undefined;
  readonly hqOperatorSocket: string | undefined;
  readonly log: Log;
  readonly heardFrom: (serverTime: number) => void;
  readonly reached: (isReached: boolean) => void;
  /** The store has a credential at HQ: from here on the relay may be opened. Once. */
  readonly enrolled: () => void;
}

/** The store's line to HQ: enrols once, then pushes and pulls for good. */
export function connectToHq(parts: ConnectParts): Sync {
  const { client, hq, carrier, floor, reads, writer, clock, epoch, storeId, log } = parts;
  const pushing = new Pushing({ carrier, reads, writer, clock, epoch });
  const applying = new Applying({
    ...floor,
    storeId,
    reads,
    hq,
    clock,
    bundleKeys: () => client.enrolled?.store?.bundleKeys ?? [],
    refused: (error) => log.warn('a bundle was refused; the one before goes on', {}, error),
  });
  const pulling = new Pulling({
    hq,
    reads,
    writer,
    cohort: floor.cohort,
    damaged: floor.damaged,
    applying,
    restored: async (hqEpoch) => {
      log.warn('HQ is another one than before: what it may lack is sent again');
      await pushing.resendAll(hqEpoch);
    },
    heardFrom: parts.heardFrom,
  });
  return new Sync({
    pushing,
    pulling,
    ready: async (signal) => {
      if (client.enrolled === undefined) await enrol(parts, signal);
      parts.enrolled();
    },
    pollMs: parts.pollMs,
    random: Math.random,
    report: (event, error, retryInMs) => {
      // Enrolling speaks of stores and codes, not of people: its words may be told.
      const reason = event === 'enrol' && error instanceof Error ? error.message : undefined;
      log.warn('HQ was not reached or refused', { event, retryInMs, reason }, error);
    },
    reached: parts.reached,
  });
}

/** @throws {SogliaError} 'enrolment/refused' without a code and without an HQ on this machine to ask for one */
async function enrol(parts: ConnectParts, signal: AbortSignal): Promise<void> {
  const { client, storeId, enrolmentCode, hqOperatorSocket, log } = parts;
  const code =
    hqOperatorSocket === undefined ? enrolmentCode : await askForCode(hqOperatorSocket, storeId);
  if (code === undefined) {
    throw new SogliaError(
      'enrolment/refused',
      'this store is not enrolled at HQ: make a code there and start the edge with --enrolment-code',
    );
  }
  await client.enrol(code.toUpperCase().replace(/[\s-]/g, ''), storeId, signal);
  log.info('enrolled at HQ', { storeId });
}

async function askForCode(socketPath: string, storeId: StoreId): Promise<string> {
  const body = { kind: 'store', name: storeId };
  const ask = { method: 'POST', path: '/v1/enrolment-codes', body } as const;
  return (await askOperator(socketPath, EnrolmentCodeMadeSchema, ask)).code;
}
