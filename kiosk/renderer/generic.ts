import type { KioskState } from '../../kernel/protocol/kiosk-events.ts';

type Attract = Extract<KioskState['screen'], { kind: 'attract' }>;

/** What the screen may show to anybody, with or without the edge. Nothing in it concerns one person. */
export interface Generic {
  readonly storeName: string;
  readonly languages: readonly string[];
  readonly simulated: boolean;
  readonly notice: KioskState['notice'];
  readonly cards: readonly Attract['offers']['cards'][number][];
}

/** Undefined unless the state is one that everybody may see: only an attract screen is. */
export function genericOf(state: KioskState): Generic | undefined {
  if (state.screen.kind !== 'attract') return undefined;
  return {
    storeName: state.storeName,
    languages: state.languages,
    simulated: state.simulated,
    notice: state.notice,
    cards: state.screen.offers.cards.map(forEverybody),
  };
}

/** Names its fields, so that a field added for one person stays out until somebody decides otherwise. */
const forEverybody = ({ offerId, text, benefit, picture, validUntil }: Generic['cards'][number]) =>
  picture === undefined
    ? { offerId, text, benefit, validUntil }
    : { offerId, text, benefit, picture, validUntil };

/** The number grows with the shape, so that a newer page never reads an older one's. */
const KEY = 'soglia-generic-1';

/** What was shown to everybody last; offers that are over by `now` are left out. */
export function readGeneric(storage: Storage, now: number): Generic | undefined {
  try {
    const read: unknown = JSON.parse(storage.getItem(KEY) ?? 'null');
    if (!isGeneric(read)) return undefined;
    return { ...read, cards: read.cards.filter((card) => card.validUntil > now) };
  } catch {
    return undefined; // storage refused or what it held was not JSON
  }
}

/** A full or refused storage costs only the offers of the next start. */
export function writeGeneric(storage: Storage, generic: Generic): void {
  try {
    const text = JSON.stringify(generic);
    if (storage.getItem(KEY) !== text) storage.setItem(KEY, text);
  } catch {
    storage.removeItem(KEY);
  }
}

/**
 * This page alone writes here, and only what passed the schema, so this looks for damage, not for an enemy. The schema
 * itself would make the first paint wait for twice as much code.
 */
function isGeneric(value: unknown): value is Generic {
  if (!isRecord(value)) return false;
  const { storeName, languages, notice, cards } = value;
  return (
    typeof storeName === 'string' &&
    Array.isArray(languages) &&
    isRecord(notice) &&
    isRecord(notice['line']) &&
    typeof notice['url'] === 'string' &&
    Array.isArray(cards) &&
    cards.every(
      (card: unknown) =>
        isRecord(card) &&
        typeof card['offerId'] === 'string' &&
        isRecord(card['text']) &&
        isRecord(card['benefit']) &&
        typeof card['validUntil'] === 'number',
    )
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
