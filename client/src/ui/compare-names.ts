/** The order of names of runs and of texts among hyperparameters, in which numbers are often rates: 0.003 comes before 0.01. */

const NUMBER = /\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;
const { compare } = new Intl.Collator('en');

interface Parts {
  /** What stands before, between and after the numbers. */
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}

/** More names are not remembered at a time: a table of runs has 5,000. */
const MOST_KNOWN = 20_000;
const known = new Map<string, Parts>();

function partsOf(name: string): Parts {
  let parts = known.get(name);
  if (parts === undefined) {
    parts = { texts: name.split(NUMBER), numbers: (name.match(NUMBER) ?? []).map(Number) };
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(name, parts);
  }
  return parts;
}

/** Compares names as TensorBoard does: numbers in them by their value, with decimals and exponents, and the rest as text. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  const [first, second] = [partsOf(a), partsOf(b)];
  const length = Math.min(first.texts.length, second.texts.length);
  for (let at = 0; at < length; at++) {
    const order = compare(first.texts[at]!, second.texts[at]!);
    if (order !== 0) return order;
    const [left, right] = [first.numbers[at], second.numbers[at]];
    if (left !== undefined && right !== undefined && left !== right) return left < right ? -1 : 1;
  }
  return first.texts.length - second.texts.length || (a < b ? -1 : 1);
}
