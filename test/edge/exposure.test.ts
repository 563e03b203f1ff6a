import { uuidv7 } from 'uuidv7';
import { expect, test, vi } from 'vitest';
import { aMember } from '../doubles/enrolled-member.ts';
import { HqForEdge } from '../doubles/hq-for-edge.ts';
import { TestMachine } from '../doubles/machine.ts';
import { aBundle } from '../doubles/shop-goods.ts';
import { anEdge, ask, type TestedKiosk } from '../support/edge.ts';
import { endLater } from '../support/endings.ts';
import { settled } from '../support/member-shop.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 40_000 }); // whole stores are opened here

/** A store with one member, whose time the test lets pass. */
async function aShop() {
  const hq = await new HqForEdge().open();
  endLater(() => hq.close());
  hq.lease();
  hq.publish(aBundle());
  const member = await aMember(hq.indexKey, { segments: ['wine'] });
  hq.say('cohort', { kind: 'row', row: member.row });
  const machine = new TestMachine();
  const enrolmentCode = hq.enrolmentCode('bottega');
  const more = { presence: { leaveAfterMs: 20_000 } };
  const edge = await anEdge({ hqUrl: hq.url, enrolmentCode, machine, more });
  await settled(edge, 1);
  const [kiosk, bridge] = [await edge.kiosk(), await edge.bridge()];
  return {
    ...{ edge, kiosk, bridge, member },
    pass: (seconds: number) => {
      machine.passHours(seconds / 3_600);
    },
    hear: async () => bridge.hear(await member.token(machine.now())),
  };
}
const seen = async (kiosk: TestedKiosk, { offers }: { offers: { decisionId: string } }) => {
  const answer = await kiosk.expose(offers.decisionId, ['bread']);
  return answer.ok ? answer.outcome.recorded : answer.code;
};
const uncertain = async (edge: { url: string }) =>
  until('somebody uncertain', 5_000, async () =>
    /presence_moments_total\{[^}]*uncertain[^}]*\} 1\n/.test(
      await (await fetch(`${edge.url}/metrics`)).text(),
    ),
  );

test('[expose-3] on a screen that nobody touches with nobody near nothing was seen', async () => {
  const { kiosk, pass } = await aShop();
  const attract = await kiosk.screen('attract');
  expect(await seen(kiosk, attract)).toBe(0);
  await ask(kiosk.socket, 'act', { requestId: uuidv7(), kind: 'touch' });
  pass(50);
  expect(await seen(kiosk, attract)).toBe(0);
  await ask(kiosk.socket, 'act', { requestId: uuidv7(), kind: 'touch' });
  const touched = await kiosk.screen('attract');
  expect(await seen(kiosk, touched)).toBe(1);
});

test('[expose-3] the prompt is seen while somebody is near', async () => {
  const { edge, kiosk, hear, pass } = await aShop();
  await kiosk.screen('attract');
  await hear();
  const prompt = await kiosk.screen('prompt');
  pass(16);
  await uncertain(edge);
  await kiosk.screen('attract');
  expect(await seen(kiosk, prompt)).toBe(0);
  await hear();
  expect(await seen(kiosk, await kiosk.screen('prompt'))).toBe(1);
});

test('[expose-2] a person’s offers were not seen while nobody can say where the person is', async () => {
  const { edge, kiosk, bridge, member, hear, pass } = await aShop();
  expect(await bridge.scan(member.card)).toBe('good');
  const session = await kiosk.screen('session');
  pass(1);
  await hear();
  pass(12);
  await uncertain(edge);
  expect(await seen(kiosk, session)).toBe(0);
  const stay = { requestId: uuidv7(), kind: 'stay', sessionId: session.sessionId };
  await ask(kiosk.socket, 'act', stay);
  expect(await seen(kiosk, session)).toBe(1);
});

test('[expose-2] what a session showed counts after its end, but not once the person had gone', async () => {
  const { kiosk, bridge, member, hear, pass } = await aShop();
  expect(await bridge.scan(member.card)).toBe('good');
  const first = await kiosk.screen('session');
  const leave = { requestId: uuidv7(), kind: 'leave', sessionId: first.sessionId };
  await ask(kiosk.socket, 'act', leave);
  await until('the end', 3_000, () => kiosk.state?.screen.kind !== 'session');
  expect(await seen(kiosk, first)).toBe(1);

  expect(await bridge.scan(member.card)).toBe('good');
  const second = await kiosk.screen('session');
  pass(1);
  await hear();
  pass(25);
  await until('the end', 3_000, () => kiosk.state?.screen.kind !== 'session');
  expect(await seen(kiosk, second)).toBe(0);
});
