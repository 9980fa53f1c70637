/** Arrays as text: CSV, and the literal that NumPy reads. Every number has the digits that make it the same again. */
import type { Statistics } from '../frames/channel-statistics.js';

/** What is taken away: values in C order, what they are, and how far they may be from what was computed. */
export interface TakenArray {
  /** Such as `conv1 output after ReLU, step 20`. */
  readonly title: string;
  readonly values: Float32Array | Float64Array;
  readonly shape: readonly number[];
  /** What each axis counts: channel, y, x. */
  readonly axes: readonly string[];
  /** The largest error of the values along the first axis: 0 where they are exact. */
  readonly bounds: Float64Array;
}

export function mostOf(bounds: Float64Array): number {
  return bounds.reduce((most, bound) => Math.max(most, bound), 0);
}

/** A sentence about how exact the values are. */
export function exactnessOf({ bounds }: Pick<TakenArray, 'bounds'>): string {
  const most = mostOf(bounds);
  return most === 0
    ? 'The values are exact.'
    : `The values were quantised to 8 bits and lie within ${String(most)} of those that were computed.`;
}

/** One row a value. Lines that begin with # say what it is. */
export function csvOf(array: TakenArray): string {
  const { title, values, shape, axes, bounds } = array;
  const isExact = mostOf(bounds) === 0;
  const lines = [`# ${oneLine(title)}`, `# ${exactnessOf(array)}`];
  lines.push([...axes, 'value', ...(isExact ? [] : ['bound'])].join(','));
  const perFirst = values.length / Math.max(1, shape[0] ?? 1);
  for (let at = 0; at < values.length; at++) {
    const bound = isExact ? '' : `,${bounds[Math.floor(at / perFirst)] ?? 0}`;
    lines.push(`${placesOf(at, shape).join(',')},${numberOf(values, at)}${bound}`);
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** `np.array([[…]])`, with what it is as a comment. */
export function literalOf(array: TakenArray): string {
  const { title, values, shape } = array;
  const dtype = values instanceof Float32Array ? 'np.float32' : 'np.float64';
  let at = 0;
  const nested = (axis: number): string => {
    if (axis === shape.length) return pythonOf(numberOf(values, at++));
    const isLast = axis === shape.length - 1;
    const parts = Array.from({ length: shape[axis] ?? 0 }, () => nested(axis + 1));
    return `[${parts.join(isLast ? ', ' : `,\n${' '.repeat(axis + 1 + 'np.array('.length)}`)}]`;
  };
  return `# ${oneLine(title)}. ${exactnessOf(array)}\nnp.array(${nested(0)}, dtype=${dtype})\n`;
}

/** One row a channel. */
export function statisticsCsv(title: string, statistics: Statistics): string {
  const { pictures, min, max, mean, std, zeroFraction, nonFinite } = statistics;
  const lines = [
    `# ${oneLine(title)}, over ${pictures} ${pictures === 1 ? 'picture' : 'pictures'}`,
    'channel,mean,std,min,max,zero_fraction,non_finite',
  ];
  for (let channel = 0; channel < mean.length; channel++) {
    const numbers = [mean, std, min, max, zeroFraction].map((values) => numberOf(values, channel));
    lines.push([channel, ...numbers, nonFinite[channel]].join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

function placesOf(at: number, shape: readonly number[]): number[] {
  const places: number[] = [];
  for (const size of shape.toReversed()) {
    places.unshift(at % size);
    at = Math.floor(at / size);
  }
  return places;
}

/** The shortest text that reads as the same float32 or float64. */
function numberOf(values: Float32Array | Float64Array, at: number): string {
  const value = values[at] ?? Number.NaN;
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (values instanceof Float64Array) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

function pythonOf(number: string): string {
  return /^-?(inf|nan)$/.test(number) ? number.replace(/inf|nan/, 'np.$&') : number;
}

/** A title may come from a log, and must not end the comment. */
function oneLine(title: string): string {
  return title.replaceAll(/[\r\n]+/g, ' ');
}
