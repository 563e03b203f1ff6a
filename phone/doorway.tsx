import type { Opening } from '../ui/threshold.tsx';

/** The threshold as a picture, where a page has few words. It says nothing that the words do not say. */
export function Doorway({ opening }: { readonly opening: Opening }) {
  return (
    <svg class="doorway" data-opening={opening} viewBox="0 0 240 200" aria-hidden="true">
      <path class="doorway-light" d="M84 172h72l44 28H40z" />
      <path class="doorway-inside" d="M80 172V72a40 40 0 0 1 80 0v100z" />
      <path class="doorway-leaf" d="M80 172V72a40 40 0 0 1 80 0v100z" />
      <path class="doorway-line" d="M8 172h72V72a40 40 0 0 1 80 0v100h72" />
    </svg>
  );
}
