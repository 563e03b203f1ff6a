// What `npm start`, `npm test` and `npm run prove` need before anything else: a fitting Node and the locked packages.
// Plain Node without packages: it runs on a fresh clone.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { quietly, root } from './steps.mjs';

const oldestNode = { major: 20, minor: 19 };

/** Makes the clone ready to run; ends the process with plain words where it cannot. */
export async function ready() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < oldestNode.major || (major === oldestNode.major && minor < oldestNode.minor)) {
    giveUp(
      `Node ${process.versions.node} is too old: Soglia needs ${oldestNode.major}.${oldestNode.minor} or newer. ` +
        'Get it from https://nodejs.org, or with `nvm install 22`.',
    );
  }
  if (!packagesFitLock()) await install();
  if (!sqliteLoads()) {
    const rebuilt = await quietly(
      'build better-sqlite3 for this Node',
      'npm',
      ['rebuild', 'better-sqlite3'],
      { deadlineMs: 600_000 },
    );
    if (!rebuilt.ok || !sqliteLoads()) giveUp(compilerAdvice());
  }
}

async function install() {
  const label = 'install the locked packages (about two minutes the first time)';
  const args = ['ci', '--no-audit', '--no-fund'];
  const options = { deadlineMs: 900_000 };
  const first = await quietly(label, 'npm', args, options);
  if (first.ok) return;
  const missing = missingCompilerParts();
  if (missing.length === 0) giveUp('npm ci failed; its last lines stand above.');
  if (!isDebianRoot()) giveUp(compilerAdvice());
  if (!(await aptInstall(['python3', 'make', 'g++']))) giveUp(compilerAdvice());
  if (!(await quietly(label, 'npm', args, options)).ok) {
    giveUp('npm ci failed again, with a compiler; its last lines stand above.');
  }
}

/** Whether node_modules holds what package-lock.json names, by version. */
function packagesFitLock() {
  const installed = packagesOf(`${root}/node_modules/.package-lock.json`);
  const locked = packagesOf(`${root}/package-lock.json`);
  if (installed === undefined || locked === undefined) return false;
  return Object.entries(locked).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' ||
      installed[path]?.version === version ||
      (installed[path] === undefined && (optional === true || devOptional === true)),
  );
}

/**
 * @param {string} lock
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }> | undefined}
 */
function packagesOf(lock) {
  return existsSync(lock) ? JSON.parse(readFileSync(lock, 'utf8')).packages : undefined;
}

/** A native module built for another Node does not load; asked in a process of its own. */
function sqliteLoads() {
  try {
    const script = "new (require('better-sqlite3'))(':memory:')";
    execFileSync(process.execPath, ['-e', script], { cwd: root, stdio: 'ignore', timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}

function missingCompilerParts() {
  return ['python3', 'make', 'g++'].filter(
    (tool) => !isOnPath(tool) && !(tool === 'g++' && isOnPath('clang++')),
  );
}

function compilerAdvice() {
  return [
    `better-sqlite3 has to be compiled here, and that needs: ${missingCompilerParts().join(', ') || 'a working compiler'}.`,
    '  Debian, Ubuntu:  sudo apt-get install -y python3 make g++',
    '  Fedora:          sudo dnf install -y python3 make gcc-c++',
    '  Alpine:          sudo apk add python3 make g++',
    '  macOS:           xcode-select --install',
    '  Windows:         winget install Microsoft.VisualStudio.2022.BuildTools, with the C++ workload',
    'Then start again.',
  ].join('\n');
}

/** @param {string} tool */
export function isOnPath(tool) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some(
    (folder) => existsSync(`${folder}/${tool}`) || existsSync(`${folder}/${tool}.exe`),
  );
}

/** Whether packages may be installed here without asking: Debian or a relative, as root. */
export function isDebianRoot() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && isOnPath('apt-get');
}

/**
 * Installs Debian packages, without questions and without recommendations.
 * @param {readonly string[]} packages
 * @returns {Promise<boolean>} whether they are there now
 */
export async function aptInstall(packages) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const options = { deadlineMs: 900_000, env };
  await quietly('refresh the package lists', 'apt-get', ['update', '-q'], options);
  const args = ['install', '-y', '-q', '--no-install-recommends', ...packages];
  return (await quietly(`install ${packages.join(' ')}`, 'apt-get', args, options)).ok;
}

/**
 * @param {string} words
 * @returns {never}
 */
function giveUp(words) {
  console.error(words);
  process.exit(1);
}
