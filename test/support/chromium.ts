import { type Browser, chromium, type LaunchOptions } from 'playwright';
import { chromiumPath } from '../../scripts/parts.ts';
import { endLater } from './endings.ts';

/** No calls home, no sandbox where the user is root (containers), no graphics card. */
const flags = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The machine's own Chromium, headless, closed at the end of the test or file that launched it. */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('no Chromium on this machine');
  const browser = await chromium.launch({
    timeout: 30_000,
    ...options,
    executablePath,
    args: [...flags, ...(options.args ?? [])],
  });
  endLater(() => browser.close());
  return browser;
}
