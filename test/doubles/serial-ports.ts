import type { OpenPort, PortListener } from '../../firmware-bridge/serial/port.ts';

/** Serial ports whose faults can be chosen: what a real one will not do when asked. */
export class FakePorts {
  openFails: Error | undefined;
  closeFails: Error | undefined;
  opened = 0;
  open = 0;
  #listener: PortListener | undefined;

  readonly openPort: OpenPort = (_path, _baudRate, listener) => {
    if (this.openFails !== undefined) return Promise.reject(this.openFails);
    this.opened += 1;
    this.open += 1;
    this.#listener = listener;
    return Promise.resolve({
      close: () => {
        this.open -= 1;
        return this.closeFails === undefined ? Promise.resolve() : Promise.reject(this.closeFails);
      },
    });
  };

  send(text: string): void {
    this.#listener?.data(new TextEncoder().encode(text));
  }
  lose(reason: string): void {
    this.#listener?.lost(reason);
  }
}
