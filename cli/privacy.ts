import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { z } from 'zod';
import { SogliaError } from '../kernel/errors.ts';
import {
  type ErasureReceipt,
  ErasureReceiptSchema,
  ErasureReceiptsSchema,
  FoundSchema,
  SubjectExportSchema,
  SubjectPostSchema,
} from '../kernel/protocol/privacy-api.ts';
import { parse } from '../kernel/parse.ts';
import { askOperator, type OperatorRequest } from '../node/operator-client.ts';

interface Flags {
  readonly data: string;
}

/** Long enough to look through a large database, and to write it anew. */
const DEADLINE_MS = 120_000;

/** `soglia privacy`: what head office holds on a person, and its end; by HQ's operator socket. */
export function privacyCommand(): Command {
  const privacy = new Command('privacy');
  const add = (name: string, description: string) =>
    privacy
      .command(name)
      .description(description)
      .option('--data <folder>', 'the data folder of head office', 'data/hq');
  add('find', 'say whose card, phone, code, coupon, pseudonym, id or first name this is')
    .argument('<text>', 'the whole of it; a card number with or without blanks')
    .action(find);
  add('export', 'write down everything held on a person, as one JSON document')
    .argument('<customer>', 'the id of the person')
    .option('--out <file>', 'a new file that only you may read; standard output unless told')
    .action(exportPerson);
  add('erase', 'remove everything held on a person, here and in every store, for good')
    .argument('<customer>', 'the id of the person')
    .addHelpText('after', AFTER_ERASING)
    .action(erase);
  add('receipts', 'list what was erased, and which stores have confirmed').action(list);
  privacy
    .command('register')
    .description(
      'print every table, what in it is about a person, what for, how long, and how it ends',
    )
    .action(async () => {
      process.stdout.write((await import('./privacy-register.ts')).privacyRegister());
    });
  return privacy;
}

const AFTER_ERASING = `
Stores are asked at once; one that is away erases when it comes back, and what it still sends about the person is
stripped on arrival. Run "soglia privacy receipts" to see who has confirmed. Backups are yours to replace: a backup made
before the erasure still holds the person.`;

async function find(text: string, { data }: Flags): Promise<void> {
  const ask = { method: 'POST', path: '/v1/privacy/find', body: { text } } as const;
  const { found } = await askHq(data, FoundSchema, ask);
  if (found.length === 0) tell('nobody');
  for (const { customerId, by } of found) tell(`${customerId}  by ${by}`);
}

async function exportPerson(
  customer: string,
  { data, out }: Flags & { readonly out?: string },
): Promise<void> {
  const body = subject(customer);
  const ask = { method: 'POST', path: '/v1/privacy/export', body } as const;
  const text = `${JSON.stringify(await askHq(data, SubjectExportSchema, ask), undefined, 2)}\n`;
  if (out === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(out, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SogliaError('storage/failed', `--out: ${reason}`, { cause: error });
  }
}

const subject = (customer: string) => parse(SubjectPostSchema, { customerId: customer.trim() });

async function erase(customer: string, { data }: Flags): Promise<void> {
  const body = subject(customer);
  const ask = { method: 'POST', path: '/v1/privacy/erasures', body } as const;
  printReceipt(await askHq(data, ErasureReceiptSchema, ask));
}

async function list({ data }: Flags): Promise<void> {
  const ask = { method: 'GET', path: '/v1/privacy/erasures' } as const;
  const { erasures } = await askHq(data, ErasureReceiptsSchema, ask);
  if (erasures.length === 0) tell('nobody was erased');
  for (const receipt of erasures) printReceipt(receipt);
}

function askHq<T>(data: string, schema: z.ZodType<T>, ask: OperatorRequest): Promise<T> {
  return askOperator(join(data, 'operator.sock'), schema, { ...ask, deadlineMs: DEADLINE_MS });
}

function printReceipt({
  erasureId,
  askedAt,
  removed,
  journal,
  tracesLeft,
  stores,
}: ErasureReceipt): void {
  tell(`receipt ${erasureId}, ${new Date(askedAt).toISOString()}`);
  const tables = Object.entries(removed).filter(([, count]) => count > 0);
  tell(`  removed at head office: ${tables.map((pair) => pair.join(' ')).join(', ')}`);
  const chain = journal.chainHolds ? 'the hash chain holds' : 'THE HASH CHAIN IS BROKEN';
  tell(`  journal: ${String(journal.erased)} events without body and salt; ${chain}`);
  const looked = tracesLeft === undefined ? 'not looked through yet' : `${String(tracesLeft)} left`;
  tell(`  traces in the database files: ${looked}`);
  for (const { storeId, state, confirmedAt } of stores) {
    const at = confirmedAt === undefined ? '' : ` ${new Date(confirmedAt).toISOString()}`;
    tell(`  store ${storeId}: ${state}${at}`);
  }
}

const tell = (line: string) => process.stdout.write(`${line}\n`);
