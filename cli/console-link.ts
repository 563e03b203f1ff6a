import { join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { askOperator } from '../node/operator-client.ts';

/** `soglia console-link`: another way into the console, by HQ's operator socket. */
export function consoleLinkCommand(): Command {
  return new Command('console-link')
    .option('--data <folder>', 'the data folder of head office', 'data/hq')
    .action(async ({ data }: { readonly data: string }) => {
      const made = z.object({ url: z.string() });
      const request = { method: 'POST', path: '/v1/console-links', body: {} } as const;
      const { url } = await askOperator(join(data, 'operator.sock'), made, request);
      process.stdout.write(`${url}\n`);
    });
}
