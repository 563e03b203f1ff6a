import { describe, expect, test } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { lacking } from '../support/parts.ts';

describe.skipIf(lacking('chromium'))("the machine's Chromium", () => {
  test('draws a page and runs its script', async () => {
    const page = await (await launchChromium()).newPage();
    await page.setContent('<h1>Soglia</h1><script>document.title = "open"</script>');
    expect(await page.getByRole('heading').textContent()).toBe('Soglia');
    expect(await page.title()).toBe('open');
  });
});
