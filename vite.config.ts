import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, defineConfig, type InlineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;

/** Where each web app's `index.html` lies. One that is not there is not built. */
const apps: Record<string, string> = {
  kiosk: 'kiosk/renderer',
  handheld: 'handheld',
  phone: 'phone',
  console: 'hq/console',
};

/** `vite build` makes every app, each whole in `dist/web/<app>/`, so that it can be served from any path or disk. */
export default defineConfig({
  builder: {
    async buildApp({ environments }) {
      for (const one of Object.values(environments)) one.isBuilt = true; // the root is no app
      for (const [app, folder] of Object.entries(apps)) {
        if (existsSync(join(root, folder, 'index.html'))) await build(configurationOf(app, folder));
      }
    },
  },
});

function configurationOf(app: string, folder: string): InlineConfig {
  return {
    configFile: false,
    root: resolve(root, folder),
    base: './',
    publicDir: existsSync(join(root, folder, 'public')) ? 'public' : false,
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    plugins: [catalogues(folder)],
    build: {
      outDir: resolve(root, 'dist/web', app),
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0, // a data: URL would need a hole in the Content-Security-Policy
      modulePreload: { polyfill: false },
    },
  };
}

/**
 * Writes `i18n/<language>.json`: the words of `ui/` and the app's own in one file, read when the page starts.
 * Another language is another file there and its code in `i18n/languages.json`; nothing is built again.
 */
function catalogues(folder: string): Plugin {
  const folders = ['ui/i18n', `${folder}/i18n`].filter((path) => existsSync(join(root, path)));
  return {
    name: 'catalogues',
    generateBundle() {
      const languages = new Map<string, Record<string, string>>();
      for (const path of folders) {
        for (const file of readdirSync(join(root, path)).filter((name) => name.endsWith('.json'))) {
          const words = JSON.parse(readFileSync(join(root, path, file), 'utf8')) as object;
          languages.set(file, { ...languages.get(file), ...words });
        }
      }
      for (const [file, words] of languages) {
        this.emitFile({ type: 'asset', fileName: `i18n/${file}`, source: JSON.stringify(words) });
      }
      const codes = [...languages.keys()].map((file) => file.replace('.json', ''));
      this.emitFile({
        type: 'asset',
        fileName: 'i18n/languages.json',
        source: JSON.stringify(codes.sort((a, b) => rank(a) - rank(b))),
      });
    },
  };
}

/** Italian stands first, then the order of the alphabet. */
const rank = (language: string) => (language === 'it' ? 0 : language.charCodeAt(0));
