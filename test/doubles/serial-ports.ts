import type { OpenPort, PortListener } from '../../firmware-bridge/serial/port.ts';
import type { SerialScanner } from '../../firmware-bridge/serial/serial-source.ts';
import { ScannerIdSchema } from '../../kernel/domain/ids.ts';

/** A plain scanner as in a soglia.yaml that says nothing of it. */
export function aSerialScanner(given: Partial<SerialScanner> = {}): SerialScanner {
  return {
    scannerId: ScannerIdSchema.parse('scanner-1'),
    device: undefined,
    baudRate: 9600,
    dialect: {
      framing: { kind: 'terminator', terminator: 'line' },
      codeId: 'none',
      unknownCodeId: 'reject',
    },
    duplicateWindowMs: 300,
    feedback: 'none',
    ...given,
  };
}

/** Serial ports whose faults can be chosen: what a real one will not do when asked. */
export class FakePorts {
  openFails: Error | undefined;
  closeFails: Error | undefined;
  /** What a write comes to; by default it is taken at once. */
  written: () => Promise<void> = () => Promise.resolve();
  readonly writes: Uint8Array[] = [];
  opened = 0;
  open = 0;
  #listener: PortListener | undefined;

  readonly openPort: OpenPort = (_path, _baudRate, listener) => {
    if (this.openFails !== undefined) return Promise.reject(this.openFails);
    this.opened += 1;
    this.open += 1;
    this.#listener = listener;
    return Promise.resolve({
      write: (bytes) => {
        this.writes.push(bytes);
        return this.written();
      },
      close: () => {
        this.open -= 1;
        return this.closeFails === undefined ? Promise.resolve() : Promise.reject(this.closeFails);
      },
    });
  };

  send(data: string | Uint8Array): void {
    this.#listener?.data(typeof data === 'string' ? new TextEncoder().encode(data) : data);
  }
  lose(reason: string): void {
    this.#listener?.lost(reason);
  }
}
