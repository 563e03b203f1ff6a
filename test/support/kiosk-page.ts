import type { Browser, BrowserContext, Page } from 'playwright';
import { join } from 'node:path';
import { serveKiosk } from '../../kiosk/main/serve.ts';
import { EdgeForScreens } from '../doubles/edge-for-screens.ts';
import { endLater } from './endings.ts';
import { until } from './until.ts';

export const UPRIGHT = { width: 1080, height: 1920 };
export const LYING = { width: 1920, height: 1080 };

export interface KioskPage {
  readonly edge: EdgeForScreens;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly url: string;
  /** Errors of the page and what its Content-Security-Policy refused. */
  readonly complaints: string[];
}

/** A kiosk page from its own loopback server, enrolled at a double of the edge. */
export async function openKiosk(browser: Browser, viewport = UPRIGHT): Promise<KioskPage> {
  const edge = await EdgeForScreens.start();
  const kiosk = await serveKiosk({
    folder: join(import.meta.dirname, '../../dist/web/kiosk'),
    edgeUrl: edge.url,
    stationId: 'kiosk-1',
    operatorSocket: edge.operatorSocket,
    port: 0,
    report: (error) => console.error(error),
  });
  endLater(() => kiosk.stop());
  const context = await browser.newContext({ viewport, hasTouch: true, reducedMotion: 'reduce' });
  endLater(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const text = message.text();
    const isLine = /WebSocket|ERR_CONNECTION|Failed to load resource/.test(text);
    if (message.type() === 'error' && !isLine) complaints.push(text);
  });
  await page.goto(kiosk.url);
  await until('the kiosk at the edge', 10_000, () => edge.kiosksConnected === 1);
  return { edge, page, context, url: kiosk.url, complaints };
}

/** Waits until the screen shows `view`. */
export const shows = (page: Page, view: 'attract' | 'browse' | 'prompt' | 'session') =>
  page.locator(`.kiosk[data-view="${view}"]`).waitFor({ timeout: 5_000 });
