import { writeFileSync } from 'node:fs';
import { Argument, Command, Option } from 'commander';
import { SogliaError } from '../kernel/errors.ts';
import { codeSvg } from '../node/code-svg.ts';
import {
  CODE_KINDS,
  CODE_SHAPES,
  type CodeKind,
  type CodeShape,
  printedCode,
} from '../node/printed-code.ts';

interface Flags {
  readonly as?: CodeShape;
  readonly out?: string;
  readonly stem?: string;
}

const TITLES: Readonly<Record<CodeKind, string>> = {
  card: 'Card',
  coupon: 'Coupon',
  gsrn: 'Card',
  gcn: 'Coupon',
  link: 'Link',
  ean: 'Product',
};

/** `soglia code card SGC…`: a code as a picture to print. */
export function codeCommand(): Command {
  return new Command('code')
    .addArgument(new Argument('<kind>', 'what it is').choices(CODE_KINDS))
    .argument('<text>', 'what it says; blanks do not count')
    .addOption(
      new Option('--as <symbol>', 'how it is drawn, where it can be drawn in several ways').choices(
        CODE_SHAPES,
      ),
    )
    .option('--stem <url>', 'what a link of identifiers begins with (default: https://id.gs1.org)')
    .option('--out <file>', 'where to put the SVG, else on standard output')
    .addHelpText(
      'after',
      `
card, coupon   a code of ours (SGC…, SGK…), or a card number of another make; Code 128, QR or Data Matrix
gsrn           a loyalty card by GS1's service relation number, 18 digits; GS1-128, GS1 QR or GS1 DataMatrix
gcn            a coupon by GS1's coupon number, 13 digits and a serial number; GS1 DataMatrix, GS1-128 or GS1 QR
link           a GS1 Digital Link, or identifiers to make one of: "(01)09520123456788(10)A1"; QR or Data Matrix
ean            a product, 8, 12 or 13 digits; EAN-8 or EAN-13

The picture is sized in mm: print it at 100 %.`,
    )
    .action(run);
}

function run(kind: CodeKind, text: string, { as, out, stem }: Flags): void {
  const svg = codeSvg(printedCode(kind, text, as, stem), { title: TITLES[kind] });
  if (out === undefined) {
    process.stdout.write(svg);
    return;
  }
  try {
    writeFileSync(out, svg);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SogliaError('storage/failed', `--out: ${reason}`, { cause: error });
  }
}
