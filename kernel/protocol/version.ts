/** Grows with every change of a wire that an older peer could not read. */
export const PROTOCOL_VERSION = 1;
