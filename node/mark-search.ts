/**
 * Looks for texts in a file that is given piece by piece; one may begin in a piece and end in the next.
 * @param marks - at least one, none empty
 */
export class MarkSearch {
  readonly found = new Set<string>();
  readonly #marks: readonly string[];
  readonly #overlap: number;
  #tail: Buffer = Buffer.alloc(0);

  constructor(marks: readonly string[]) {
    this.#marks = marks;
    this.#overlap = Math.max(...marks.map((mark) => Buffer.byteLength(mark))) - 1;
  }

  take(piece: Buffer): void {
    const bytes = Buffer.concat([this.#tail, piece]);
    for (const mark of this.#marks) if (bytes.includes(mark)) this.found.add(mark);
    this.#tail = bytes.subarray(Math.max(0, bytes.length - this.#overlap));
  }
}
