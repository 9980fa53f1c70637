/** Texts of the numbers beside an axis. The minus is U+2212, which is as wide as a digit. */

const MOST_DECIMALS = 15;
/** With a comma after thousands, by the number of digits after the point. */
const GROUPED = Array.from(
  { length: MOST_DECIMALS + 1 },
  (_, decimals) =>
    new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
);
/** Longer texts are only used if every other notation is longer still. */
const COMFORTABLE = 6;

/** Writes all ticks with the same number of digits after the point. */
type Notation = (value: number, decimals: number) => string;

const plain: Notation = (value, decimals) => GROUPED[decimals]!.format(value);

/** 5e−5, without trailing zeros. */
const exponential: Notation = (value, decimals) =>
  value === 0 ? '0' : value.toExponential(decimals).replace(/\.?0*e\+?/, 'e');

/** 15k, 1.5M. */
function thousands(largest: number): Notation {
  const power = Math.max(1, Math.min(4, Math.floor(Math.log10(largest) / 3)));
  const suffix = ['', 'k', 'M', 'G', 'T'][power]!;
  return (value, decimals) => (value === 0 ? '0' : `${(value / 1000 ** power).toFixed(decimals)}${suffix}`);
}

function numberIn(text: string): number {
  const power = 'kMGT'.indexOf(text.at(-1)!) + 1;
  return Number(text.replaceAll(',', '').replace(/[kMGT]$/, '')) * 1000 ** power;
}

/**
 * How far a text may be off: little beside the distance to the next tick, and beside the tick itself. On a logarithmic axis the
 * next one may be many times as large.
 */
function toleranceOf(ticks: readonly number[], at: number): number {
  const tick = ticks[at]!;
  const sizes = [ticks[at - 1], ticks[at + 1]].flatMap((next) =>
    next === undefined ? [] : [Math.abs(next - tick)],
  );
  return 1e-6 * Math.min(...sizes, ...(tick === 0 ? [] : [Math.abs(tick)]));
}

/** The texts with the fewest digits that still say which numbers they are; undefined if 15 are too few. */
function written(ticks: readonly number[], notation: Notation): string[] | undefined {
  const tolerances = ticks.map((_, at) => toleranceOf(ticks, at));
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals++) {
    const texts = ticks.map((tick) => notation(tick, decimals));
    if (ticks.every((tick, at) => Math.abs(numberIn(texts[at]!) - tick) <= tolerances[at]!)) return texts;
  }
  return undefined;
}

const longest = (texts: readonly string[]) => Math.max(0, ...texts.map(({ length }) => length));

/**
 * The texts of the ticks of one axis. They are exact, so that no two of them are the same, in the shortest notation: 0.5
 * and 1.0, 1e−4 and 5e−5, 15,000 and 20,000, 1.5M and 2M.
 */
export function tickTexts(ticks: readonly number[]): string[] {
  const largest = Math.max(0, ...ticks.map(Math.abs));
  if (largest === 0 || !Number.isFinite(largest)) return ticks.map(String);
  const notations = [plain, ...(largest >= 1e4 && largest < 1e15 ? [thousands(largest)] : []), exponential];
  const all = notations.flatMap((notation) => {
    const texts = written(ticks, notation);
    return texts === undefined ? [] : [texts];
  });
  const comfortable = all.find((texts) => longest(texts) <= COMFORTABLE);
  const best = comfortable ?? all.sort((a, b) => longest(a) - longest(b))[0] ?? ticks.map(String);
  return best.map((text) => text.replaceAll('-', '−'));
}

/** A value to three digits, as short as a tick: 1.08, 9.5e−5, 15k. */
export function shortText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+∞' : '−∞';
  return tickTexts([Number(value.toPrecision(3))])[0]!;
}

/**
 * A logged value in a reading: three digits after the point, and three digits of a small number, since a learning rate of
 * 0.00095 is not 0.001. Whole numbers are written whole.
 */
export function scalarText(value: number): string {
  if (!Number.isFinite(value)) return shortText(value);
  const size = Math.abs(value);
  const text =
    size !== 0 && (size >= 1e9 || size < 1e-4)
      ? value.toExponential(2).replace('e+', 'e')
      : Number.isInteger(value)
        ? plain(value, 0)
        : plain(value, size >= 1000 ? 1 : size >= 0.1 ? 3 : 2 - Math.floor(Math.log10(size)));
  return text.replaceAll('-', '−');
}
