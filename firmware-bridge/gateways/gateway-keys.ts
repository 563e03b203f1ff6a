import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ReceiverIdSchema, type ReceiverId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { fromHex, toHex } from '../../kernel/hex.ts';
import { readIfPresent, writeAtomically } from '../../node/atomic-file.ts';
import { refuseOthers } from '../../node/key-file.ts';

const PASSWORD_BYTES = 20;
const FileSchema = z.record(ReceiverIdSchema, z.string().regex(/^[0-9a-f]{64}$/));
const NOBODY = Buffer.alloc(32);

/**
 * Which gateways have a password: a 0600 file with a hash of each. SHA-256 alone, since a password is 160 random bits
 * that nobody chose. The file is read again when it has changed, so that a password counts, and ends, at once.
 */
export class GatewayKeys {
  readonly #path: string;
  /** Which file was read: each change makes another. */
  #seen: string | undefined;
  #hashes: ReadonlyMap<string, Uint8Array> = new Map();

  /** @param folder - the bridge's data folder */
  constructor(folder: string) {
    this.#path = join(folder, 'gateways.json');
  }

  /** A new password for this gateway; one it had is good no more. Nobody can tell it again. */
  async add(gateway: ReceiverId): Promise<string> {
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    await this.#write({ ...(await this.#read()), [gateway]: hashOf(password).toString('hex') });
    return password;
  }

  /** @returns whether it had a password */
  async remove(gateway: ReceiverId): Promise<boolean> {
    const { [gateway]: had, ...others } = await this.#read();
    if (had !== undefined) await this.#write(others);
    return had !== undefined;
  }

  /** @throws {SogliaError} 'config/invalid' if others may read the file, or it is not ours */
  async has(gateway: string): Promise<boolean> {
    await this.#refresh();
    return this.#hashes.has(gateway);
  }

  /**
   * Another one for each password that it had; undefined where it has none. What was let in under one that is past has to go.
   * @throws {SogliaError} as `has`
   */
  async generation(gateway: string): Promise<string | undefined> {
    await this.#refresh();
    const hash = this.#hashes.get(gateway);
    return hash && toHex(hash);
  }

  /** @throws {SogliaError} as `has` */
  async isPassword(gateway: string, password: string | Uint8Array): Promise<boolean> {
    await this.#refresh();
    const wanted = this.#hashes.get(gateway);
    const isEqual = timingSafeEqual(hashOf(password), wanted ?? NOBODY);
    return isEqual && wanted !== undefined;
  }

  async #refresh(): Promise<void> {
    const found = await stat(this.#path).then(
      ({ ino, ctimeMs }) => `${String(ino)} ${String(ctimeMs)}`,
      () => undefined,
    );
    if (found !== undefined && found === this.#seen) return;
    const hashes = Object.entries(await this.#read());
    this.#hashes = new Map(hashes.map(([id, hex]) => [id, fromHex(hex) ?? NOBODY]));
    this.#seen = found;
  }

  async #read(): Promise<z.infer<typeof FileSchema>> {
    const text = await readIfPresent(this.#path);
    if (text === undefined) return {};
    await refuseOthers(this.#path);
    try {
      return FileSchema.parse(JSON.parse(text));
    } catch (cause) {
      const message = `${this.#path}: holds no passwords of gateways; remove it and add them anew`;
      throw new SogliaError('config/invalid', message, { cause });
    }
  }

  async #write(hashes: z.infer<typeof FileSchema>): Promise<void> {
    await writeAtomically(this.#path, `${JSON.stringify(hashes, null, 2)}\n`);
  }
}

function hashOf(password: string | Uint8Array): Buffer {
  return createHash('sha256').update(password).digest();
}
