import { ScanBarcode } from 'lucide-preact';

/** Says that the scanner beside the screen is there, and what for. */
export function ScanHint({ text }: { readonly text: string }) {
  return (
    <p class="scan-hint">
      <ScanBarcode aria-hidden="true" />
      <span>{text}</span>
    </p>
  );
}
