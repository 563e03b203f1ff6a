import { gs1DataMatrix } from './gs1-data-matrix.ts';
import type { UiTranslate } from './i18n.ts';
import { pathOf, Qr } from './qr.tsx';
import { typedCode } from './wording.ts';

interface CouponCodeProps {
  /** Ours, or a GCN as `(255)` and its digits. */
  readonly code: string;
  readonly title: string;
  readonly t: UiTranslate;
}

/** A coupon to be scanned at a till, and below it what a person types where the scanner fails. */
export function CouponCode({ code, title, t }: CouponCodeProps) {
  const label = t('offer.coupon-label', { title });
  const number = /^\(255\)(\d+)$/.exec(code)?.[1];
  const modules = number === undefined ? undefined : gs1DataMatrix(`255${number}`);
  return (
    <figure class="coupon-code">
      {modules === undefined ? (
        <Qr text={code} label={label} />
      ) : (
        <DataMatrix modules={modules} label={label} />
      )}
      <figcaption class="coupon-typed">{typedCode(code)}</figcaption>
    </figure>
  );
}

/** Twice the quiet zone that the symbology asks for: what surrounds it on a screen is seldom white. */
const QUIET = 2;

function DataMatrix({ modules, label }: { readonly modules: boolean[][]; readonly label: string }) {
  const size = modules.length + 2 * QUIET;
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={pathOf(modules, QUIET)} fill="currentColor" shape-rendering="crispEdges" />
    </svg>
  );
}
