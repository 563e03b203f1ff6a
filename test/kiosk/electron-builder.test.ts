import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const file = new URL('../../electron-builder.yml', import.meta.url);
const PackageSchema = z.object({
  files: z.array(z.string()),
  extraMetadata: z.object({ main: z.string() }),
  npmRebuild: z.boolean(),
  electronFuses: z.record(z.string(), z.boolean()),
});
const read = () => PackageSchema.parse(parse(readFileSync(file, 'utf8')));

test('the kiosk is packed with its bundles and its page, and without node_modules', () => {
  const { files, extraMetadata } = read();
  expect(files).toContain('!**/node_modules/**');
  expect(files.filter((pattern) => !pattern.startsWith('!'))).toEqual([
    'package.json',
    'dist/kiosk-shell/*.mjs',
    'dist/kiosk-shell/*.cjs',
    'dist/web/kiosk/**/*',
  ]);
  expect(extraMetadata.main).toBe('dist/kiosk-shell/main.mjs');
});

test('[threat-8] nothing is rebuilt, and the fuses close what a shop does not need', () => {
  const { npmRebuild, electronFuses } = read();
  expect(npmRebuild).toBe(false);
  expect(electronFuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
  });
});

test('electron-builder itself finds the file in order', async () => {
  const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
  const { validateConfiguration } = builder('app-builder-lib/out/util/config/config') as {
    validateConfiguration: (tree: unknown, log: { isEnabled: boolean }) => Promise<void>;
  };
  const tree = parse(readFileSync(file, 'utf8')) as object;
  await expect(validateConfiguration(tree, { isEnabled: false })).resolves.toBeUndefined();
  const wrong = { ...tree, electronFuses: { runAsNode: 'perhaps' } };
  await expect(validateConfiguration(wrong, { isEnabled: false })).rejects.toThrow(/runAsNode/);
});
