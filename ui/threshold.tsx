/** How far the line at the top has opened: nobody known, somebody near, somebody recognised. */
export type Opening = 'closed' | 'ajar' | 'open';

/** The motif of every screen. It carries no meaning that words do not also carry. */
export function Threshold({ opening }: { readonly opening: Opening }) {
  return (
    <div class="threshold" data-opening={opening} aria-hidden="true">
      <span />
      <span />
    </div>
  );
}
