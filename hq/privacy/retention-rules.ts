/** How long head office keeps what, in months: defaults of the Garante, 24 February 2005 (web 1103045). */
export const RETENTION_MONTHS = {
  /** Details of what a person did: visits, what was shown, what was scanned (duty-14). */
  profiling: 12,
  /** What came of coupons (duty-15), and the tombstones of the erased (duty-21). */
  marketing: 24,
  /** Proof of a consent, after it was withdrawn or the person erased (duty-16). */
  proof: 60,
} as const;

/** A joining link that nobody used, after it is over. */
export const SPENT_TOKEN_DAYS = 30;
