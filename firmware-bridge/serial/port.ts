import { SerialPort } from 'serialport';
import { SogliaError } from '../../kernel/errors.ts';
import { within } from '../waiting.ts';

const ANSWER_WITHIN_MS = 2_000;

/** Writes that may hang at once: an acknowledgement and a few commands. */
const MOST_UNWRITTEN = 8;
/** What a scanner has not taken after this long is forgotten: a tone speaks of now. */
const WRITTEN_WITHIN_MS = 500;

/** An open serial port. */
export interface Port {
  /**
   * Writes, and waits no longer than a tone is worth.
   * @throws with the driver's words, or {SogliaError} 'time/out'; at once while an earlier one still hangs
   */
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
export interface PortListener {
  data(chunk: Uint8Array): void;
  /** The device went away, or the driver failed. Told once, never after `close`. */
  lost(reason: string): void;
}
export type OpenPort = (path: string, baudRate: number, listener: PortListener) => Promise<Port>;

/**
 * Opens a port and discards what was waiting there: scans from before we listened belong to nobody now.
 * @throws with the driver's words, or {SogliaError} 'time/out'
 */
export const openSerialPort: OpenPort = async (path, baudRate, listener) => {
  const serial = new SerialPort({ path, baudRate, autoOpen: false });
  let isOurs = true;
  const lost = (reason: string) => {
    if (!isOurs) return;
    isOurs = false;
    listener.lost(reason);
  };
  serial.on('error', (error: Error) => {
    lost(error.message);
  });
  serial.on('close', (error: Error | null) => {
    lost(error?.message ?? 'the port was closed');
  });
  const close = async () => {
    isOurs = false;
    if (serial.isOpen) await answered(`closing ${path}`, (done) => serial.close(done));
  };
  try {
    await answered(`opening ${path}`, (done) => serial.open(done));
    await answered(`flushing ${path}`, (done) => serial.flush(done));
  } catch (error) {
    isOurs = false;
    if (serial.isOpen) serial.close(() => undefined);
    // A port that opens after all, once its deadline has passed, must not stay open.
    else serial.once('open', () => serial.close(() => undefined));
    throw error;
  }
  serial.on('data', (chunk: Buffer) => {
    if (isOurs) listener.data(chunk);
  });
  let unwritten = 0;
  const write = async (bytes: Uint8Array) => {
    if (unwritten >= MOST_UNWRITTEN) {
      throw new SogliaError('time/out', `writing to ${path}: it takes nothing`);
    }
    unwritten += 1;
    const work = new Promise<void>((resolve, reject) => {
      serial.write(bytes, undefined, (error) => {
        unwritten -= 1;
        if (error) reject(error);
        else resolve();
      });
    });
    await within(work, WRITTEN_WITHIN_MS, `writing to ${path}`);
  };
  return { write, close };
};

async function answered(
  what: string,
  begin: (done: (error: Error | null) => void) => void,
): Promise<void> {
  const work = new Promise<void>((resolve, reject) => {
    begin((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  await within(work, ANSWER_WITHIN_MS, what);
}
