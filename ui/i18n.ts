import { computed, signal, type ReadonlySignal } from '@preact/signals';
import { createInstance, type i18n as Instance } from 'i18next';
import type shared from './i18n/it.json';

/** The keys of a catalogue, without the plural endings that i18next chooses by count. */
export type KeysOf<Catalogue> = Catalogue extends unknown
  ? Unplural<keyof Catalogue & string>
  : never;
type Unplural<Key extends string> = Key extends `${infer Stem}_${'one' | 'many' | 'other'}`
  ? Stem
  : Key;

export type UiKey = KeysOf<typeof shared>;
/** A text by key; `{{name}}` in it is filled from `values`, plain text always. */
export type Translate<Key extends string> = (key: Key, values?: Values) => string;
type Values = Readonly<Record<string, string | number>>;
/** What the components of this folder need: an app's own `t` fits, since it knows more keys. */
export type UiTranslate = Translate<UiKey>;

/** The languages of one page and its words. Reading `t` or `language` in a component subscribes it. */
export interface I18n<Key extends string> {
  readonly t: Translate<Key | UiKey>;
  /** The words of one language, whichever is in use: for a preview. */
  readonly tIn: (language: string) => Translate<Key | UiKey>;
  readonly language: ReadonlySignal<string>;
  readonly languages: ReadonlySignal<readonly string[]>;
  /** From now on, and at once: of two calls the later one holds. Unknown languages leave things as they are. */
  readonly use: (language: string) => void;
  /** The name of a language in itself: Italiano, English. */
  readonly nameOf: (language: string) => string;
}

/**
 * Reads the catalogues beside the page (`i18n/languages.json`, `i18n/<language>.json`), so that a language is added
 * by adding a file. `Catalogue` is the app's own catalogue type: `createI18n<typeof words>()`.
 * @throws {Error} if not one catalogue can be read
 */
export async function createI18n<Catalogue = object>(
  options: { readonly preferred?: readonly string[]; readonly folder?: string } = {},
): Promise<I18n<KeysOf<Catalogue>>> {
  const folder = options.folder ?? 'i18n';
  const codes = languageCodes(await readJson(`${folder}/languages.json`));
  const instance: Instance = createInstance();
  await instance.init({
    lng: 'none',
    fallbackLng: codes,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false }, // components write text nodes, never HTML
    resources: {},
  });
  await Promise.all(
    codes.map(async (code) => {
      const words = await readJson(`${folder}/${code}.json`);
      if (typeof words === 'object' && words !== null)
        instance.addResourceBundle(code, 'translation', words);
    }),
  );
  const languages = codes.filter((code) => instance.hasResourceBundle(code, 'translation'));
  const [first] = languages;
  if (first === undefined) throw new Error(`no catalogue could be read in ${folder}/`);
  const chosen = options.preferred?.find((code) => languages.includes(code)) ?? first;
  return boundTo(instance, languages, chosen);
}

function boundTo<Key extends string>(
  instance: Instance,
  languages: readonly string[],
  chosen: string,
): I18n<Key> {
  const language = signal('');
  const use = (code: string) => {
    if (!languages.includes(code)) return;
    document.documentElement.lang = code;
    language.value = code;
  };
  use(chosen);
  return {
    t: (key, values) => {
      const lng = language.value; // read here: this is what subscribes the component
      return instance.t(key, { ...values, lng });
    },
    tIn: (code) => (key, values) => instance.t(key, { ...values, lng: code }),
    language,
    languages: computed(() => languages),
    use,
    nameOf: (code) => instance.t('language.name', { lng: code }),
  };
}

function languageCodes(json: unknown): string[] {
  if (!Array.isArray(json)) return ['it', 'en'];
  return json.filter((code): code is string => typeof code === 'string' && /^[a-z]{2}$/.test(code));
}

/** Undefined when the file is missing, late (3 s) or not JSON: the other languages still serve. */
async function readJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    if (!response.ok) return undefined;
    return (await response.json()) as unknown;
  } catch {
    return undefined;
  }
}
