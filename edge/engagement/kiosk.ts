import { liveGrants } from '../../kernel/domain/consent.ts';
import { isSeenBySomebody, type Onlooker } from '../../kernel/domain/exposure.ts';
import type {
  DecisionId,
  EpochMs,
  Gtin,
  Language,
  Pseudonym,
  SessionId,
  ZoneId,
} from '../../kernel/domain/ids.ts';
import type { Presences } from '../../kernel/domain/presence.ts';
import type { Surface } from '../../kernel/domain/offer.ts';
import { mayShow } from '../../kernel/domain/recognition.ts';
import {
  NOBODY,
  type Session,
  type SessionEvent,
  type SessionTiming,
  stepSession,
} from '../../kernel/domain/session.ts';
import type { Challenge, KioskNote, KioskState } from '../../kernel/protocol/kiosk-events.ts';
import type { StationConfiguration } from '../../node/configuration.ts';
import type { Cohort } from '../consent/cohort.ts';
import type { Ids } from '../ids.ts';
import type { Catalogue } from '../offers/catalogue.ts';
import type { DecidedCards, Decisions, Holder } from '../offers/decisions.ts';

export interface KioskParts {
  readonly catalogue: Catalogue;
  readonly decisions: Decisions;
  readonly cohort: Pick<Cohort, 'row' | 'lease'>;
  readonly ids: Ids;
  readonly timing: SessionTiming;
  readonly languages: readonly Language[];
  readonly simulated: boolean;
  /** A fresh challenge for this station. */
  readonly challenge: () => Promise<Challenge>;
  /** The state is another one: to be sent. */
  readonly changed: () => void;
}
type Screen = KioskState['screen'];
type Personal = NonNullable<Extract<Screen, { kind: 'session' }>['personal']>;

const NOTE_MS = 8_000;
/** How long the offers for everybody stand before they are asked for again. */
const FRESH_MS = 60_000;
/** A hand on the attract screen after this long begins a look of its own, with exposures of its own. */
const NEW_LOOK_MS = 30_000;

interface Look {
  readonly offers: DecidedCards;
  readonly bundleVersion: number;
  readonly madeAt: EpochMs;
  /** When it was last found to say what a new one would. */
  readonly checkedAt: EpochMs;
}

/** For whom a decision was: everybody, a session's person, or one whose session is over. */
type Shown =
  | { readonly kind: 'anybody' | 'ended' | 'left' }
  | { readonly kind: 'person'; readonly sessionId: SessionId };
const MOST_SHOWN = 50;
/** What of a session's events is done by somebody who stands here. */
const ACTS: ReadonlySet<SessionEvent['kind']> = new Set(['touch', 'stay', 'credential-accepted']);

/** One kiosk: what it shows, and whose session it is. At most one, ever. */
export class Kiosk {
  readonly station: StationConfiguration;
  readonly #parts: KioskParts;
  #state = NOBODY;
  #attract: Look | undefined;
  #mix: string | undefined;
  #prompt: { readonly look: Look; readonly challenge: Challenge } | undefined;
  #isPreparingPrompt = false;
  #session: { readonly offers: DecidedCards; readonly personal: Personal | undefined } | undefined;
  /** The decisions of late, the oldest first: an exposure of them says who was there to see it. */
  readonly #shown = new Map<DecisionId, Shown>();
  #lastActAt: EpochMs | undefined;
  #note: { readonly note: NonNullable<KioskState['note']>; readonly until: EpochMs } | undefined;

  constructor(station: StationConfiguration, parts: KioskParts) {
    this.station = station;
    this.#parts = parts;
  }

  get session(): Session | undefined {
    return this.#state.session;
  }

  /** What a phone may answer now. */
  get challenge(): Challenge | undefined {
    return this.session === undefined ? this.#prompt?.challenge : undefined;
  }

