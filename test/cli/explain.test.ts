import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withConsent } from '../../kernel/domain/consent.ts';
import { decide } from '../../kernel/domain/decision.ts';
import { EMPTY_LEDGER } from '../../kernel/domain/ledger.ts';
import { OfferIndex } from '../../kernel/domain/offer-index.ts';
import { aCoupon, aMember, anOffer, NOON } from '../doubles/members.ts';
import { startSoglia } from '../support/process.ts';
import { tempDir } from '../support/temp-dir.ts';

const SLOW = { timeout: 60_000 };
const offers = [
  anOffer('wine', { segments: ['wine'], priority: 90 }),
  anOffer('bread', { group: 'bakery', priority: 80 }),
  anOffer('rolls', { group: 'bakery', priority: 70 }),
  anOffer('coffee', {
    audience: {
      all: [
        { fact: 'points', atLeast: 100 },
        { fact: 'cart-minor', atLeast: 1_500 },
      ],
    },
  }),
  anOffer('oil', { redemption: 'leased' }),
  anOffer('late', { validFrom: NOON + 3_600_000 }),
  anOffer('leaving', { moments: ['leave'] }),
];
const row = { segments: ['wine'], points: 40, consents: ['personalise'] };
const asked = {
  bundle: { version: 7, offers, products: [] },
  ...{ moment: 'session', surface: 'kiosk', strength: 3, evidence: 'code' },
  ...{ at: NOON, timeZone: 'Europe/Rome', seed: 'a decision', row },
};

async function explained(input: unknown, ...args: string[]) {
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  const running = startSoglia(['explain', ...args], { input: text });
  const code = await running.ended(50_000);
  return { code, lines: running.output().trimEnd().split('\n') };
}

describe('soglia explain', () => {
  test('says who is shown what, and of each other candidate what it needs', SLOW, async () => {
    const subject = withConsent(
      aMember({ segments: ['wine'], points: 40, consents: ['personalise'] }),
      'personalise',
      { notAfter: NOON + 1 },
      NOON,
    );
    if (subject.kind === 'refused') throw new Error(subject.reason);
    const { canonical } = decide(
      new OfferIndex({ version: 7, offers, products: [] }),
      subject,
      {
        ...{ moment: 'session', surface: 'kiosk', strength: 3, evidence: 'code' },
        storeTime: { date: '2026-03-01', weekday: 7, minuteOfDay: 720 },
        ...{ usedCoupons: new Set(), seed: 'a decision' },
      },
      EMPTY_LEDGER,
      NOON,
    );
    expect(await explained(asked)).toEqual({
      code: 0,
      lines: [
        'Somebody with a yes to personal offers; session, kiosk, strength 3, code; 2026-03-01 12:00 Europe/Rome',
        'Shown:',
        '  1. wine (wine): Chosen for you, from your profile.',
        '  2. bread (bread): For everybody in the shop.',
        'Candidates that are not shown:',
        '  coffee (coffee) – not-in-audience: Its audience lacks: points at least 100 and cart worth at least €15.00.',
        '  late (late) – not-yet-valid: It holds only from 2026-03-01 13:00 on.',
        '  oil (oil) – no-coupon-held: It needs a coupon of this person, who holds none for it.',
        '  rolls (rolls) – group-taken: A better one of the group bakery is shown.',
        'For another moment, surface, zone or profile: 1 more; --offer ID says why.',
        `SHA-256 ${createHash('sha256').update(canonical).digest('hex')}`,
      ],
    });
  });

  test('says it in Italian, from a file, of an offer that is no candidate', SLOW, async () => {
    const file = join(tempDir(), 'asked.json');
    const iso = { ...asked, at: '2026-03-01T12:00:00+01:00', row: undefined, strength: 1 };
    writeFileSync(file, JSON.stringify(iso));
    const { code, lines } = await explained('', file, '--language', 'it', '--offer', 'wine');
    expect([code, ...lines.slice(0, 2)]).toEqual([
      0,
      'Nessuno in particolare; session, kiosk, forza 1, code; 2026-03-01 12:00 Europe/Rome',
      '  wine (wine) – strength-too-low: Il riconoscimento ha forza 1, e ne serve 3.',
    ]);
    expect(lines[2]).toMatch(/^SHA-256 [0-9a-f]{64}$/);
    expect(lines).toHaveLength(3);
  });

  test('takes a row as a store holds it, its coupons and what is counted', SLOW, async () => {
    const coupon = aCoupon('oil');
    const counted = anOffer('capped', { caps: { perStoreAndDay: 2 } });
    const { lines } = await explained(
      {
        ...asked,
        bundle: { offers: [...offers, counted] },
        row: { ...aMember({ coupons: [coupon] }) }, // without a yes
        usedCoupons: [coupon.couponId],
        ledger: { usesToday: { capped: 2 } },
      },
      '-',
    );
    expect(lines[0]).toMatch(/^Somebody without a yes to personal offers;/);
    expect(lines).toContain('  oil (oil) – coupon-used: The person’s coupon for it is used.');
    expect(lines).toContain(
      '  capped (capped) – cap-of-day: It was given 2 times here today, the most of a day.',
    );
  });

  test('names the field and the reason of what it cannot read', SLOW, async () => {
    const wrong = { ...asked, surface: 'wall', at: 'soon', timeZone: 'Rome', mood: 'good' };
    const { code, lines } = await explained(wrong);
    expect(code).toBe(1);
    const [line] = lines;
    expect(line).toMatch(/^soglia: standard input: /);
    expect(line).toMatch(/surface: Invalid option: expected one of "public"/);
    expect(line).toMatch(/at: neither epoch ms nor an instant like/);
    expect(line).toMatch(/timeZone: not an IANA time zone like Europe\/Rome/);
    expect(line).toMatch(/Unrecognized key: "mood"/);
    const [cut, gone, none] = await Promise.all([
      explained('{"bundle":'),
      explained('', 'nowhere.json'),
      explained(asked, '--offer', 'cheese'),
    ]);
    expect(cut.lines[0]).toMatch(/^soglia: standard input: .*JSON.* \(request\/invalid\)$/);
    expect(gone.lines).toEqual(['soglia: nowhere.json: cannot be read (request/invalid)']);
    expect(none.lines).toEqual([
      'soglia: standard input: the bundle has no offer cheese (request/not-found)',
    ]);
  });
});
