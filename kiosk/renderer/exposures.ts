import { uuidv7 } from 'uuidv7';
import type { Exposure } from '../../kernel/protocol/kiosk-events.ts';
import { Seen } from './seen.ts';

interface Card {
  readonly decisionId: string;
  readonly offerId: string;
  visible: boolean;
}

/** Resolves once the edge has answered; rejects when it did not in time. `refused`: there is no use in repeating. */
type Report = (exposure: Exposure) => Promise<'recorded' | 'refused'>;

/** Cards that were drawn together are reported together. */
const TOGETHER_MS = 50;
const UNCOVERED_MS = 400;
const RETRY_MS = 2_000;
const TRIES = 20;

/**
 * Reports offers that somebody could really see: drawn, more than half inside the screen, nothing over its middle, on a
 * page that is not hidden, for a second without a break (expose-1). Each offer of a decision counts once on this page; a report that was not
 * answered is repeated under its `requestId`.
 */
export class Exposures {
  readonly #report: Report;
  readonly #counted: () => string | undefined;
  readonly #cards = new Map<Element, Card>();
  readonly #done = new Set<string>();
  readonly #seen = new Seen();
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
      this.look();
    };
  }

  /** To be called whenever something else than scrolling may have changed what counts. */
  look(): void {
    const decisionId = document.visibilityState === 'visible' ? this.#counted() : undefined;
    const inSight = new Map<string, Card>();
    let isCovered = false;
    for (const [element, card] of this.#cards) {
      if (card.decisionId !== decisionId || !card.visible) continue;
      const name = `${decisionId} ${card.offerId}`;
      if (this.#done.has(name)) continue;
      if (isUncovered(element)) inSight.set(name, card);
      else isCovered = true;
    }
    const now = performance.now();
    this.#seen.look(new Set(inSight.keys()), now);
    const names = this.#seen.longEnough(now);
    const cards = names.flatMap((name) => inSight.get(name) ?? []);
    if (decisionId !== undefined && cards.length > 0) {
      for (const name of names) this.#done.add(name);
      const offerIds = cards.map(({ offerId }) => offerId);
      void this.#deliver({ requestId: uuidv7(), decisionId, offerIds } as Exposure);
    }
    window.clearTimeout(this.#timer);
    const nextAt = this.#seen.nextAt(now);
    const waits = nextAt === undefined ? [] : [nextAt - now + TOGETHER_MS];
    if (isCovered) waits.push(UNCOVERED_MS); // nobody says when it is not any more
    if (waits.length > 0) this.#timer = window.setTimeout(() => this.look(), Math.min(...waits));
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

/** Whether no bar or sheet lies over its middle. */
function isUncovered(element: Element): boolean {
  const { left, top, width, height } = element.getBoundingClientRect();
  const onTop = document.elementFromPoint(left + width / 2, top + height / 2);
  return onTop !== null && element.contains(onTop);
}
