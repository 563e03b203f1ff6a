import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { startProcess } from '../support/process.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A bad import each: where it stands, what it reaches, and the rule that must say so. */
const planted: readonly (readonly [file: string, reaches: string, rule: string])[] = [
  ['kernel/domain/clock.ts', 'node:fs', 'kernel-is-pure'],
  ['kernel/domain/web.ts', 'express', 'kernel-is-pure'],
  ['kernel/adverts/wire.ts', '../protocol/hello.ts', 'domain-below-protocol'],
  ['edge/presence/sql.ts', 'better-sqlite3', 'rules-do-not-know-transports'],
  ['edge/offers/route.ts', '../http/routes.ts', 'rules-do-not-know-transports'],
  ['edge/http/rows.ts', '../db/rows.ts', 'transports-do-not-know-sql'],
  ['edge/devices/hq.ts', '../../hq/profiles/profile.ts', 'edge-stands-alone'],
  ['hq/ingest/edge.ts', '../../edge/db/rows.ts', 'hq-stands-alone'],
  ['firmware-bridge/link/radio.ts', 'node-ble', 'node-ble-in-its-place'],
  ['firmware-bridge/ble/port.ts', 'serialport', 'serialport-in-its-place'],
  ['edge/realtime/kiosk.ts', 'better-sqlite3', 'better-sqlite3-in-its-place'],
  ['kiosk/renderer/shell.ts', 'electron', 'electron-in-its-place'],
  ['kiosk/renderer/disk.ts', 'node:path', 'no-node-core-in-a-browser'],
  ['hq/console/profile.ts', '../profiles/profile.ts', 'renderer-is-a-browser'],
  ['node/process.ts', '../edge/db/rows.ts', 'shared-code-below-processes'],
  ['ui/log.ts', '../node/log.ts', 'node-and-ui-apart'],
  ['edge/sync/double.ts', '../../test/doubles/hq.ts', 'nothing-depends-on-tests'],
  ['hq/publishing/command.ts', '../../cli/command.ts', 'nothing-below-the-top'],
  ['edge/consent/random.ts', 'fast-check', 'no-dev-dependency-at-run-time'],
  ['kernel/scans/gone.ts', './nowhere.ts', 'no-unresolvable'],
];

const clean = {
  'kernel/protocol/hello.ts': `import type { Hello } from '../domain/hello.ts';\nexport const hello: Hello = 'hello';`,
  'kernel/domain/hello.ts': `import * as zod from 'zod';\nexport type Hello = string;\nexport const seen = zod;`,
  'edge/http/routes.ts': `import * as express from 'express';\nexport const seen = express;`,
  'edge/db/rows.ts': `import * as sqlite from 'better-sqlite3';\nexport const seen = sqlite;`,
  'hq/profiles/profile.ts': 'export const seen = 1;',
  'node/log.ts': `import * as fs from 'node:fs';\nexport const seen = fs;`,
  'test/doubles/hq.ts': `import * as rows from '../../edge/db/rows.ts';\nexport const seen = rows;`,
  'cli/command.ts': `import * as rows from '../edge/db/rows.ts';\nexport const seen = rows;`,
  'simulator/first.ts': `import * as second from './second.ts';\nexport const seen = second;`,
  'simulator/second.ts': `import * as first from './first.ts';\nexport const seen = first;`,
  'tsconfig.json': '{}',
};

describe('the layers', () => {
  let violations: { readonly from: string; readonly rule: { readonly name: string } }[];
  beforeAll(async () => {
    const dir = tempDir();
    const write = (file: string, text: string) => {
      mkdirSync(dirname(`${dir}/${file}`), { recursive: true });
      writeFileSync(`${dir}/${file}`, text);
    };
    symlinkSync(`${root}node_modules`, `${dir}/node_modules`);
    symlinkSync(`${root}package.json`, `${dir}/package.json`);
    for (const [file, text] of Object.entries(clean)) write(file, text);
    for (const [file, target] of planted) {
      write(file, `import * as other from '${target}';\nexport const seen = other;`);
    }
    const folders = 'kernel node ui edge firmware-bridge kiosk hq cli simulator test'.split(' ');
    const depcruise = startProcess(
      `${root}node_modules/.bin/depcruise`,
      [`--config=${root}.dependency-cruiser.mjs`, '--output-type=json', ...folders],
      { cwd: dir },
    );
    await depcruise.ended(60_000);
    const output = depcruise.output();
    const report = JSON.parse(output.slice(output.indexOf('{'))) as {
      summary: { violations: typeof violations };
    };
    violations = report.summary.violations;
  }, 70_000);

  const rulesBrokenBy = (file: string) =>
    violations.filter((violation) => violation.from === file).map(({ rule }) => rule.name);

  test.each(planted)('%s may not reach %s: %s', (file, _reaches, rule) => {
    expect(rulesBrokenBy(file)).toContain(rule);
  });

  test('a circle of imports is named', () => {
    expect(rulesBrokenBy('simulator/first.ts')).toEqual(['no-circular']);
  });

  test('good imports pass', () => {
    const good = Object.keys(clean).filter((file) => !file.startsWith('simulator/'));
    expect(good.flatMap(rulesBrokenBy)).toEqual([]);
  });
});
