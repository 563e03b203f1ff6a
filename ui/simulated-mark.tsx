import type { UiTranslate } from './i18n.ts';

/** Says on every screen that people or devices are made by the simulator. */
export function SimulatedMark({ t }: { readonly t: UiTranslate }) {
  return <p class="simulated-mark">{t('ui.simulated')}</p>;
}
