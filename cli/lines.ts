import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** A line longer than this is no advert and no scan; it must not fill the memory either. */
export const MAX_LINE_BYTES = 65_536;

const LF = 0x0a;

/** `text` undefined: the line was longer than `MAX_LINE_BYTES`. */
export interface Line {
  readonly text: string | undefined;
}

/** Lines of UTF-8, ended by LF or CR LF; the last one needs no end. */
export async function* linesOf(input: Readable): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of input as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      yield lineOf([...parts, chunk.subarray(from, end)], length + end - from);
      [parts, length, from] = [[], 0, end + 1];
    }
    length += chunk.length - from;
    if (length <= MAX_LINE_BYTES) parts.push(chunk.subarray(from));
    else parts = [];
  }
  if (length > 0) yield lineOf(parts, length);
}

function lineOf(parts: readonly Buffer[], length: number): Line {
  if (length > MAX_LINE_BYTES) return { text: undefined };
  return { text: Buffer.concat(parts).toString('utf8').replace(/\r$/, '') };
}

/**
 * Answers each line with one line, no faster than `output` takes them. Returns early, without an error, once the
 * reader of `output` has gone (`head` does that).
 */
export async function answerLines(
  input: Readable,
  output: Writable,
  answer: (line: Line) => string,
): Promise<void> {
  const gone = new AbortController();
  let failure: Error | undefined;
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure = error;
    gone.abort();
  });
  output.on('close', () => gone.abort());
  try {
    for await (const line of linesOf(input)) {
      if (gone.signal.aborted) break;
      if (!output.write(`${answer(line)}\n`)) await once(output, 'drain', { signal: gone.signal });
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
  if (failure !== undefined) throw failure;
}
