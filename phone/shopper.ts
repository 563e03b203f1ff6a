import { signal, type ReadonlySignal } from '@preact/signals';
import type { Purpose } from '../kernel/domain/cohort.ts';
import type { StationId, StoreId } from '../kernel/domain/ids.ts';
import type { ConsentText, PhoneView } from '../kernel/protocol/phone-api.ts';
import type { ConfirmationOutcome } from '../kernel/protocol/relay.ts';
import { faultOf, type PhoneFault } from './fault.ts';
import type { Keeping } from './keeping.ts';
import { consentTexts, join, openPhone, type Phone } from './sdk/phone.ts';
import type { PhonePlatform } from './sdk/platform.ts';

/** The membership as the pages see it: what is known now, and what may be done. */
export interface Shopper {
  /** Undefined until this phone has joined. */
  readonly phone: ReadonlySignal<Phone | undefined>;
  /** The last that HQ said; it stays when the line is lost. */
  readonly view: ReadonlySignal<PhoneView | undefined>;
  /** Why the last reading failed; card and code work all the same. */
  readonly trouble: ReadonlySignal<PhoneFault | undefined>;
  texts(language: string): Promise<readonly ConsentText[]>;
  join(joinToken: string, language: string, firstName: string | undefined): Promise<void>;
  /** Asks HQ again; never throws. */
  refresh(): Promise<void>;
  answer(text: ConsentText, given: boolean): Promise<void>;
  confirm(challenge: {
    readonly storeId: StoreId;
    readonly stationId: StationId;
    readonly nonce: string;
  }): Promise<ConfirmationOutcome>;
}

/** @throws {NoKeeping} where this browser keeps nothing */
export async function openShopper(
  platform: PhonePlatform,
  keeping: Keeping,
  hqUrl: string,
): Promise<Shopper> {
  const phone = signal(await openPhone(platform));
  const view = signal(phone.value === undefined ? undefined : await keeping.loadView());
  const trouble = signal<PhoneFault>();

  const keepView = async (next: PhoneView) => {
    view.value = next;
    trouble.value = undefined;
    await keeping.saveView(next);
  };
  const joined = (): Phone => {
    if (phone.value === undefined) throw new Error('this phone has not joined');
    return phone.value;
  };
  return {
    phone,
    view,
    trouble,
    texts: (language) => consentTexts(platform, hqUrl, language),
    async join(joinToken, language, firstName) {
      const named = firstName === undefined ? {} : { firstName };
      phone.value = await join(platform, { hqUrl, joinToken, language, ...named });
      view.value = undefined;
    },
    async refresh() {
      try {
        await keepView(await joined().me());
      } catch (error) {
        trouble.value = faultOf(error);
      }
    },
    async answer(text, given) {
      await keepView(await joined().consent(text, given));
    },
    confirm: (challenge) => joined().confirm(challenge),
  };
}

/** How a purpose stands by the last that HQ said: no word is a no. */
export function consentIn(view: PhoneView | undefined, purpose: Purpose) {
  return view?.consents.find((one) => one.purpose === purpose) ?? { purpose, given: false };
}
