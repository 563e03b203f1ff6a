import type { Purpose } from '../../kernel/domain/cohort.ts';
import { PURPOSES } from '../../kernel/domain/cohort.ts';
import { monthsOf } from './notice.ts';

/** What is told beside the purposes, and the words around them. */
interface Words {
  readonly heading: string;
  readonly who: (controller: string) => string;
  readonly strangers: string;
  readonly purposesHeading: string;
  readonly purposes: Readonly<Record<Purpose, string>>;
  readonly months: (count: number) => string;
  readonly keptHeading: string;
  readonly kept: readonly string[];
  readonly rightsHeading: string;
  readonly rights: readonly string[];
}

const words: Readonly<Record<'it' | 'en', Words>> = {
  it: {
    heading: 'Come trattiamo i tuoi dati',
    who: (controller) => `Titolare del trattamento: ${controller}.`,
    strangers:
      'Se non hai detto sì, non ti riconosciamo: di chi passa non conserviamo nulla, nemmeno un numero.',
    purposesHeading: 'A che cosa puoi dire sì, ogni voce per conto suo',
    purposes: {
      recognise: 'Riconoscerti quando arrivi, dal segnale Bluetooth del tuo telefono.',
      personalise: 'Scegliere offerte per te da acquisti, visite e buoni usati (profilazione).',
      market: 'Scriverti di offerte e novità.',
      staff: 'Far sapere a chi lavora qui che sei cliente.',
      'show-name': 'Mostrare il tuo nome al totem.',
    },
    months: (count) => `Il sì vale ${String(count)} mesi.`,
    keptHeading: 'Quanto conserviamo',
    kept: [
      'Visite: 7 giorni in negozio, 12 mesi da noi.',
      'Storico di messaggi e buoni: 24 mesi al più.',
      'Prova del consenso: 5 anni dopo il ritiro, senza dati sui tuoi acquisti.',
      'I segnali Bluetooth grezzi non vengono mai salvati.',
    ],
    rightsHeading: 'Che cosa puoi fare',
    rights: [
      'Ritirare un sì quando vuoi, con un tocco, nella pagina del telefono o al totem: vale subito.',
      'Chiedere al personale una copia dei tuoi dati, di correggerli o di cancellarli.',
      'Usare la carta e i buoni per tutti senza dire nessun sì.',
      'Rivolgerti al Garante per la protezione dei dati personali (garanteprivacy.it).',
    ],
  },
  en: {
    heading: 'What we do with your data',
    who: (controller) => `Controller: ${controller}.`,
    strangers:
      'If you have not said yes, we do not recognise you: of passers-by we keep nothing, not even a number.',
    purposesHeading: 'What you can say yes to, each for itself',
    purposes: {
      recognise: 'Recognising you when you come in, by your phone’s Bluetooth signal.',
      personalise: 'Choosing offers for you from purchases, visits and coupons used (profiling).',
      market: 'Writing to you about offers and news.',
      staff: 'Letting the people who work here know that you are a customer.',
      'show-name': 'Showing your name at the kiosk.',
    },
    months: (count) => `The yes lasts ${String(count)} months.`,
    keptHeading: 'How long we keep what',
    kept: [
      'Visits: 7 days in the shop, 12 months with us.',
      'The record of messages and coupons: 24 months at most.',
      'Proof of consent: 5 years after it was taken back, without anything about your purchases.',
      'Raw Bluetooth signals are never stored.',
    ],
    rightsHeading: 'What you can do',
    rights: [
      'Take a yes back whenever you like, with one tap, on your phone’s page or at the kiosk: it counts at once.',
      'Ask the staff for a copy of your data, or to have them corrected or erased.',
      'Use your card and the coupons for everybody without saying yes to anything.',
      'Turn to the Italian data protection authority (garanteprivacy.it).',
    ],
  },
};

export const NOTICE_STYLE_PATH = '/privacy.css';

/** The full notice behind the QR of the attract screen (duty-9): both languages, no script. */
export function noticePage(controller: string): string {
  const sections = (['it', 'en'] as const).map((language) => section(language, controller));
  return `<!doctype html>
<html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.it.heading} · ${words.en.heading}</title><link rel="stylesheet" href="${NOTICE_STYLE_PATH}"></head>
<body><main>${sections.join('<hr>')}</main></body></html>
`;
}

export const noticeStyle = `body { margin: 0; background: #fffdf8; color: #1d1b16; font: 1.125rem/1.6 system-ui, sans-serif; }
main { max-width: 40rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2rem; }
hr { margin: 3rem 0; border: 0; border-top: 2px solid currentColor; } li { margin: 0.5rem 0; }
`;

function section(language: 'it' | 'en', controller: string): string {
  const say = words[language];
  const purposes = PURPOSES.map(
    (purpose) => `${say.purposes[purpose]} ${say.months(monthsOf(purpose))}`,
  );
  return `<section lang="${language}"><h1>${say.heading}</h1><p>${escaped(say.who(controller))}</p><p>${say.strangers}</p>
<h2>${say.purposesHeading}</h2>${list(purposes)}<h2>${say.keptHeading}</h2>${list(say.kept)}
<h2>${say.rightsHeading}</h2>${list(say.rights)}</section>`;
}

const list = (items: readonly string[]) =>
  `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;

/** The one text here that somebody typed. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
