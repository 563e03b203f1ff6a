import { readFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { SogliaError } from '../kernel/errors.ts';
import { explainIssues } from '../kernel/parse.ts';
import { OfferFileSchema, type OfferFile } from '../kernel/protocol/console-api.ts';

/** A data URL of this many characters is what a product's picture may have. */
const LONGEST_PICTURE = 65_536;
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.webp': 'image/webp',
  '.png': 'image/png',
};

/**
 * Offers and products from JSON or YAML. A product's `picture` may be the name of a webp or png file beside it.
 * @throws {SogliaError} 'request/invalid', naming the file, each field and the reason
 */
export function readOfferFile(path: string): OfferFile {
  const tree = treeOf(path);
  if (typeof tree === 'object' && tree !== null && 'products' in tree) {
    const products: unknown = tree.products;
    if (Array.isArray(products))
      products.forEach((product: unknown) => inlinePicture(product, path));
  }
  const result = OfferFileSchema.safeParse(tree);
  if (result.success) return result.data;
  throw new SogliaError('request/invalid', `${path}: ${explainIssues(result.error)}`);
}

function treeOf(path: string): unknown {
  try {
    return parseYaml(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : undefined;
    throw new SogliaError('request/invalid', `${path}: ${reason ?? 'cannot be read'}`, { cause });
  }
}

function inlinePicture(product: unknown, path: string): void {
  if (typeof product !== 'object' || product === null || !('picture' in product)) return;
  const { picture } = product;
  if (typeof picture !== 'string' || picture.startsWith('data:')) return;
  const type = MEDIA_TYPES[extname(picture)];
  if (type === undefined) {
    throw new SogliaError(
      'request/invalid',
      `${path}: picture: ${picture} is neither webp nor png`,
    );
  }
  const content = bytesOf(resolve(dirname(path), picture)).toString('base64');
  const url = `data:${type};base64,${content}`;
  if (url.length > LONGEST_PICTURE) {
    throw new SogliaError('request/invalid', `${path}: picture: ${picture} is larger than 48 kB`);
  }
  product.picture = url;
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new SogliaError('request/invalid', `picture: ${file} cannot be read`, { cause });
  }
}
