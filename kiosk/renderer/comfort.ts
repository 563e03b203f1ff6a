import { signal } from '@preact/signals';

/** How the screen is read: kept while somebody uses it, as it was for the next. */
export const comfort = {
  text: signal(false),
  contrast: signal(false),
  reach: signal(false),
};
export type Comfort = keyof typeof comfort;

const attributes: Record<Comfort, readonly [name: string, value: string]> = {
  text: ['data-text', 'large'],
  contrast: ['data-contrast', 'more'],
  reach: ['data-reach', 'low'],
};

export function setComfort(which: Comfort, on: boolean): void {
  comfort[which].value = on;
  const [name, value] = attributes[which];
  if (on) document.documentElement.setAttribute(name, value);
  else document.documentElement.removeAttribute(name);
}

export function resetComfort(): void {
  setComfort('text', false);
  setComfort('contrast', false);
  setComfort('reach', false);
}
