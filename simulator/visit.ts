import { setTimeout as pause } from 'node:timers/promises';
import { toHex } from '../kernel/hex.ts';
import type { ScannerId } from '../kernel/domain/ids.ts';
import type { SimulatedLine } from '../kernel/protocol/simulated-lines.ts';
import type { Phone } from '../phone/sdk/phone.ts';
import type { Shown, VisitStep } from './visit-plan.ts';

export interface VisitTools {
  readonly phone: Phone;
  readonly say: (line: SimulatedLine) => void;
  readonly signal: AbortSignal;
  /** 1: real time. */
  readonly speed: number;
}

/** Walks a planned visit in real time: the phone's own adverts, and codes held under a scanner. */
export async function walk(steps: readonly VisitStep[], tools: VisitTools): Promise<void> {
  let passedMs = 0;
  for (const step of steps) {
    const waitMs = (step.atMs - passedMs) / tools.speed;
    passedMs = step.atMs;
    if (waitMs > 0) await pause(waitMs, undefined, { signal: tools.signal });
    if (step.kind === 'heard') await beHeard(step, tools);
    else await scan(step.scannerId, step.shown, tools);
  }
}

async function beHeard(
  { receiverId, rssiDbm }: VisitStep & { kind: 'heard' },
  { phone, say }: VisitTools,
): Promise<void> {
  const payload = toHex(await phone.advert('android'));
  say({ kind: 'advert', receiverId, payload, rssiDbm });
}

async function scan(scannerId: ScannerId, shown: Shown, tools: VisitTools): Promise<void> {
  const text = await textOf(shown, tools.phone);
  if (text === undefined) return;
  const data = toHex(new TextEncoder().encode(`${text}\r\n`));
  tools.say({ kind: 'scan', scannerId, data });
}

async function textOf(shown: Shown, phone: Phone): Promise<string | undefined> {
  if (shown === 'card') return phone.cardNumber;
  if (shown === 'code') return phone.rotatingCode();
  if (shown !== 'coupon') return shown.gtin.slice(1); // a GTIN-13 as a scanner sends it
  try {
    const { coupons } = await phone.me();
    return coupons.find(({ redeemedAt }) => redeemedAt === undefined)?.code;
  } catch {
    return undefined; // HQ is away: the phone has nothing to show, as a real one without a line
  }
}
