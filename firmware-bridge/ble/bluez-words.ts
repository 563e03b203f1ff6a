import { codeOf } from '../../kernel/errors.ts';
import type { PartTrouble } from '../../kernel/protocol/bridge-events.ts';
import type { PartState } from '../source.ts';

/** Longest reason that a health report carries. */
const LONGEST_REASON = 300;
export const NO_BLUEZ =
  'no BlueZ on the system bus: apt-get install bluez, then systemctl start bluetooth';

/** What a failure of the radio means and how to mend it, in words. */
export function radioTrouble(error: unknown, adapter: string): PartState {
  const [state, trouble, reason] = judged(error, adapter);
  return { state, trouble, reason: reason.slice(0, LONGEST_REASON) };
}

function judged(error: unknown, adapter: string): ['missing' | 'failing', PartTrouble, string] {
  const text = error instanceof Error ? error.message : String(error);
  switch (dbusErrorOf(error)) {
    case 'org.freedesktop.DBus.Error.ServiceUnknown':
    case 'org.freedesktop.DBus.Error.NameHasNoOwner':
    case 'org.freedesktop.DBus.Error.NoReply':
    case 'org.freedesktop.DBus.Error.Disconnected':
      return ['missing', 'no-bluetooth', NO_BLUEZ];
    case 'org.freedesktop.DBus.Error.UnknownObject':
      return ['missing', 'unplugged', `adapter ${adapter} went away: plug it in again`];
    case 'org.freedesktop.DBus.Error.AccessDenied':
    case 'org.bluez.Error.NotAuthorized':
    case 'org.bluez.Error.NotPermitted':
      return [
        'failing',
        'not-allowed',
        `this user may not use BlueZ: adduser USER bluetooth, then restart (${text})`,
      ];
    case 'org.bluez.Error.NotReady':
      return [
        'failing',
        'switched-off',
        `adapter ${adapter} is switched off: rfkill unblock bluetooth`,
      ];
    case 'org.bluez.Error.InProgress':
      return ['failing', 'stuck', `adapter ${adapter} is busy with another operation`];
    case 'org.bluez.Error.Blocked':
      return ['failing', 'switched-off', `adapter ${adapter} is blocked: rfkill unblock bluetooth`];
    case undefined:
      break;
    default:
      return ['failing', 'stuck', `BlueZ refused for adapter ${adapter}: ${text}`];
  }
  if (codeOf(error) === 'time/out') return ['failing', 'stuck', text];
  return ['missing', 'no-bluetooth', `no system bus: apt-get install dbus bluez (${text})`];
}

/** Why BlueZ could not be restarted, and how to let us. */
export function restartTrouble(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  switch (dbusErrorOf(error)) {
    case 'org.freedesktop.DBus.Error.ServiceUnknown':
    case 'org.freedesktop.DBus.Error.NameHasNoOwner':
    case 'org.freedesktop.DBus.Error.Spawn.ChildExited':
      return 'Bluetooth cannot be restarted without systemd: name radio.restartCommand';
    case 'org.freedesktop.DBus.Error.AccessDenied':
    case 'org.freedesktop.DBus.Error.InteractiveAuthorizationRequired':
    case 'org.freedesktop.PolicyKit1.Error.Failed':
      return 'this user may not restart Bluetooth: name radio.restartCommand, or allow it in polkit';
    default:
      return `Bluetooth could not be restarted: ${text}`;
  }
}

/** The D-Bus name of an error that the bus answered with: org.bluez.Error.NotReady. */
export function dbusErrorOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('type' in error)) return undefined;
  return typeof error.type === 'string' ? error.type : undefined;
}
