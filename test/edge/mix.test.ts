import { expect, test, vi } from 'vitest';
import type { GivenMember, Member } from '../doubles/enrolled-member.ts';
import { aMember } from '../doubles/enrolled-member.ts';
import { newId } from '../doubles/facts.ts';
import { HqForEdge } from '../doubles/hq-for-edge.ts';
import { aBundle, anOffer } from '../doubles/shop-goods.ts';
import { anEdge, CONFIGURATION, type TestedKiosk } from '../support/edge.ts';
import { endLater } from '../support/endings.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 40_000 }); // whole stores are opened here

/** By priority and id; what leads for those who like oil is the third. */
const USUAL = ['apples', 'bread', 'olives'];
const LED = ['olives', 'apples', 'bread'];
/** Of two categories this draw falls on fruit where nobody is heard, and on oil where five speak for it. */
const DRAW = 0.3;
const LIKES_OIL = { affinities: { oil: 1 } } as const satisfies GivenMember;

/** A store whose screen stands in the entrance, where all are heard. */
async function aScreen(touch: boolean, given: readonly GivenMember[]) {
  const hq = await new HqForEdge().open();
  endLater(() => hq.close());
  hq.lease();
  const offers = [
    anOffer('olives', { categories: ['oil'] }),
    anOffer('apples', { categories: ['fruit'] }),
    anOffer('tests', { categories: ['pharmacy'], sensitive: true }),
  ];
  hq.publish(aBundle(1, offers));
  const members = await Promise.all(given.map((one) => aMember(hq.indexKey, one)));
  hq.say('cohort', ...members.map(({ row }) => ({ kind: 'row' as const, row })));
  const stations = CONFIGURATION.stations.map((station) => ({ ...station, touch }));
  const edge = await anEdge({
    hqUrl: hq.url,
    enrolmentCode: hq.enrolmentCode('bottega'),
    draw: () => DRAW,
    more: { stations },
  });
  await until('offers and members', 10_000, async () => {
    const text = await (await fetch(`${edge.url}/metrics`)).text();
    const members = `soglia_cohort_members ${String(given.length)}\n`;
    return text.includes(members) && /bundle_version 1\n/.test(text);
  });
  const kiosk = await edge.kiosk();
  const bridge = await edge.bridge();
  return {
    hq,
    kiosk,
    members: members as readonly Member[],
    hear: async (who: readonly Member[]) => {
      const tokens = await Promise.all(who.map((member) => member.token(Date.now())));
      expect(await bridge.hear(...tokens)).toMatchObject({ ok: true });
    },
  };
}
function shownAt(kiosk: TestedKiosk): string | undefined {
  return kiosk.state?.screen.offers.cards.map(({ offerId }) => offerId).join(' ');
}
const shown = (kiosk: TestedKiosk, order: readonly string[]) =>
  until(`the order ${order.join(' ')}`, 5_000, () => shownAt(kiosk) === order.join(' '));
/** What the store had to tell this screen has come: an answer on the same line comes behind it. */
const toldAll = (kiosk: TestedKiosk) => kiosk.expose(newId(), ['bread']);

test.each([
  ['public screen', false],
  ['kiosk', true],
])('[mix-1] [duty-26] a %s follows the mix of five, and of four nothing', async (_, touch) => {
  const { hq, kiosk, members, hear } = await aScreen(
    touch,
    Array.from({ length: 5 }, () => LIKES_OIL),
  );
  await shown(kiosk, USUAL);
  await hear(members.slice(0, 4));
  await toldAll(kiosk);
  expect(shownAt(kiosk)).toBe(USUAL.join(' '));
  await hear(members);
  await shown(kiosk, LED);
  expect(JSON.stringify(kiosk.state)).not.toContain(members[0]?.pseudonym);

  const [first] = members;
  const pseudonym = first!.pseudonym;
  hq.say('erase', { kind: 'withdrawn', pseudonym, purpose: 'personalise', at: Date.now() });
  await shown(kiosk, USUAL);
  await hear(members);
  await toldAll(kiosk);
  expect(shownAt(kiosk)).toBe(USUAL.join(' '));
});

test('[mix-1] whoever agreed to be recognised only, or not at all, is not one of the five', async () => {
  const { kiosk, members, hear } = await aScreen(false, [
    ...Array.from({ length: 4 }, () => LIKES_OIL),
    { ...LIKES_OIL, consents: ['recognise'] },
    { ...LIKES_OIL, consents: ['personalise'] },
  ]);
  await shown(kiosk, USUAL);
  await hear(members);
  await toldAll(kiosk);
  expect(shownAt(kiosk)).toBe(USUAL.join(' '));
});
