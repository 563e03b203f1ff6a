import type { Clock } from '../clock.ts';
import type { Writer } from '../writes.ts';
import type { Cohort } from './cohort.ts';
import type { LeaseFile } from './lease.ts';

export interface LeaseGuardParts {
  readonly cohort: Cohort;
  readonly leaseFile: LeaseFile;
  readonly writer: Writer;
  readonly clock: Clock;
  /** Sessions of people end. */
  readonly over: () => void;
  readonly report: (error: unknown) => void;
}

/** Ends what the store may know when its lease is over (duty-20): key file, memory, screens, rows. */
export class LeaseGuard {
  readonly #parts: LeaseGuardParts;

  constructor(parts: LeaseGuardParts) {
    this.#parts = parts;
  }

  /** At the start: people come back only under a lease that holds. */
  async load(leaseIdOnDisk: string | undefined): Promise<void> {
    const { leaseFile, cohort, clock } = this.#parts;
    const lease = leaseFile.read();
    if (lease === undefined) return;
    if (clock.now() >= lease.notAfter) {
      this.#end();
      return;
    }
    // A crash between key file and rows: these rows are of another key, and come anew.
    if (lease.leaseId === leaseIdOnDisk) await cohort.load(lease);
    else cohort.renew(lease);
  }

  /** Call it several times a second. */
  check(): void {
    const { cohort, clock } = this.#parts;
    if (cohort.lease !== undefined && clock.now() >= cohort.lease.notAfter) this.#end();
  }

  #end(): void {
    const { leaseFile, cohort, writer, over, report } = this.#parts;
    leaseFile.remove();
    cohort.clear();
    over();
    writer.write('drop-cohort', {}).catch(report);
  }
}
