import { SSI } from './ssi.ts';
import type { SsiCommand } from './ssi-session.ts';

/** What a scanner says to the hand that holds it. */
export type FeedbackMeaning = 'good' | 'ask' | 'bad';
/** How a scanner is told to beep. `ssi` needs SSI as framing too. */
export const FEEDBACK_PROFILES = ['none', 'esc-honeywell', 'esc-datalogic', 'ssi'] as const;
export type FeedbackProfile = (typeof FEEDBACK_PROFILES)[number];

/**
 * As text, ESC before each. Honeywell: 7 and 8 are a good and a bad communication to the host, 5 one beep. Source: Hand Held
 * Products 2020/5620 User's Guide, Host Escape Commands. Datalogic: 6 and 7 the green light on and off, 3 good read, 4 bad
 * transmission, 0 high, 1 low, 5 a wait of 100 ms; 8 and 9 are another light on each model. Source: QuickScan I QD2400 Product
 * Reference Guide, LED and Beeper Control.
 */
const SEQUENCES: Readonly<
  Record<'esc-honeywell' | 'esc-datalogic', Record<FeedbackMeaning, readonly string[]>>
> = {
  'esc-honeywell': { good: ['7'], ask: ['5', '5'], bad: ['8'] },
  'esc-datalogic': {
    good: ['[6q', '[3q', '[7q'],
    ask: ['[0q', '[5q', '[1q'],
    bad: ['[4q'],
  },
};

/** The bytes for a scanner that takes escape sequences. */
export function escapeFeedback(
  profile: 'esc-honeywell' | 'esc-datalogic',
  meaning: FeedbackMeaning,
): Uint8Array {
  const text = SEQUENCES[profile][meaning].map((sequence) => `\x1b${sequence}`).join('');
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const DECODE_LED = 0x01;
/** Source: Zebra, SSI Programmer's Guide, BEEP: 0x00 one short high, 0x01 two short high, 0x0F one long low. */
const BEEPS: Readonly<Record<FeedbackMeaning, number>> = { good: 0x00, ask: 0x01, bad: 0x0f };

/** The commands for an SSI scanner, in order; `listen` lets it scan, whoever forbade it before. */
export function ssiCommands(meaning: FeedbackMeaning | 'listen'): readonly SsiCommand[] {
  if (meaning === 'listen') return [{ opcode: SSI.scanEnable, data: [] }];
  const beep = { opcode: SSI.beep, data: [BEEPS[meaning]] };
  if (meaning !== 'good') return [beep];
  const light = (opcode: number) => ({ opcode, data: [DECODE_LED] });
  return [light(SSI.ledOn), beep, light(SSI.ledOff)];
}
