import { setTimeout as pause } from 'node:timers/promises';
import { SSI, decodeSsi, encodeSsi } from '../../kernel/scans/ssi.ts';
import type { PseudoScanner } from '../support/pty.ts';

/** What the line does to one copy of a packet. */
export type Fate = 'arrives' | 'lost' | 'damaged' | 'cut' | 'acknowledgement lost';

/**
 * A scanner that keeps to SSI: it sends a packet, waits for ACK or NAK, and sends it again, marked as such, twice at most.
 * Commands of the host are acknowledged; `commands` remembers them.
 */
export class SsiScanner {
  readonly commands: { readonly opcode: number; readonly data: readonly number[] }[] = [];
  readonly #port: PseudoScanner;
  readonly #responseTimeoutMs: number;
  #read = 0;
  #answers: number[] = [];

  constructor(port: PseudoScanner, responseTimeoutMs: number) {
    this.#port = port;
    this.#responseTimeoutMs = responseTimeoutMs;
  }

  /** @returns whether the host acknowledged; each copy of a packet meets the next of `fates`, then `arrives` */
  async scan(packets: readonly Uint8Array[], fates: readonly Fate[] = []): Promise<boolean> {
    const left = [...fates];
    for (const [i, data] of packets.entries()) {
      const isLast = i === packets.length - 1;
      if (!(await this.#send(data, isLast ? 0 : 2, left))) return false;
    }
    return true;
  }

  async #send(data: Uint8Array, status: number, fates: Fate[]): Promise<boolean> {
    for (let tries = 0; tries < 3; tries += 1) {
      const bytes = encodeSsi({
        opcode: SSI.decodeData,
        source: 'decoder',
        status: status | (tries > 0 ? 1 : 0),
        data,
      });
      const fate = fates.shift() ?? 'arrives';
      await this.#hear();
      this.#answers = [];
      await this.#port.scan(Uint8Array.of(0, ...damagedBy(fate, bytes)));
      const answer = await this.#answer(fate === 'acknowledgement lost');
      if (answer === SSI.ack) return true;
    }
    return false;
  }

  async #answer(isLost: boolean): Promise<number | undefined> {
    const end = performance.now() + this.#responseTimeoutMs;
    while (performance.now() < end) {
      await this.#hear();
      if (!isLost && this.#answers.length > 0) return this.#answers.shift();
      await pause(5);
    }
    return undefined;
  }

  /** Takes what the host wrote: answers are kept, commands acknowledged. */
  async #hear(): Promise<void> {
    for (;;) {
      const bytes = this.#port.received().subarray(this.#read);
      const size = (bytes[0] ?? 0) + 2;
      if (bytes.length < 6 || bytes.length < size) return;
      const packet = decodeSsi(bytes.subarray(0, size));
      this.#read += size;
      if (packet.kind === 'rejected' || packet.source !== 'host') {
        throw new Error('the host does not speak SSI');
      }
      if (packet.opcode === SSI.ack || packet.opcode === SSI.nak) this.#answers.push(packet.opcode);
      else {
        // Sent again since our acknowledgement was lost: it is done already, unless it is the first that came.
        const isRepeated =
          (packet.status & 1) !== 0 && this.commands.at(-1)?.opcode === packet.opcode;
        if (!isRepeated) this.commands.push({ opcode: packet.opcode, data: [...packet.data] });
        const ack = {
          opcode: SSI.ack,
          source: 'decoder',
          status: 0,
          data: new Uint8Array(),
        } as const;
        await this.#port.scan(encodeSsi(ack));
      }
    }
  }

  /** Answers the host's commands until `enough` of them have come. */
  async listen(
    enough: (commands: SsiScanner['commands']) => boolean,
    deadlineMs: number,
  ): Promise<boolean> {
    const end = performance.now() + deadlineMs;
    while (performance.now() < end) {
      await this.#hear();
      if (enough(this.commands)) return true;
      await pause(5);
    }
    return false;
  }
}

function damagedBy(fate: Fate, bytes: Uint8Array): Uint8Array {
  switch (fate) {
    case 'lost':
      return new Uint8Array();
    case 'cut':
      return bytes.subarray(0, bytes.length >> 1);
    case 'damaged': {
      const damaged = bytes.slice();
      const at = bytes.length >> 1;
      damaged[at] = (damaged[at] ?? 0) ^ 0x08;
      return damaged;
    }
    case 'arrives':
    case 'acknowledgement lost':
      return bytes;
  }
}
