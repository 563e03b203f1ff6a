// Keeps the page itself, so that card and code open without a line. Answers of /v1/ are never kept.
const KEPT = 'soglia-phone-1';
const here = new URL('./', self.location.href);

self.addEventListener('install', (event) => {
  event.waitUntil(keepPage().then(() => self.skipWaiting()));
});
self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const isOurs = url.origin === here.origin && url.pathname.startsWith(here.pathname);
  if (event.request.method === 'GET' && isOurs) event.respondWith(answer(event.request, url));
});

/** The page and what it names, then what those name: style sheets name fonts. */
async function keepPage() {
  const cache = await caches.open(KEPT);
  const page = await fetch(here, { cache: 'no-store' });
  const html = await page.clone().text();
  await cache.put(here, page);
  const named = [...html.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map(([, path]) => path);
  const words = ['./i18n/languages.json'];
  const languages = await fetch(new URL(words[0], here)).then((answer) => answer.json());
  for (const code of languages) words.push(`./i18n/${code}.json`);
  await Promise.all([...named, ...words].map((path) => keepWithFonts(cache, new URL(path, here))));
}

async function keepWithFonts(cache, url) {
  const answer = await fetch(url);
  if (!answer.ok) return;
  await cache.put(url, answer.clone());
  if (!url.pathname.endsWith('.css')) return;
  const css = await answer.text();
  const fonts = [...css.matchAll(/url\(([^)]+\.woff2)\)/g)].map(([, path]) => new URL(path, url));
  await Promise.all(fonts.map((font) => keepWithFonts(cache, font)));
}

/** Names with a hash never change: kept first. Everything else is asked for anew while there is a line. */
async function answer(request, url) {
  const cache = await caches.open(KEPT);
  const key = request.mode === 'navigate' ? here : url;
  const kept = await cache.match(key, { ignoreSearch: true });
  if (kept !== undefined && url.pathname.includes('/assets/')) return kept;
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(4000) });
    if (fresh.ok) await cache.put(key, fresh.clone());
    return fresh;
  } catch (error) {
    if (kept !== undefined) return kept;
    throw error;
  }
}
