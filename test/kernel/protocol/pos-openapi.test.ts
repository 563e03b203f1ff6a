import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { expect, test } from 'vitest';
import { CODE_REFUSALS } from '../../../kernel/protocol/pos-api.ts';
import { posOpenApi } from '../../../kernel/protocol/pos-openapi.ts';
import { SAY_OF_REFUSAL } from '../../../kernel/protocol/pos-words.ts';

const PAGE = fileURLToPath(new URL('../../../docs/till-api.json', import.meta.url));

test('[pos-1] docs/till-api.json is what the schemas say (SOGLIA_DOCS=1 prints it anew)', async () => {
  const text = JSON.stringify(posOpenApi());
  if (process.env['SOGLIA_DOCS'] === '1')
    writeFileSync(
      PAGE,
      await format(JSON.stringify(posOpenApi(), null, 2), { parser: 'json', printWidth: 100 }),
    );
  expect(JSON.parse(readFileSync(PAGE, 'utf8'))).toEqual(JSON.parse(text));
});

test('every reference of the document leads somewhere', () => {
  const text = JSON.stringify(posOpenApi());
  const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
  const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) expect(components.schemas).toHaveProperty(name);
});

test('each refusal of a code has a sentence of its own, in Italian and in English', () => {
  for (const language of ['it', 'en'] as const) {
    const sentences = CODE_REFUSALS.map((reason) => SAY_OF_REFUSAL[reason][language]);
    expect(new Set(sentences).size).toBe(CODE_REFUSALS.length);
  }
});