  /** What happened here. A wipe leaves nothing of the person. */
  step(event: SessionEvent, now: EpochMs): void {
    const before = this.#state;
    const { state, effects } = stepSession(before, event, now, this.#parts.timing);
    this.#state = state;
    for (const effect of effects) {
      if (effect.kind === 'wiped') {
        this.#wipe();
        this.#ended(effect.sessionId, effect.reason === 'left' ? 'left' : 'ended');
      } else this.#show(effect.session, now);
    }
    if (ACTS.has(event.kind)) this.#lastActAt = now;
    const isNewLook = event.kind === 'touch' && state.session === undefined && this.#newLook(now);
    if (state.near !== before.near || effects.length > 0) this.#followNear(now);
    const isExtended = state.session?.wipeAt !== before.session?.wipeAt;
    if (effects.length > 0 || isExtended || isNewLook) this.#parts.changed();
  }

  get near(): number {
    return this.#state.near;
  }

  /** Its offers anew: a coupon was used, a bundle came, or a price. */
  refresh(now: EpochMs): void {
    const { session } = this;
    this.#attract = undefined;
    if (this.#prompt !== undefined) this.#prompt = { ...this.#prompt, look: this.#look(now) };
    if (session !== undefined) this.#show(session, now);
    this.#parts.changed();
  }

  /** What leads for those present in this zone; undefined: as with nobody there. */
  lead(mix: string | undefined, now: EpochMs): void {
    if (mix === this.#mix) return;
    this.#mix = mix;
    this.#attract = undefined;
    if (this.#prompt !== undefined) this.#prompt = { ...this.#prompt, look: this.#look(now) };
    if (this.session === undefined) this.#parts.changed();
  }

  /** Time was set: what stood until some moment stands no longer. */
  timeSet(now: EpochMs): void {
    this.step({ kind: 'time-set' }, now);
    this.#wipe();
    this.#parts.changed();
  }

  note(content: KioskNote, now: EpochMs): void {
    const note = { noteId: this.#parts.ids.request(), untilMs: NOTE_MS, content };
    this.#note = { note, until: now + NOTE_MS };
    this.#parts.changed();
  }

  /** The offers beside a scanned product, for whoever stands here. */
  offersFor(gtin: Gtin, now: EpochMs): DecidedCards {
    return this.#decide('scan', this.session, now, gtin);
  }

  /** Who may be written down with what is done here: the session's person, with `personalise`. */
  knownPerson(now: EpochMs): Pseudonym | undefined {
    const holder = this.#holderOf(this.session, now);
    const isKnown = holder !== undefined && liveGrants(holder.row, now).has('personalise');
    return isKnown ? holder.row.pseudonym : undefined;
  }

  /** Whether somebody is there to see what the screen says was seen; of a decision that is not known here nobody can say no. */
  isSeen(decisionId: DecisionId, presences: Pick<Presences, 'of'>, now: EpochMs): boolean {
    const shown = this.#shown.get(decisionId);
    return shown === undefined || isSeenBySomebody(this.#onlooker(shown, presences), now);
  }

  #onlooker(shown: Shown, presences: Pick<Presences, 'of'>): Onlooker {
    switch (shown.kind) {
      case 'anybody':
        return { kind: 'anybody', near: this.near, lastActAt: this.#lastActAt };
      case 'person': {
        const { session } = this;
        if (session?.sessionId !== shown.sessionId) return { kind: 'ended' };
        const { lastActAt, pseudonym } = session;
        return { kind: 'person', lastActAt, presence: presences.of(pseudonym) };
      }
      case 'ended':
      case 'left':
        return { kind: shown.kind };
    }
  }

  #ended(sessionId: SessionId, kind: 'ended' | 'left'): void {
    this.#lastActAt = undefined;
    for (const [decisionId, shown] of this.#shown)
      if (shown.kind === 'person' && shown.sessionId === sessionId)
        this.#shown.set(decisionId, { kind });
  }

  /** The newest state, to be sent whole. */
  state(now: EpochMs): KioskState {
    const { catalogue, languages, simulated } = this.#parts;
    if (this.#note !== undefined && now >= this.#note.until) this.#note = undefined;
    const note = this.#note && { ...this.#note.note, untilMs: this.#note.until - now };
    return {
      storeName: catalogue.storeName,
      languages: [...languages],
      simulated,
      notice: catalogue.notice,
      screen: this.#screen(now),
      ...(note === undefined ? {} : { note }),
    };
  }

  #screen(now: EpochMs): Screen {
    const { session } = this;
    if (session !== undefined && this.#session !== undefined) {
      const { sessionId, language, evidence, warnAt, wipeAt } = session;
      const { offers, personal } = this.#session;
      return {
        kind: 'session',
        sessionId,
        language,
        evidence,
        offers,
        ...(personal === undefined ? {} : { personal }),
        warnAt,
        wipeAt,
        now,
      };
    }
    if (this.#prompt !== undefined) {
      const { look, challenge } = this.#prompt;
      return { kind: 'prompt', offers: look.offers, challenge };
    }
    return { kind: 'attract', offers: this.#attractOffers(now) };
  }

  /** For everybody; the same decision as long as it says the same, so that the journal has it once. */
  #attractOffers(now: EpochMs): DecidedCards {
    const look = this.#attract;
    const { version } = this.#parts.catalogue;
    if (look !== undefined && look.bundleVersion === version && now - look.checkedAt < FRESH_MS)
      return look.offers;
    if (look !== undefined && this.#saysTheSame(look, now)) {
      this.#attract = { ...look, checkedAt: now };
      return look.offers;
    }
    this.#attract = this.#look(now);
    return this.#attract.offers;
  }

  #saysTheSame(look: Look, now: EpochMs): boolean {
    if (look.bundleVersion !== this.#parts.catalogue.version) return false;
    const cards = this.#parts.decisions.preview(this.#contextFor('near', undefined), now);
    const ids = (list: DecidedCards['cards']) => list.map(({ offerId }) => offerId).join(' ');
    return ids([...cards]) === ids(look.offers.cards);
  }

  #newLook(now: EpochMs): boolean {
    if (this.#attract === undefined || now - this.#attract.madeAt < NEW_LOOK_MS) return false;
    this.#attract = undefined;
    return true;
  }

  #look(now: EpochMs): Look {
    const offers = this.#decide('near', undefined, now);
    return { offers, bundleVersion: this.#parts.catalogue.version, madeAt: now, checkedAt: now };
  }

  #show(session: Session, now: EpochMs): void {
    const offers = this.#decide('session', session, now);
    this.#session = { offers, personal: this.#personalOf(session, now) };
    this.#prompt = undefined;
  }

  #wipe(): void {
    this.#session = undefined;
    this.#note = undefined;
    this.#attract = undefined;
  }

  /** The prompt comes with somebody near and goes with the last of them; its challenge lives as long. */
  #followNear(now: EpochMs): void {
    const isWanted = this.#state.near > 0 && this.session === undefined && this.station.touch;
    if (!isWanted) {
      if (this.#prompt === undefined) return;
      this.#prompt = undefined;
      this.#parts.changed(); // reads the state at once
      return;
    }
    if (this.#prompt !== undefined || this.#isPreparingPrompt) return;
    this.#isPreparingPrompt = true;
    void this.#parts
      .challenge()
      .then((challenge) => {
        const isStillWanted = this.#state.near > 0 && this.session === undefined;
        if (!isStillWanted) return;
        this.#prompt = { look: this.#look(now), challenge };
        this.#parts.changed();
      })
      .finally(() => {
        this.#isPreparingPrompt = false;
      });
  }

  #personalOf(session: Session, now: EpochMs): Personal | undefined {
    const holder = this.#holderOf(session, now);
    if (holder === undefined) return undefined;
    const { row } = holder;
    const grants = liveGrants(row, now);
    const may = mayShow(session.strength, session.evidence, this.#surface, grants);
    if (!may.points) return undefined;
    const isNamed = may.firstName && row.firstName !== undefined;
    return { points: row.points, ...(isNamed ? { firstName: row.firstName } : {}) };
  }

  #decide(
    moment: 'near' | 'session' | 'scan',
    session: Session | undefined,
    now: EpochMs,
    gtin?: Gtin,
  ): DecidedCards {
    const context = { ...this.#contextFor(moment, session), gtin };
    const holder = this.#holderOf(session, now);
    const decided = this.#parts.decisions.make(this.station.id, holder, context, now);
    const shown: Shown =
      session === undefined
        ? { kind: 'anybody' }
        : { kind: 'person', sessionId: session.sessionId };
    this.#shown.set(decided.decisionId, shown);
    const [oldest] = this.#shown.keys();
    if (this.#shown.size > MOST_SHOWN && oldest !== undefined) this.#shown.delete(oldest);
    return decided;
  }

  #contextFor(moment: 'near' | 'session' | 'scan', session: Session | undefined) {
    const zoneId: ZoneId | undefined = this.station.zone;
    const surface = this.#surface;
    if (session !== undefined) {
      const { strength, evidence } = session;
      return { moment, surface, zoneId, strength, evidence };
    }
    const strength = this.#state.near > 0 ? (2 as const) : (0 as const);
    const mix = moment === 'near' ? this.#mix : undefined;
    return { moment, surface, zoneId, strength, mix };
  }

  /** A screen nobody touches shows what is for everybody, and never a person's. */
  get #surface(): Surface {
    return this.station.touch ? 'kiosk' : 'public';
  }

  #holderOf(session: Session | undefined, now: EpochMs): Holder | undefined {
    const { cohort } = this.#parts;
    const row = session && cohort.row(session.pseudonym, now);
    return row === undefined || cohort.lease === undefined
      ? undefined
      : { row, lease: cohort.lease };
  }
}
