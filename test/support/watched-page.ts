import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { axeOn } from './axe.ts';
import { endLater } from './endings.ts';

export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page, dialogs it opened, and what its Content-Security-Policy refused. */
  readonly complaints: string[];
  /** Requests to any other host than the page's own. */
  readonly strangers: string[];
}

/** A fresh browser context with one page, watched for whatever must not happen. */
export async function openWatched(
  browser: Browser,
  host: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  endLater(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  const strangers: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    const isLine = /Failed to load resource|WebSocket|net::ERR/.test(message.text());
    if (message.type() === 'error' && !isLine) complaints.push(message.text());
  });
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(host) && !url.startsWith('data:')) strangers.push(url);
  });
  return { page, context, complaints, strangers };
}

/** What axe calls serious or critical, a line each. */
export async function barriers(page: Page): Promise<string[]> {
  const { violations } = await axeOn(page).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}
