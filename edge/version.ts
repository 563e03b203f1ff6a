/** Of the program, as it tells HQ and doctor. */
export const VERSION = '0.1.0';
