import fc from 'fast-check';

/**
 * The seed of this run's random tests: SOGLIA_SEED, or another one each time.
 * @throws {RangeError} if SOGLIA_SEED is no whole number
 */
export const seed = seedFrom(process.env['SOGLIA_SEED']);

// Every property of a run starts from the same seed, so that one number repeats it.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });

function seedFrom(text: string | undefined): number {
  if (text === undefined) return Math.floor(Math.random() * 0x7fff_ffff);
  const number = Number(text);
  if (!Number.isInteger(number)) throw new RangeError('SOGLIA_SEED is not a whole number');
  return number;
}
