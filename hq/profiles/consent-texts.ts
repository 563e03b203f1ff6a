import { createHash } from 'node:crypto';
import { PURPOSES, type Purpose } from '../../kernel/domain/cohort.ts';
import type { ConsentText } from '../../kernel/protocol/phone-api.ts';
import { monthsOf } from '../publishing/notice.ts';

/** Grows when a word, a purpose or a number changes: a yes belongs to the text that was read. */
export const TEXT_VERSION = '2026-01';
export const LANGUAGES_SERVED = ['it', 'en'] as const;
type Served = (typeof LANGUAGES_SERVED)[number];

interface Words {
  readonly title: string;
  readonly body: string;
}

/**
 * The words that a person reads before saying yes or no (duty-2): who asks, what for, for how long, and that nothing
 * hangs on it.
 */
const words: Readonly<
  Record<Served, Readonly<Record<Purpose, (controller: string, months: number) => Words>>>
> = {
  it: {
    recognise: (controller, months) => ({
      title: 'Riconoscermi quando arrivo',
      body: `${controller} usa il segnale Bluetooth del tuo telefono per sapere che sei in negozio e invitarti al totem. Il codice trasmesso cambia ogni nove minuti circa e non mostra nulla di te. Le visite restano in negozio 7 giorni e da noi 12 mesi. Il tuo sì vale ${String(months)} mesi; lo ritiri quando vuoi, qui, con un tocco.`,
    }),
    personalise: (controller, months) => ({
      title: 'Scegliere offerte per me',
      body: `${controller} guarda i tuoi acquisti, le tue visite e i buoni che usi per scegliere le offerte da mostrarti (profilazione). I dati servono solo a questo e si conservano 12 mesi. Il tuo sì vale ${String(months)} mesi; lo ritiri quando vuoi, qui, con un tocco. Senza, continui ad avere punti e buoni uguali per tutti.`,
    }),
    market: (controller, months) => ({
      title: 'Scrivermi delle novità',
      body: `${controller} può mandarti messaggi su offerte e novità, al più uno a visita. Conserviamo lo storico degli invii 24 mesi. Il tuo sì vale ${String(months)} mesi; lo ritiri quando vuoi, qui, con un tocco.`,
    }),
    staff: (controller, months) => ({
      title: 'Farmi riconoscere dal personale',
      body: `Chi lavora da ${controller} può vedere sul proprio lettore che sei cliente e tre righe utili ad aiutarti. Ogni consultazione è registrata. Il tuo sì vale ${String(months)} mesi; lo ritiri quando vuoi, qui, con un tocco.`,
    }),
    'show-name': (controller, months) => ({
      title: 'Mostrare il mio nome al totem',
      body: `Quando ti fai riconoscere al totem con il telefono, ${controller} ti saluta con il tuo nome. Chi ti sta accanto può leggerlo. Il tuo sì vale ${String(months)} mesi; lo ritiri quando vuoi, qui, con un tocco.`,
    }),
  },
  en: {
    recognise: (controller, months) => ({
      title: 'Recognise me when I come in',
      body: `${controller} uses your phone’s Bluetooth signal to know that you are in the shop and to invite you to the kiosk. The code sent out changes about every nine minutes and shows nothing about you. Visits are kept 7 days in the shop and 12 months with us. Your yes lasts ${String(months)} months; take it back here whenever you like, with one tap.`,
    }),
    personalise: (controller, months) => ({
      title: 'Choose offers for me',
      body: `${controller} looks at what you buy, when you visit and which coupons you use, to choose the offers it shows you (profiling). The data serve this alone and are kept 12 months. Your yes lasts ${String(months)} months; take it back here whenever you like, with one tap. Without it you still get points, and the coupons that everybody gets.`,
    }),
    market: (controller, months) => ({
      title: 'Send me news',
      body: `${controller} may send you messages about offers and news, one per visit at most. The record of what was sent is kept 24 months. Your yes lasts ${String(months)} months; take it back here whenever you like, with one tap.`,
    }),
    staff: (controller, months) => ({
      title: 'Let the staff recognise me',
      body: `People working at ${controller} may see on their handheld that you are a customer, and three lines that help them to help you. Each look is recorded. Your yes lasts ${String(months)} months; take it back here whenever you like, with one tap.`,
    }),
    'show-name': (controller, months) => ({
      title: 'Show my name at the kiosk',
      body: `When you are recognised at the kiosk with your phone, ${controller} greets you by name. Whoever stands beside you can read it. Your yes lasts ${String(months)} months; take it back here whenever you like, with one tap.`,
    }),
  },
};

/** All five, in the order they are asked; in English where `language` has no words yet. */
export function textsFor(controller: string, language: string): readonly ConsentText[] {
  const served: Served = language === 'it' ? 'it' : 'en';
  return PURPOSES.map((purpose) => {
    const { title, body } = words[served][purpose](controller, monthsOf(purpose));
    const shown = { purpose, version: TEXT_VERSION, language: served, title, body };
    return { ...shown, sha256: hashOf(shown) };
  });
}

function hashOf({ purpose, version, language, title, body }: Omit<ConsentText, 'sha256'>): string {
  const text = `${purpose}\n${version}\n${language}\n${title}\n${body}`;
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
