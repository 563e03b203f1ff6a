import { describe, expect, test } from 'vitest';
import {
  type ConsentRecord,
  foldConsents,
  GRANT_LIFE_MS,
  liveGrants,
  plainCouponsOf,
  withConsent,
  withdraw,
} from '../../../kernel/domain/consent.ts';
import { aCoupon, aMember, NOON } from '../../doubles/members.ts';

const lease = { notAfter: NOON + 1_000 };
const record = (given: Partial<ConsentRecord>): ConsentRecord => ({
  purpose: 'personalise',
  given: true,
  textVersion: '1',
  at: NOON,
  hqRev: 1,
  verified: true,
  ...given,
});
const yes = record({ at: NOON, hqRev: 1 });
const no = record({ given: false, at: NOON + 10, hqRev: 2 });

describe('[duty-3] the state of a consent follows from its records', () => {
  test('a yes is a grant for 12 months, or 24 for messages', () => {
    const market = record({ purpose: 'market', hqRev: 2 });
    expect(foldConsents([yes, market])).toEqual([
      { purpose: 'market', grantedAt: NOON, expiresAt: NOON + 730 * 86_400_000, textVersion: '1' },
      {
        purpose: 'personalise',
        grantedAt: NOON,
        expiresAt: NOON + 365 * 86_400_000,
        textVersion: '1',
      },
    ]);
    expect(GRANT_LIFE_MS.personalise).toBe(365 * 86_400_000);
  });

  test('nothing said, or nothing that can be verified, is a no', () => {
    expect(foldConsents([])).toEqual([]);
    expect(foldConsents([record({ verified: false })])).toEqual([]);
  });

  test('an unverified no does not withdraw either', () => {
    expect(foldConsents([yes, { ...no, verified: false }])).toHaveLength(1);
  });

  test('a later no ends it, and a yes after that begins it anew', () => {
    expect(foldConsents([yes, no])).toEqual([]);
    const again = record({ at: NOON + 20, hqRev: 3, textVersion: '2' });
    expect(foldConsents([yes, no, again])).toMatchObject([
      { grantedAt: NOON + 20, textVersion: '2' },
    ]);
  });

  test('a no wins over a yes of the same number', () => {
    expect(foldConsents([record({ at: NOON + 50, hqRev: 2 }), no])).toEqual([]);
  });

  test('[duty-8] an older yes that arrives late does not undo a no', () => {
    expect(foldConsents([no, record({ at: NOON + 9, hqRev: 7 })])).toEqual([]);
  });

  test('[duty-1] each purpose stands for itself', () => {
    const market = record({ purpose: 'market', hqRev: 5 });
    expect(foldConsents([yes, market, no]).map(({ purpose }) => purpose)).toEqual(['market']);
  });
});

describe('[duty-4] the gate to a row', () => {
  const row = aMember({ consents: ['personalise'] });

  test('opens with a live grant in a live lease', () => {
    expect(withConsent(row, 'personalise', lease, NOON)).toEqual({ kind: 'consented', row });
  });

  test.each([
    ['no-grant', 'recognise', NOON],
    ['lease-over', 'personalise', NOON + 1_000],
  ] as const)('stays shut: %s', (reason, purpose, now) => {
    expect(withConsent(row, purpose, lease, now)).toEqual({ kind: 'refused', reason });
  });

  test('stays shut from the instant on at which the grant ends', () => {
    const grants = [{ ...row.grants[0]!, expiresAt: NOON }];
    expect(withConsent({ ...row, grants }, 'personalise', lease, NOON - 1).kind).toBe('consented');
    expect(withConsent({ ...row, grants }, 'personalise', lease, NOON)).toEqual({
      kind: 'refused',
      reason: 'expired',
    });
    expect(liveGrants({ grants }, NOON)).toEqual(new Set());
  });

  test('without any consent an own act gives the coupons and nothing else', () => {
    const coupons = [aCoupon('bread')];
    const member = aMember({ coupons, segments: ['wine'], firstName: 'Socia' });
    const holder = plainCouponsOf(member, lease, NOON);
    expect(holder).toEqual({ kind: 'plain', rowVersion: 1, coupons });
    expect(plainCouponsOf(member, lease, lease.notAfter).kind).toBe('refused');
  });
});

test('[duty-6] withdrawing takes one grant away, and with show-name the name', () => {
  const row = aMember({ consents: ['personalise', 'show-name'], firstName: 'Socia' });
  const anonymous = withdraw(row, 'show-name');
  expect(anonymous.grants.map(({ purpose }) => purpose)).toEqual(['personalise']);
  expect('firstName' in anonymous).toBe(false);
  expect(withdraw(row, 'personalise').firstName).toBe('Socia');
  expect(row.firstName).toBe('Socia');
});
