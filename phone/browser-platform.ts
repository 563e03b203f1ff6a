import { webCrypto } from '../ui/crypto.ts';
import type { PhonePlatform, PhoneStorage } from './sdk/platform.ts';

/** The SDK on a browser: WebCrypto, fetch, and whatever keeps the membership. */
export function browserPlatform(storage: PhoneStorage): PhonePlatform {
  return {
    crypto: webCrypto,
    now: () => Date.now(),
    storage,
    async send({ method, url, headers, body, deadlineMs }) {
      const response = await fetch(url, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        credentials: 'omit',
        signal: AbortSignal.timeout(deadlineMs),
      });
      return { status: response.status, text: await response.text() };
    },
  };
}
