import type { EpochMs, LeaseId } from '../../kernel/domain/ids.ts';

/** The keys under which a store may hold people for a while. */
export interface HeldLease {
  readonly leaseId: LeaseId;
  /** AES-256, 32 bytes. */
  readonly sealingKey: Uint8Array;
  /** HMAC-SHA-256 of the look-up hashes, 32 bytes. */
  readonly indexKey: Uint8Array;
  readonly notAfter: EpochMs;
}

/** Where the keys lie: a 0600 file outside the database. Whole or not there, whenever the power goes. */
export interface LeaseFile {
  read(): HeldLease | undefined;
  write(lease: HeldLease): void;
  remove(): void;
}
