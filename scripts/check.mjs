// `npm run check`: types, lint, format, layers, dead code; two at a time, one line each, full output only for failures.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const layers =
  'kernel node ui edge firmware-bridge kiosk handheld phone hq simulator cli bin scripts bench test'
    .split(' ')
    .filter((folder) => existsSync(`${root}/${folder}`));

// Lint takes longest, so it starts first and the others pass beside it.
const steps = [
  { name: 'types', command: 'tsc', args: ['-b'] },
  {
    name: 'lint',
    command: 'eslint',
    args: [
      '.',
      '--max-warnings=0',
      '--cache',
      '--cache-strategy=content',
      '--cache-location=.cache/eslint/',
    ],
  },
  {
    name: 'format',
    command: 'prettier',
    args: [
      '.',
      '--check',
      '--log-level=warn',
      '--cache',
      '--cache-strategy=content',
      '--cache-location=.cache/prettier',
    ],
  },
  {
    name: 'layers',
    command: 'depcruise',
    args: ['--config', '.dependency-cruiser.mjs', '--output-type=err-long', ...layers],
  },
  {
    name: 'dead code',
    command: 'knip',
    args: ['--no-config-hints', '--cache', '--cache-location=.cache/knip'],
  },
];

/**
 * Runs one step and prints its line.
 * @param {{ name: string, command: string, args: string[] }} step
 * @returns {Promise<boolean>} whether it passed
 */
function run({ name, command, args }) {
  const startedAt = Date.now();
  return new Promise((resolve) => {
    const child = spawn(`${root}/node_modules/.bin/${command}`, args, { cwd: root });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => (output += `${error.message}\n`));
    child.on('close', (code) => {
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(5);
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds} s`);
      if (code !== 0) console.log(output.trimEnd());
      resolve(code === 0);
    });
  });
}

/**
 * @param {typeof steps} queue
 * @param {string[]} failed - takes the names of those that did
 */
async function takeTurns(queue, failed) {
  for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
    if (!(await run(step))) failed.push(step.name);
  }
}

const only = process.argv.slice(2);
const queue = steps.filter(({ name }) => only.length === 0 || only.includes(name));
/** @type {string[]} */
const failed = [];
mkdirSync(`${root}/.cache`, { recursive: true });
await Promise.all([takeTurns(queue, failed), takeTurns(queue, failed)]);
if (failed.length > 0) {
  console.log(`check failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
