import { type Browser, chromium, type Page } from 'playwright';
import { chromiumPath } from '../../scripts/parts.ts';
import type { Endings } from './endings.ts';
import { wallClock } from './wall-clock.ts';

/** A page in a real Chromium that says when its document came to be a certain way. */
export class Screen {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async open(browser: Browser, url: string): Promise<Screen> {
    const context = await browser.newContext({ viewport: { width: 1080, height: 1920 } });
    const page = await context.newPage();
    // The sources' compiler marks functions with a helper of its own, which their text needs in the page too.
    const content = `globalThis.__name = (named) => named; globalThis.wallNow = (${wallClock.toString()})();`;
    await page.addInitScript({ content });
    await page.goto(url);
    return new Screen(page);
  }

  /** Watches from now on, by a MutationObserver. @param selector - what has to be in the document */
  async watch(selector: string): Promise<{ seenAt(): Promise<number> }> {
    await this.#page.evaluate(watchFor, selector);
    return {
      seenAt: () =>
        this.#page.evaluate(() => (globalThis as unknown as { seenAt: Promise<number> }).seenAt),
    };
  }
}

/** The machine's own Chromium, headless. @throws {Error} in words where there is none */
export async function launchBrowser(endings: Endings): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined)
    throw new Error(
      'no Chromium found: apt-get install -y chromium, or name one in SOGLIA_CHROMIUM',
    );
  const browser = await chromium.launch({
    executablePath,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), // Chromium refuses root otherwise
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  endings.add(() => browser.close());
  return browser;
}

/** Runs in the page. */
function watchFor(selector: string): void {
  const page = globalThis as unknown as { wallNow: () => number; seenAt: Promise<number> };
  page.seenAt = new Promise((resolve, reject) => {
    const look = () => {
      if (document.querySelector(selector) === null) return;
      resolve(page.wallNow());
      observer.disconnect();
    };
    const observer = new MutationObserver(look);
    observer.observe(document, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
    setTimeout(() => reject(new Error(`${selector} did not come within 5 s`)), 5_000);
    look();
  });
  page.seenAt.catch(() => undefined);
}
