import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { decided, questions } from '../doubles/decisions.ts';

/**
 * Decides a seed's questions and writes one SHA-256 of a canonical text a line.
 * Arguments: the seed, and how many.
 */
const [seed, numRuns] = process.argv.slice(2).map(Number);
if (seed === undefined || numRuns === undefined) throw new Error('needs a seed and a count');
for (const question of fc.sample(questions, { seed, numRuns })) {
  const { canonical } = decided(question);
  process.stdout.write(`${createHash('sha256').update(canonical).digest('hex')}\n`);
}
