import { describe, expect, test } from 'vitest';
import { genericOf, readGeneric, writeGeneric } from '../../../kiosk/renderer/generic.ts';
import { attractState, personalCards, sessionState } from '../../fixtures/kiosk-states.ts';
import { MemoryStorage } from '../../doubles/memory-storage.ts';

describe('what the kiosk keeps on its disk', () => {
  test('is made of attract screens only', () => {
    expect(genericOf(attractState())).toBeDefined();
    expect(genericOf(sessionState())).toBeUndefined();
  });

  test('never holds a coupon or a reason, even if a card for everybody should carry one', () => {
    const kept = JSON.stringify(genericOf(attractState(personalCards())));
    expect(kept).toContain('Barolo');
    expect(kept).not.toMatch(/SGK|couponCode|reason|Perché/);
  });

  test('comes back as it was, without offers that are over', () => {
    const storage = new MemoryStorage();
    const generic = genericOf(attractState())!;
    writeGeneric(storage, generic);
    expect(readGeneric(storage, Date.now())).toEqual(generic);
    const later = generic.cards[0]!.validUntil + 1;
    expect(readGeneric(storage, later)?.cards).toEqual([]);
  });

  test('is left out where it is damaged, and a full disk stops nothing', () => {
    const storage = new MemoryStorage();
    for (const damage of ['', '{', 'null', '7', '{"cards":[]}', '{"storeName":"B","cards":[{}]}']) {
      storage.setItem('soglia-generic-1', damage);
      expect(readGeneric(storage, 0), damage).toBeUndefined();
    }
    storage.isFull = true;
    expect(() => writeGeneric(storage, genericOf(attractState())!)).not.toThrow();
  });
});
