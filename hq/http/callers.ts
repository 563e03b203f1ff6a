import type { Request } from 'express';
import type { DeviceId, StoreId } from '../../kernel/domain/ids.ts';
import { StoreIdSchema } from '../../kernel/domain/ids.ts';
import type { EnrolmentAuthority, TokenHolder } from '../../node/enrolment-authority.ts';
import type { ConsoleAccess } from '../profiles/console-access.ts';

/** Whom HQ's routes are opened for. `operator` is whoever may open the operator socket's file. */
export type HqCaller =
  | { readonly kind: 'store'; readonly storeId: StoreId }
  | { readonly kind: 'phone'; readonly phoneId: DeviceId }
  | { readonly kind: 'console'; readonly sessionToken: string }
  | { readonly kind: 'operator' };

export const SESSION_COOKIE = 'soglia_console';

/** A device's bearer token, else the console's cookie. */
export function authenticator(authority: EnrolmentAuthority, access: ConsoleAccess) {
  return async (request: Request): Promise<HqCaller | undefined> => {
    const holder = authority.bearerOf(request.headers.authorization);
    if (holder !== undefined) return deviceCaller(holder);
    const sessionToken = sessionCookieOf(request.headers.cookie);
    if (sessionToken === undefined) return undefined;
    // Browsers name their origin in whatever changes something; the server refuses other origins before this.
    if (request.method !== 'GET' && request.headers.origin === undefined) return undefined;
    const until = await access.sessionUntil(sessionToken);
    return until === undefined ? undefined : { kind: 'console', sessionToken };
  };
}

function deviceCaller({ kind, name, deviceId }: TokenHolder): HqCaller | undefined {
  if (kind === 'phone') return { kind, phoneId: deviceId };
  const storeId = StoreIdSchema.safeParse(name);
  return kind === 'store' && storeId.success ? { kind, storeId: storeId.data } : undefined;
}

export function sessionCookieOf(header: string | undefined): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const [name, value] = pair.trim().split('=');
    if (name === SESSION_COOKIE && value !== undefined && /^[A-Za-z0-9_-]{22}$/.test(value))
      return value;
  }
  return undefined;
}
