/** Numbers of which only an interval is known, such as values that were logged with 8 bits, and sums of them. */
import type { ConvolutionTerm } from './terms.js';

/** A number and the interval that holds the exact one. The interval of an exact number is the number itself. */
export interface Reading {
  /** NaN or infinite only if the exact number is. */
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
}

export function exactly(value: number): Reading {
  return { value, lo: value, hi: value };
}

export function within(value: number, bound: number): Reading {
  return { value, lo: value - bound, hi: value + bound };
}

/** The largest possible difference between the value and the exact number; 0 for NaN and infinities, which are exact. */
export function marginOf({ value, lo, hi }: Reading): number {
  return Number.isFinite(value) ? Math.max(hi - value, value - lo) : 0;
}

/** After ReLU. The interval is clipped too: of [−0.02, 0.01] it leaves [0, 0.01]. */
export function rectified({ value, lo, hi }: Reading): Reading {
  return { value: relu(value), lo: relu(lo), hi: relu(hi) };
}

/** Not Math.max: NaN must stay NaN, and −0 must not appear. */
function relu(value: number): number {
  return value <= 0 ? 0 : value;
}

export function plus(a: Reading, b: Reading): Reading {
  return { value: a.value + b.value, lo: a.lo + b.lo, hi: a.hi + b.hi };
}

export function times({ value, lo, hi }: Reading, factor: number): Reading {
  const [one, other] = [lo * factor, hi * factor];
  return factor < 0
    ? { value: value * factor, lo: other, hi: one }
    : { value: value * factor, lo: one, hi: other };
}

/** What the tap of a term reads. Zero padding is exact. */
export function inputReading(
  { inChannel, source }: ConvolutionTerm,
  readingAt: (channel: number, y: number, x: number) => Reading,
): Reading {
  return source === undefined ? exactly(0) : readingAt(inChannel, source.y, source.x);
}

/** Σ weight · input. `inputs` has an entry for each term; weights are exact. */
export function sumOfProducts(terms: readonly ConvolutionTerm[], inputs: readonly Reading[]): Reading {
  let sum = exactly(0);
  for (const [index, { weight }] of terms.entries()) sum = plus(sum, times(inputs[index]!, weight));
  return sum;
}

/** The numbers in which a layer is computed. TF32 is how GPUs multiply float32 unless they are told not to. */
export type Precision = 'float32' | 'tf32' | 'float16' | 'bfloat16';

const HALF_UNITS = { float16: 2 ** -11, bfloat16: 2 ** -8 } as const;

/** By what fraction of it one operation may miss the exact result. */
export function unitRoundoff(precision: Precision): number {
  return precision === 'float32' || precision === 'tf32' ? 2 ** -24 : HALF_UNITS[precision];
}

/** By how much one operation may miss a result that is close to 0. Only float16 has so few small numbers that it matters. */
export function leastRounding(precision: Precision): number {
  return precision === 'float16' ? 2 ** -25 : 0;
}

/**
 * The largest difference between the exact sum and one that was added up in numbers with the roundoff u, in any order:
 * n·u·Σ|weight·input| for n products and biases (Higham, Accuracy and Stability of Numerical Algorithms, 3.1). u is 2⁻²⁴ for
 * float32. TF32 first rounds both factors to 11 bits, which adds 2⁻¹⁰·Σ|weight·input|.
 */
export function roundingOf(terms: readonly ConvolutionTerm[], bias: number, precision: Precision): number {
  let products = 0;
  for (const { product } of terms) products += Math.abs(product);
  const operations = 2 * (terms.length + 1);
  const ofSum =
    (terms.length + 1) * unitRoundoff(precision) * (products + Math.abs(bias)) +
    operations * leastRounding(precision);
  return precision === 'tf32' ? ofSum + (2 ** -10 + 2 ** -22) * products : ofSum;
}
