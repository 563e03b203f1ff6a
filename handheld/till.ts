import { signal, type ReadonlySignal } from '@preact/signals';
import { uuidv7 } from 'uuidv7';
import {
  HandheldCheckOutcomeSchema,
  RedemptionAnswerSchema,
  VerdictSchema,
  type HandheldCheckOutcome,
  type HandheldState,
  type Refusal,
  type Verdict,
} from '../kernel/protocol/handheld-events.ts';
import { CommandRefused, CommandUnanswered, type EdgeSocket } from '../ui/edge-socket.ts';
import { sound } from '../ui/sound.ts';

/** What the page shows after a scan. */
export type Result =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly code: string }
  /** `checkId`: of the checked person whose coupon it was. */
  | { readonly kind: 'redeemed'; readonly checkId?: string | undefined }
  | (Extract<HandheldCheckOutcome, { kind: 'checked' }> & { readonly checkId: string })
  | {
      readonly kind: 'not-checked';
      readonly reason: Extract<HandheldCheckOutcome, { kind: 'refused' }>['reason'];
    }
  | { readonly kind: 'refused'; readonly reason: Refusal; readonly redeemedAt?: number | undefined }
  /** There is no line, so nothing was asked for: nothing was used. */
  | { readonly kind: 'not-now' }
  /** Asked for, but no answer came: the same request may be repeated. */
  | {
      readonly kind: 'unsure';
      readonly asked: 'scan' | 'redeem' | 'check';
      readonly again: () => void;
    };

export interface Till {
  readonly result: ReadonlySignal<Result>;
  scan(text: string): void;
  /** @param checkId - of the checked person whose coupon it is */
  redeem(code: string, checkId?: string): void;
  /** Staff looked who the member is. @param openAt - the kiosk that is to be theirs */
  check(checkId: string, openAt?: string): void;
  clear(): void;
}

const SCAN_DEADLINE_MS = 2_000;
const REDEEM_DEADLINE_MS = 4_000;
const CHECK_DEADLINE_MS = 4_000;

/** Scan, verdict, redemption. A redemption keeps its `requestId` until it has an answer, so it counts once. */
export function createTill(edge: EdgeSocket<HandheldState>): Till {
  const result = signal<Result>({ kind: 'nothing' });
  let turn = 0; // an answer to an older scan never replaces a newer one

  const scan = async (text: string) => {
    const mine = ++turn;
    if (!edge.connected.peek()) {
      show({ kind: 'not-now' });
      return;
    }
    result.value = { kind: 'asking' };
    try {
      const payload = { requestId: uuidv7(), text };
      const verdict = await edge.send('scan', payload, VerdictSchema, SCAN_DEADLINE_MS);
      if (mine === turn) show({ kind: 'verdict', verdict, code: text });
    } catch (error) {
      if (mine === turn) show(failed(error, 'scan', () => void scan(text)));
    }
  };
  const check = async (checkId: string, openAt: string | undefined, requestId: string) => {
    const mine = ++turn;
    if (!edge.connected.peek()) {
      show({ kind: 'not-now' });
      return;
    }
    result.value = { kind: 'asking' };
    try {
      const payload = { requestId, checkId, ...(openAt === undefined ? {} : { openAt }) };
      const outcome = await edge.send(
        'check',
        payload,
        HandheldCheckOutcomeSchema,
        CHECK_DEADLINE_MS,
      );
      if (mine !== turn) return;
      if (outcome.kind === 'checked') show({ ...outcome, checkId });
      else show({ kind: 'not-checked', reason: outcome.reason });
    } catch (error) {
      if (mine === turn) show(failed(error, 'check', () => void check(checkId, openAt, requestId)));
    }
  };
  const redeem = async (code: string, requestId: string, checkId: string | undefined) => {
    const mine = ++turn;
    if (!edge.connected.peek()) {
      show({ kind: 'not-now' });
      return;
    }
    result.value = { kind: 'asking' };
    try {
      const answer = await edge.send(
        'redeem',
        { requestId, code },
        RedemptionAnswerSchema,
        REDEEM_DEADLINE_MS,
      );
      if (mine !== turn) return;
      if (answer.kind === 'redeemed') show({ kind: 'redeemed', checkId });
      else show({ kind: 'refused', reason: answer.reason, redeemedAt: answer.redeemedAt });
    } catch (error) {
      if (mine === turn) show(failed(error, 'redeem', () => void redeem(code, requestId, checkId)));
    }
  };
  const show = (next: Result) => {
    result.value = next;
    sound(meaningOf(next));
  };
  return {
    result,
    scan: (text) => void scan(text),
    redeem: (code, checkId) => void redeem(code, uuidv7(), checkId),
    check: (checkId, openAt) => void check(checkId, openAt, uuidv7()),
    clear() {
      turn += 1;
      result.value = { kind: 'nothing' };
    },
  };
}

function failed(
  error: unknown,
  asked: Extract<Result, { kind: 'unsure' }>['asked'],
  again: () => void,
): Result {
  if (error instanceof CommandUnanswered) return { kind: 'unsure', asked, again };
  if (error instanceof CommandRefused) return { kind: 'not-now' };
  throw error;
}

/** Done, no, or look at it: the same three in colour, icon, words, sound and vibration. */
export function meaningOf(result: Result): 'yes' | 'no' | 'ask' {
  switch (result.kind) {
    case 'redeemed':
    case 'checked':
      return 'yes';
    case 'refused':
    case 'not-checked':
    case 'not-now':
      return 'no';
    case 'unsure':
    case 'nothing':
    case 'asking':
      return 'ask';
    case 'verdict':
      return meaningOfVerdict(result.verdict);
  }
}

function meaningOfVerdict(verdict: Verdict): 'yes' | 'no' | 'ask' {
  switch (verdict.kind) {
    case 'product':
    case 'member':
      return 'yes';
    case 'coupon':
      return verdict.refusal === undefined ? 'yes' : 'no';
    case 'points-follow':
    case 'unknown-product':
    case 'unknown-code':
      return 'ask';
    case 'misread':
      return 'no';
  }
}
