/** Widths of bar, space, bar and so on of Code 128's values 0 to 105, and its stop (ISO/IEC 15417, table 1). */
const CODE_128 = [
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132',
  '122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212',
  '322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311',
  '112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321',
  '331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214',
  '112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212',
  '124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113',
  '411311 113141 114131 311141 411131 211412 211214 211232',
].flatMap((row) => row.split(' '));
const STOP = '2331112';
const CODE_C = 99;
const CODE_B = 100;
const CODE_A = 101;
const FNC1 = 102;
const START_A = 103;
const SHIFT = 98;

/** What a scanner reads of Code 128, `]C1` before it where FNC1 stands first. @throws if it is none */
export function readCode128(widths: readonly number[]): string {
  const pattern = widths.join('');
  if (!pattern.endsWith(STOP)) throw new Error('no stop');
  const values = Array.from(pattern.slice(0, -STOP.length).matchAll(/.{6}/g), ([symbol]) => {
    const value = CODE_128.indexOf(symbol);
    if (value < 0) throw new Error(`no symbol of Code 128: ${symbol}`);
    return value;
  });
  const [start = 0, ...data] = values.slice(0, -1);
  const sum = data.reduce((total, value, i) => total + value * (i + 1), start);
  if (sum % 103 !== values.at(-1)) throw new Error('wrong check symbol');
  let set = 'ABC'.charAt(start - START_A);
  let text = '';
  data.forEach((value, i) => {
    if (value === FNC1) text += i === 0 ? ']C1' : '\x1d';
    else if (set === 'C' && value < CODE_B) text += String(value).padStart(2, '0');
    else if (value === CODE_C) set = 'C';
    else if (value === CODE_B && set !== 'B') set = 'B';
    else if (value === CODE_A && set !== 'A') set = 'A';
    else if (value >= SHIFT - 2) throw new Error(`not read here: value ${String(value)}`);
    else text += String.fromCharCode(set === 'A' && value > 63 ? value - 64 : value + 32);
  });
  return text;
}

/** Widths of the digits of EAN, number set A (ISO/IEC 15420, table 1); B is A from the right. */
const EAN = ['3211', '2221', '2122', '1411', '1132', '1231', '1114', '1312', '1213', '3112'];
/** Which sets the left half of EAN-13 has, for each first digit. */
const FIRST = 'AAAAAA AABABB AABBAB AABBBA ABAABB ABBAAB ABBBAA ABABAB ABABBA ABBABA'.split(' ');

/** What a scanner reads of EAN-13 and EAN-8. @throws if it is neither */
export function readEan(widths: readonly number[]): string {
  const pattern = widths.join('');
  const half = pattern.length === 59 ? 24 : 16;
  const parts = new RegExp(`^111(.{${half}})11111(.{${half}})111$`).exec(pattern);
  if (parts === null) throw new Error('no guards of EAN');
  let sets = '';
  const digitsOf = (text = '') =>
    Array.from(text.matchAll(/.{4}/g), ([digit]) => {
      const value = EAN.indexOf(digit);
      sets += value < 0 ? 'B' : 'A';
      return value < 0 ? EAN.indexOf(Array.from(digit).reverse().join('')) : value;
    }).join('');
  const left = digitsOf(parts[1]);
  const first = half === 24 ? String(FIRST.indexOf(sets)) : '';
  return first + left + digitsOf(parts[2]);
}
