import { expect, test } from 'vitest';
import { toHex } from '../../../kernel/hex.ts';
import { Dice, FuzzedPort, FuzzedStream, WRAPPINGS } from '../../support/frame-fuzz.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

const wanted = runs(20_000);

test('fuzzed frames, cut anywhere: none merged, none taken that is wrong, none lost that is right', () => {
  const dice = new Dice(seed);
  const stream = new FuzzedStream(dice);
  const ports = WRAPPINGS.map((wrapping) => ({
    wrapping,
    atEveryByte: new FuzzedPort(wrapping, stream),
    atOnePlace: new FuzzedPort(wrapping, stream),
  }));
  let frames = 0;
  let valid = 0;
  let bytes = 0;
  for (let streams = 0; frames < wanted; streams += 1) {
    const { wrapping, atEveryByte, atOnePlace } = ports[streams % ports.length]!;
    stream.fill(wrapping);
    atEveryByte.push(-1);
    // The place goes on by one each time, so that over the run a stream is cut everywhere.
    atOnePlace.push(Math.floor(streams / ports.length) % (stream.length + 1));
    const wrong = atEveryByte.wrong ?? atOnePlace.wrong;
    if (wrong !== undefined) {
      const sent = toHex(stream.bytes.subarray(0, stream.length));
      expect.fail(
        `${wrapping}, stream ${String(streams)}, seed ${String(seed)}: ${wrong}: ${sent}`,
      );
    }
    frames += stream.frames;
    valid += stream.valid;
    bytes += stream.length;
  }
  console.log(
    `${String(frames)} frames (${String(valid)} valid, ${String(frames - valid)} not, ${String(bytes)} bytes), ` +
      `each stream cut after every byte and at one place: all as sent; seed ${String(seed)}`,
  );
  expect(valid).toBeGreaterThan(frames / 3);
});
