import type { EpochMs } from './ids.ts';
import type { Presence } from './presence.ts';

/** Who is before a screen when it says that offers were seen there, for all that anybody knows. */
export type Onlooker =
  /** Offers for everybody. `lastActAt`: of a hand or a scan; undefined: none since somebody's session ended. */
  | { readonly kind: 'anybody'; readonly near: number; readonly lastActAt: EpochMs | undefined }
  /** Offers of a session, of which `presence` says where the person is; undefined: nobody hears them. */
  | {
      readonly kind: 'person';
      readonly lastActAt: EpochMs;
      readonly presence:
        (Pick<Presence, 'lastHeardAt'> & { readonly isUncertain: boolean }) | undefined;
    }
  /** Offers of a session that ended by an act or idle: what was seen was seen before. */
  | { readonly kind: 'ended' }
  /** Offers of a session that ended because the person had gone. */
  | { readonly kind: 'left' };

/** A hand at the screen stands for somebody before it as long as this, as the page itself waits. */
const LOOKS_ON_MS = 45_000;

/** Whether somebody was there to see what a screen says was seen (expose-2, expose-3). */
export function isSeenBySomebody(onlooker: Onlooker, now: EpochMs): boolean {
  switch (onlooker.kind) {
    case 'anybody':
      if (onlooker.near > 0) return true;
      return onlooker.lastActAt !== undefined && now - onlooker.lastActAt <= LOOKS_ON_MS;
    case 'person': {
      const { presence, lastActAt } = onlooker;
      // Whoever acted after their phone fell silent is here: a phone may be off.
      return presence?.isUncertain !== true || lastActAt > presence.lastHeardAt;
    }
    case 'ended':
      return true;
    case 'left':
      return false;
  }
}
