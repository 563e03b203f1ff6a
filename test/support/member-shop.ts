import { aMember, type GivenMember, type Member } from '../doubles/enrolled-member.ts';
import { HqForEdge } from '../doubles/hq-for-edge.ts';
import { aBundle } from '../doubles/shop-goods.ts';
import { anEdge, type TestedEdge } from './edge.ts';
import { endLater } from './endings.ts';
import { until } from './until.ts';

/** A store with offers and these members, in step with HQ. */
export function aShop(...given: GivenMember[]) {
  return aShopWith({}, ...given);
}

/** @param more - parts of soglia.yaml */
export async function aShopWith(more: object, ...given: GivenMember[]) {
  const hq = await new HqForEdge().open();
  endLater(() => hq.close());
  hq.lease();
  hq.publish(aBundle());
  const members: Member[] = [];
  for (const one of given) members.push(await aMember(hq.indexKey, one));
  hq.say('cohort', ...members.map(({ row }) => ({ kind: 'row' as const, row })));
  const enrolmentCode = hq.enrolmentCode('bottega');
  const edge = await anEdge({ hqUrl: hq.url, enrolmentCode, more });
  await settled(edge, given.length);
  await until('the line to HQ', 5_000, () => hq.hasLine);
  return { hq, edge, members: members as [Member, ...Member[]] };
}

/** Waits until the store has offers and so many members. */
export async function settled(edge: TestedEdge, members: number): Promise<void> {
  await until('offers and members', 5_000, async () => {
    const text = await (await fetch(`${edge.url}/metrics`)).text();
    return text.includes(`soglia_cohort_members ${members}\n`) && /bundle_version [1-9]/.test(text);
  });
}
