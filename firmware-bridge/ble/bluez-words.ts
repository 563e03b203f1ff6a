import { codeOf } from '../../kernel/errors.ts';
import type { PartState } from '../source.ts';

/** Longest reason that a health report carries. */
const LONGEST_REASON = 300;
export const NO_BLUEZ =
  'no BlueZ on the system bus: apt-get install bluez, then systemctl start bluetooth';

/** What a failure of the radio means and how to mend it, in words. */
export function radioTrouble(error: unknown, adapter: string): PartState {
  const [state, reason] = judged(error, adapter);
  return { state, reason: reason.slice(0, LONGEST_REASON) };
}

function judged(error: unknown, adapter: string): ['missing' | 'failing', string] {
  const text = error instanceof Error ? error.message : String(error);
  switch (dbusErrorOf(error)) {
    case 'org.freedesktop.DBus.Error.ServiceUnknown':
    case 'org.freedesktop.DBus.Error.NameHasNoOwner':
    case 'org.freedesktop.DBus.Error.NoReply':
    case 'org.freedesktop.DBus.Error.Disconnected':
      return ['missing', NO_BLUEZ];
    case 'org.freedesktop.DBus.Error.UnknownObject':
      return ['missing', `adapter ${adapter} went away: plug it in again`];
    case 'org.freedesktop.DBus.Error.AccessDenied':
    case 'org.bluez.Error.NotAuthorized':
    case 'org.bluez.Error.NotPermitted':
      return [
        'failing',
        `this user may not use BlueZ: adduser USER bluetooth, then restart (${text})`,
      ];
    case 'org.bluez.Error.NotReady':
      return ['failing', `adapter ${adapter} is switched off: rfkill unblock bluetooth`];
    case 'org.bluez.Error.InProgress':
      return ['failing', `adapter ${adapter} is busy with another operation`];
    case 'org.bluez.Error.Blocked':
      return ['failing', `adapter ${adapter} is blocked: rfkill unblock bluetooth`];
    case undefined:
      break;
    default:
      return ['failing', `BlueZ refused for adapter ${adapter}: ${text}`];
  }
  if (codeOf(error) === 'time/out') return ['failing', text];
  return ['missing', `no system bus: apt-get install dbus bluez (${text})`];
}

/** The D-Bus name of an error that the bus answered with: org.bluez.Error.NotReady. */
export function dbusErrorOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('type' in error)) return undefined;
  return typeof error.type === 'string' ? error.type : undefined;
}
