import { PassThrough, Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { MAX_LINE_BYTES, answerLines, linesOf } from '../../cli/lines.ts';

async function linesIn(...chunks: string[]): Promise<(string | undefined)[]> {
  const lines: (string | undefined)[] = [];
  for await (const line of linesOf(Readable.from(chunks.map((chunk) => Buffer.from(chunk))))) {
    lines.push(line.text);
  }
  return lines;
}

test('lines end in LF or CR LF, and the last one needs no end', async () => {
  expect(await linesIn('a\r\nb\n\nc')).toEqual(['a', 'b', '', 'c']);
  expect(await linesIn('a\n')).toEqual(['a']);
  expect(await linesIn('\n')).toEqual(['']);
  expect(await linesIn('')).toEqual([]);
});

test('a letter may lie across two pieces', async () => {
  const [e1, e2] = [Buffer.from('è').subarray(0, 1), Buffer.from('è').subarray(1)];
  const lines = [];
  for await (const line of linesOf(Readable.from([e1, e2]))) lines.push(line.text);
  expect(lines).toEqual(['è']);
});

test('a line over 64 KiB is told of once, and the next is read', async () => {
  const longest = 'x'.repeat(MAX_LINE_BYTES);
  expect(await linesIn(longest, '\nb')).toEqual([longest, 'b']);
  expect(await linesIn(longest, 'y', longest, '\nb')).toEqual([undefined, 'b']);
  expect(await linesIn(longest, 'y')).toEqual([undefined]);
});

property.prop([fc.array(fc.constantFrom('a', 'b\r', '\n', '\r\n', 'è')), fc.array(fc.nat(8))])(
  'lines are the same, however they are cut',
  async (parts, cuts) => {
    const bytes = Buffer.from(parts.join(''));
    const pieces: Buffer[] = [];
    let at = 0;
    for (const cut of cuts) pieces.push(bytes.subarray(at, (at += cut)));
    pieces.push(bytes.subarray(at));
    const lines = [];
    for await (const { text } of linesOf(Readable.from(pieces))) lines.push(text);
    expect(lines).toEqual(await linesIn(parts.join('')));
  },
);

test('no more is read than the reader of the answers takes', async () => {
  let taken = 0;
  const input = Readable.from(
    (function* () {
      for (; taken < 10_000; taken += 1) yield Buffer.from('line\n');
    })(),
    { highWaterMark: 1 },
  );
  const output = new PassThrough({ highWaterMark: 100 });
  const answered = answerLines(input, output, () => 'x'.repeat(9));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(taken).toBeLessThan(50);
  let answers = 0;
  output.on('data', (chunk: Buffer) => (answers += chunk.length / 10));
  await answered;
  output.end();
  await finished(output);
  expect(answers).toBe(10_000);
});

test('a reader that goes without a word ends it too', async () => {
  const output = new PassThrough({ highWaterMark: 10 });
  const lines = Readable.from(Array.from({ length: 1000 }, () => Buffer.from('a\n')));
  const answered = answerLines(lines, output, () => 'x'.repeat(9));
  output.destroy();
  await expect(answered).resolves.toBeUndefined();
});

test('a disk that is full is an error, a reader that has gone is none', async () => {
  const failing = (code: string) =>
    new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error(code), { code }));
      },
    });
  const lines = () => Readable.from(Array.from({ length: 100_000 }, () => Buffer.from('a\n')));
  await expect(answerLines(lines(), failing('ENOSPC'), () => 'b')).rejects.toThrow('ENOSPC');
  await expect(answerLines(lines(), failing('EPIPE'), () => 'b')).resolves.toBeUndefined();
});
