import { configDefaults, defineConfig } from 'vitest/config';

// A shell inside an Electron app leaks this, and node-gyp-build then looks for an Electron build of serialport.
delete process.env['ELECTRON_RUN_AS_NODE'];

const tests = (folder: string) => `test/${folder}/**/*.test.{ts,tsx}`;
const property = 'test/**/*.property.test.ts';
const ownFolders = ['contract', 'system', 'crash', 'browser', 'simulated'];

/** Full counts take as much longer as they are larger. */
const runsFactor = Math.max(1, Number(process.env['SOGLIA_RUNS'] ?? '1'));

/** Tests of whole processes and real parts: one file at a time, so that two cores stay enough for each; if not said otherwise. */
const wholeProcesses = {
  fileParallelism: false,
  testTimeout: 60_000 * runsFactor,
  hookTimeout: 400_000, // a virtual machine boots, maybe more than once, under software emulation
  teardownTimeout: 30_000,
};

/** One seed for every random test of a run, printed and repeatable by SOGLIA_SEED. */
const seeded = { setupFiles: ['test/support/seed.ts'] };

/** Only under test/: compiled copies in dist/ would otherwise run too. Groups run one after the other. */
const project = (name: string, groupOrder: number, test: object) => ({
  extends: true as const,
  test: { name, sequence: { groupOrder }, ...test },
});

export default defineConfig({
  test: {
    environment: 'node',
    passWithNoTests: true,
    maxWorkers: '100%', // Vitest would leave one core idle, and there may be only two
    testTimeout: 20_000,
    projects: [
      project('unit', 1, {
        maxWorkers: 3, // much of it waits for deadlines of real stores
        isolate: false, // importing anew for each file took longer than a third of the tests
        include: [tests('**')],
        exclude: [...configDefaults.exclude, property, ...ownFolders.map(tests)],
      }),
      project('property', 2, {
        include: [property],
        exclude: [...configDefaults.exclude, ...ownFolders.map(tests)],
        isolate: false,
        testTimeout: 120_000 * runsFactor,
        ...seeded,
      }),
      project('contract', 3, {
        include: [tests('contract')],
        testTimeout: 30_000,
        hookTimeout: 60_000,
      }),
      project('system', 4, {
        include: [tests('system')],
        globalSetup: ['test/support/web-apps.ts'],
        ...wholeProcesses,
        fileParallelism: true, // most of it waits: for processes, for deadlines, for a machine to boot
        maxWorkers: 2,
      }),
      project('crash', 5, { include: [tests('crash')], ...wholeProcesses, ...seeded }),
      project('browser', 6, {
        include: [tests('browser')],
        globalSetup: ['test/support/web-apps.ts'],
        ...wholeProcesses,
        fileParallelism: true, // a page is busy on one core at a time
        maxWorkers: 2,
      }),
      project('simulated', 7, {
        include: [tests('simulated')],
        ...wholeProcesses,
        testTimeout: 240_000 * runsFactor,
        ...seeded,
      }),
    ],
  },
});
