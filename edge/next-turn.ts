/** Lets the loop do what waits: long work is cut into pieces of a few ms, so that scans and screens never wait for it. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
