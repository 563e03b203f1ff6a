/** Why a field cannot stay as it is; the words are in the catalogue under `fault.*`. */
export interface Fault {
  readonly reason:
    | 'required'
    | 'too-long'
    | 'not-a-number'
    | 'out-of-range'
    | 'not-a-name'
    | 'not-a-gtin'
    | 'not-a-bundle'
    | 'not-an-instant'
    | 'ends-before-it-starts'
    | 'choose-one'
    | 'too-many'
    | 'has-versions'
    | 'taken'
    | 'refused';
  /** What the words need: a limit, the value at fault, HQ's own sentence. */
  readonly values?: Readonly<Record<string, string | number>>;
}
/** Field → what is wrong with it. No entry: nothing is. */
export type Faults<Field extends string> = Partial<Record<Field, Fault>>;

/**
 * What HQ said of each field in an answer of 400 (`field: reason; field: reason`), by the path it named.
 * Text that does not read so is about the whole form, under ''.
 */
export function faultsFromProblem(message: string): Record<string, Fault> {
  const faults: Record<string, Fault> = {};
  for (const part of message.split('; ')) {
    const match = /^([A-Za-z0-9_.()-]+): (.+)$/.exec(part);
    const path = match?.[1] === '(whole)' ? '' : (match?.[1] ?? '');
    faults[path] ??= { reason: 'refused', values: { message: match?.[2] ?? part } };
  }
  return faults;
}
