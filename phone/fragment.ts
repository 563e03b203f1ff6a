import { StationIdSchema, StoreIdSchema } from '../kernel/domain/ids.ts';
import type { StationId, StoreId } from '../kernel/domain/ids.ts';
import { ChallengeSchema } from '../kernel/protocol/kiosk-events.ts';

/** What the page was opened for. The part behind `#` never reaches a server, so it may carry a one-time token. */
export type Errand =
  | { readonly kind: 'none' }
  | { readonly kind: 'join'; readonly joinToken: string }
  | {
      readonly kind: 'confirm';
      readonly storeId: StoreId;
      readonly stationId: StationId;
      readonly nonce: string;
      readonly matchCode: string;
    }
  /** Meant for us, but torn: a QR read in part, a link cut by a messenger. */
  | { readonly kind: 'unreadable'; readonly was: 'join' | 'confirm' };

/** @param fragment - `location.hash`, with or without its `#` */
export function errandOf(fragment: string): Errand {
  const text = fragment.replace(/^#/, '');
  if (text.startsWith('join=')) return joinErrand(text.slice('join='.length));
  if (text.startsWith('confirm=')) return confirmErrand(text.slice('confirm='.length));
  return { kind: 'none' };
}

function joinErrand(joinToken: string): Errand {
  return /^[A-Za-z0-9_-]{22,64}$/.test(joinToken)
    ? { kind: 'join', joinToken }
    : { kind: 'unreadable', was: 'join' };
}

function confirmErrand(text: string): Errand {
  const [store, station, nonce, matchCode, ...more] = text.split('.');
  const storeId = StoreIdSchema.safeParse(store);
  const stationId = StationIdSchema.safeParse(station);
  const challenge = ChallengeSchema.omit({ url: true }).safeParse({ nonce, matchCode });
  if (more.length > 0 || !storeId.success || !stationId.success || !challenge.success) {
    return { kind: 'unreadable', was: 'confirm' };
  }
  return {
    kind: 'confirm',
    storeId: storeId.data,
    stationId: stationId.data,
    ...challenge.data,
  };
}
