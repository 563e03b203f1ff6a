import { join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { PublishedSchema } from '../kernel/protocol/console-api.ts';
import { askOperator } from '../node/operator-client.ts';
import { readOfferFile } from './offer-file.ts';

interface Flags {
  readonly data: string;
  readonly dryRun?: true;
  readonly publish?: true;
}

const ImportedSchema = z.object({ offers: z.int(), changed: z.int(), products: z.int() });
const DEADLINE_MS = 30_000;

/** `soglia offers import FILE`: offers and products from JSON or YAML, by HQ's operator socket. */
export function offersCommand(): Command {
  const offers = new Command('offers');
  offers
    .command('import')
    .description('take offers and products from a JSON or YAML file: all of it, or nothing')
    .argument('<file>', 'deploy/demo/offers.yaml shows the shape')
    .option('--data <folder>', 'the data folder of head office', 'data/hq')
    .option('--dry-run', 'only say what is wrong with the file')
    .option('--publish', 'publish to every store afterwards')
    .action(importFile);
  return offers;
}

async function importFile(path: string, flags: Flags): Promise<void> {
  const file = readOfferFile(path);
  const offers = String(file.offers.length);
  const products = String(file.products?.length ?? 0);
  if (flags.dryRun) {
    tell(`${path}: ${offers} offers, ${products} products, nothing wrong; nothing was changed`);
    return;
  }
  const socket = join(flags.data, 'operator.sock');
  const ask = { method: 'POST', deadlineMs: DEADLINE_MS } as const;
  const request = { ...ask, path: '/v1/offers/import', body: file };
  const { changed } = await askOperator(socket, ImportedSchema, request);
  tell(`${path}: ${offers} offers (${String(changed)} new or changed), ${products} products taken`);
  if (!flags.publish) return;
  const publish = { ...ask, path: '/v1/publications', body: {} };
  const { published } = await askOperator(socket, PublishedSchema, publish);
  tell(`published to ${String(published.length)} stores`);
}

const tell = (line: string) => process.stdout.write(`${line}\n`);
