import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { EID_LENGTH, encodeEddystoneEid } from '../../kernel/adverts/eddystone-eid.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { toHex } from '../../kernel/hex.ts';
import { JoinMadeSchema } from '../../kernel/protocol/console-api.ts';
import type { Configuration } from '../../node/configuration.ts';
import { askOperator } from '../../node/operator-client.ts';
import { consentTexts, join, openPhone } from '../../phone/sdk/phone.ts';
import { filePhone } from '../../simulator/file-phone.ts';

/** A token changes every 512 s; the store knows the one before, the present and the next. */
const WINDOW_MS = 512_000;
const TX_POWER_DBM = -18;

export interface TestCredential {
  /** What the store knows it by now, hex. */
  readonly token: string;
  /** Service data of 0xFEAA for whatever advertises it, hex. */
  readonly serviceData: string;
  /** Until when the store knows what is in `serviceData`. */
  readonly until: number;
}

/**
 * Joins head office as a phone whose person is marked *test* and agrees to be recognised, and keeps it in a file (0600).
 * @param how - head office's operator socket, or the token of an invitation "for testing" made in its console
 * @throws {SogliaError} 'request/invalid' where the file is a phone already; what head office answers
 */
export async function makeTestCredential(
  file: string,
  { hq, store }: Pick<Configuration, 'hq' | 'store'>,
  how: { readonly operatorSocket: string } | { readonly joinToken: string },
): Promise<{ readonly cardNumber: string }> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const platform = filePhone(file);
  if ((await openPhone(platform)) !== undefined)
    throw new SogliaError('request/invalid', `${file}: there is a credential already`);
  const joinToken = 'joinToken' in how ? how.joinToken : await invitation(how.operatorSocket);
  const phone = await join(platform, { hqUrl: hq.url, joinToken, language: 'en' });
  for (const text of await consentTexts(platform, hq.url, 'en'))
    if (text.purpose === 'recognise') await phone.consent(text, true);
  return { cardNumber: phone.cardNumber };

  async function invitation(operatorSocket: string): Promise<string> {
    const body = { storeIds: [store.id], segments: [], test: true };
    const request = { method: 'POST', path: '/v1/joins', body } as const;
    return (await askOperator(operatorSocket, JoinMadeSchema, request)).joinToken;
  }
}

/** @throws {SogliaError} 'request/not-found' where the file is none */
export async function openTestCredential(file: string, now: number): Promise<TestCredential> {
  const tokenAt = async (at: number) => {
    const phone = await openPhone(filePhone(file, () => at));
    if (phone === undefined)
      throw new SogliaError(
        'request/not-found',
        `${file}: no credential there; make one: soglia walk credential`,
      );
    return phone.currentToken();
  };
  // The next token serves longest: until the window after its own ends.
  const eid = await tokenAt(now + WINDOW_MS);
  return {
    token: toHex(await tokenAt(now)),
    serviceData: toHex(encodeEddystoneEid({ txPowerDbm: TX_POWER_DBM, eid }).slice(-EID_LENGTH)),
    until: (Math.floor(now / WINDOW_MS) + 3) * WINDOW_MS,
  };
}
