import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const folders = ['ui', 'kiosk/renderer', 'handheld', 'phone', 'hq/console']
  .map((folder) => new URL(`${folder}/i18n/`, root))
  .filter((folder) => existsSync(folder));

const wordsIn = (folder: URL, file: string) =>
  JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, string>;
/** Languages count differently: Italian has a form for millions that English has not. */
const stems = (words: Record<string, string>) =>
  new Set(Object.keys(words).map((key) => key.replace(/_(one|two|few|many|other)$/, '')));
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe.each(
  folders.map((folder) => [folder.pathname.replace(root.pathname, ''), folder] as const),
)('%s', (_name, folder) => {
  const languages = readdirSync(folder).filter((file) => file.endsWith('.json'));

  test('has Italian and English', () => {
    expect(languages).toEqual(expect.arrayContaining(['it.json', 'en.json']));
  });

  test('says the same things in every language, with the same values', () => {
    const italian = wordsIn(folder, 'it.json');
    for (const file of languages) {
      const words = wordsIn(folder, file);
      expect(stems(words), file).toEqual(stems(italian));
      for (const [key, text] of Object.entries(words)) {
        expect(text.trim(), `${file} ${key}`).not.toBe('');
        const same = italian[key];
        if (same !== undefined) expect(holes(text), `${file} ${key}`).toEqual(holes(same));
      }
    }
  });
});
