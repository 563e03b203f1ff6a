import { SogliaError } from '../kernel/errors.ts';
import { NoKeeping } from './keeping.ts';

/** What to tell a shopper when something did not work; the words are in the catalogue under `fault.*`. */
export type PhoneFault =
  'unreachable' | 'link-spent' | 'phone-unknown' | 'too-many' | 'clock' | 'browser' | 'other';

export function faultOf(error: unknown): PhoneFault {
  if (error instanceof NoKeeping) return 'browser';
  if (error instanceof DOMException && error.name === 'NotSupportedError') return 'browser';
  if (!(error instanceof SogliaError)) return 'other';
  switch (error.code) {
    case 'hq/unreachable':
    case 'store/stopping':
      return 'unreachable';
    case 'enrolment/refused':
      return 'link-spent';
    case 'device/unknown':
    case 'device/denied':
      return 'phone-unknown';
    case 'request/too-many':
    case 'store/busy':
      return 'too-many';
    case 'request/invalid':
      return /\bat:/.test(error.message) ? 'clock' : 'other'; // HQ names the instant of an act that is far off
    default:
      return 'other';
  }
}
