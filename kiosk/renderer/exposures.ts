import { uuidv7 } from 'uuidv7';
import type { Exposure } from '../../kernel/protocol/kiosk-events.ts';

interface Card {
  readonly decisionId: string;
  readonly offerId: string;
  visible: boolean;
}

/** Resolves once the edge has answered; rejects when it did not in time. `refused`: there is no use in repeating. */
type Report = (exposure: Exposure) => Promise<'recorded' | 'refused'>;

const SETTLE_MS = 400;
const RETRY_MS = 2_000;
const TRIES = 20;

/**
 * Reports offers that somebody could really see: drawn, more than half inside the screen, on a page that is not
 * hidden, and still there 0.4 s later. Each offer of a decision counts once on this page; a report that was not
 * answered is repeated under its `requestId`.
 */
export class Exposures {
  readonly #report: Report;
  readonly #counted: () => string | undefined;
  readonly #cards = new Map<Element, Card>();
  readonly #done = new Set<string>();
  readonly #observer: IntersectionObserver;
  #timer: number | undefined;

  /** @param counted - the decision whose cards stand uncovered before somebody now, if any */
  constructor(report: Report, counted: () => string | undefined) {
    this.#report = report;
    this.#counted = counted;
    this.#observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const card = this.#cards.get(target);
          if (card !== undefined) card.visible = isIntersecting;
        }
        this.look();
      },
      { threshold: 0.5 },
    );
    document.addEventListener('visibilitychange', () => this.look());
  }

  /** @returns what to call when the card is taken away */
  watch(element: Element, decisionId: string, offerId: string): () => void {
    this.#cards.set(element, { decisionId, offerId, visible: false });
    this.#observer.observe(element);
    return () => {
      this.#observer.unobserve(element);
      this.#cards.delete(element);
    };
  }

  /** To be called whenever something else than scrolling may have changed what counts. */
  look(): void {
    this.#timer ??= window.setTimeout(() => {
      this.#timer = undefined;
      this.#collect();
    }, SETTLE_MS);
  }

  #collect(): void {
    const decisionId = this.#counted();
    if (decisionId === undefined || document.visibilityState !== 'visible') return;
    const offerIds = new Set<string>();
    for (const card of this.#cards.values()) {
      if (card.decisionId !== decisionId || !card.visible) continue;
      if (!this.#done.has(`${decisionId} ${card.offerId}`)) offerIds.add(card.offerId);
    }
    if (offerIds.size === 0) return;
    for (const offerId of offerIds) this.#done.add(`${decisionId} ${offerId}`);
    const exposure = { requestId: uuidv7(), decisionId, offerIds: [...offerIds] } as Exposure;
    void this.#deliver(exposure);
  }

  async #deliver(exposure: Exposure): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        await this.#report(exposure);
        return;
      } catch {
        await new Promise((resolve) => window.setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
