import { describe, expect, test } from 'vitest';
import type { KioskNote } from '../../../kernel/protocol/kiosk-events.ts';
import { genericOf } from '../../../kiosk/renderer/generic.ts';
import { countedDecision, viewOf } from '../../../kiosk/renderer/view.ts';
import {
  attractState,
  productNote,
  promptState,
  sessionState,
} from '../../fixtures/kiosk-states.ts';

const attract = attractState();
const generic = genericOf(attract);
const nobody = { generic, touched: false, ended: undefined };

describe('the screen', () => {
  test('without the edge shows what is for everybody, and nothing where nothing is known', () => {
    const away = viewOf({ ...nobody, state: undefined });
    expect(away).toEqual({ kind: 'attract', cards: generic?.cards });
    expect(viewOf({ ...nobody, generic: undefined, state: undefined })).toEqual({
      kind: 'attract',
      cards: [],
    });
  });

  test('does not draw a session again that it has ended itself', () => {
    const state = sessionState();
    expect(viewOf({ ...nobody, state }).kind).toBe('session');
    const ended = state.screen.kind === 'session' ? state.screen.sessionId : undefined;
    expect(viewOf({ ...nobody, state, ended }).kind).toBe('attract');
  });

  test('counts what somebody may see: not the attract loop, not what a note covers', () => {
    const unknown: KioskNote = { kind: 'unknown-code' };
    const session = viewOf({ ...nobody, state: sessionState() });
    expect(countedDecision(viewOf({ ...nobody, state: attract }), undefined)).toBeUndefined();
    expect(
      countedDecision(viewOf({ ...nobody, state: attract, touched: true }), undefined),
    ).toBeDefined();
    expect(countedDecision(viewOf({ ...nobody, state: promptState() }), undefined)).toBeDefined();
    expect(countedDecision(session, undefined)).toBeDefined();
    expect(countedDecision(session, unknown)).toBeUndefined();
    const product = productNote();
    expect(countedDecision(session, product)).toBe(
      product.kind === 'product' ? product.offers.decisionId : '',
    );
    const away = viewOf({ ...nobody, state: undefined, touched: true });
    expect(countedDecision(away, undefined)).toBeUndefined();
  });
});
