/**
 * How much a channel differs between two captures, A and B, as far as the log can tell. Maps are logged with 8 bits, so a
 * value is known up to its bound; every measure is an interval that holds the measure of the exact values.
 */
import { exactly, type Reading } from '../convolution/reading.js';

/** The values of one channel, all pictures one after the other. */
export interface LoggedValues {
  /** Before ReLU, if it is applied. */
  readonly values: ArrayLike<number>;
  /** The largest difference between a value and the exact one. */
  readonly bound: number;
  /** Whether ReLU is applied. */
  readonly isRectified: boolean;
}

export interface ChannelChange {
  /** The mean of |B − A|. Where no place was compared, it and the norms are 0 and say nothing. */
  readonly meanAbsolute: Reading;
  /**
   * Pearson's correlation. Undefined if A or B is constant, or may be constant: its deviations from the mean are no larger
   * than its bounds.
   */
  readonly correlation: Reading | undefined;
  /** ‖A‖ and ‖B‖, Euclidean. */
  readonly normA: Reading;
  readonly normB: Reading;
  /** ‖B‖ − ‖A‖ */
  readonly norm: Reading;
  /** The number of places that were compared. */
  readonly places: number;
  /** The number of places where A or B is NaN or infinite. They are not compared. */
  readonly skipped: number;
}

/** By what channels can be sorted. */
export type ChangeMeasure = 'difference' | 'correlation' | 'norm';

/** B − A, with the bounds of both. The difference of NaN or infinities is what IEEE arithmetic says. */
export function differenceOf(a: Reading, b: Reading): Reading {
  const value = b.value - a.value;
  return Number.isFinite(value) ? { value, lo: b.lo - a.hi, hi: b.hi - a.lo } : exactly(value);
}

/** Whether a difference cannot be 0. NaN and infinities are a change. */
export function isChange({ value, lo, hi }: Reading): boolean {
  return !Number.isFinite(value) || lo > 0 || hi < 0;
}

/** |x|, of an interval. */
export function sizeOf({ value, lo, hi }: Reading): Reading {
  return { value: Math.abs(value), lo: Math.max(0, lo, -hi), hi: Math.max(Math.abs(lo), Math.abs(hi)) };
}

/**
 * The largest difference between what is shown of a logged value and what is exact: after ReLU, a value that is certainly
 * negative is exactly 0.
 */
export function errorOf(value: number, bound: number, isRectified: boolean): number {
  if (!isRectified || value >= 0) return bound;
  return Math.max(0, value + bound);
}

/**
 * @param counts at how many places each pair of values is; undefined: at one
 * @throws Error when A and B have different numbers of values.
 */
export function changeOf(a: LoggedValues, b: LoggedValues, counts?: Uint32Array): ChannelChange {
  const length = checkedLength(a, b);
  const { values: valuesA, bound: boundA, isRectified: isRectifiedA } = a;
  const { values: valuesB, bound: boundB, isRectified: isRectifiedB } = b;
  let total = 0;
  let places = 0;
  let [sumA, sumB] = [0, 0];
  let [squaresA, squaresB, errorsA, errorsB] = [0, 0, 0, 0];
  let [absolute, least, most] = [0, 0, 0];
  for (let at = 0; at < length; at++) {
    const count = counts === undefined ? 1 : counts[at]!;
    total += count;
    const rawA = valuesA[at]!;
    const rawB = valuesB[at]!;
    const shownA = isRectifiedA && rawA <= 0 ? 0 : rawA;
    const shownB = isRectifiedB && rawB <= 0 ? 0 : rawB;
    // value − value is NaN for NaN and for infinities.
    if (shownA - shownA !== 0 || shownB - shownB !== 0) continue;
    places += count;
    const errorA = errorOf(rawA, boundA, isRectifiedA);
    const errorB = errorOf(rawB, boundB, isRectifiedB);
    sumA += count * shownA;
    sumB += count * shownB;
    squaresA += count * shownA * shownA;
    squaresB += count * shownB * shownB;
    errorsA += count * errorA * errorA;
    errorsB += count * errorB * errorB;
    const apart = Math.abs(shownB - shownA);
    absolute += count * apart;
    least += count * Math.max(0, apart - errorA - errorB);
    most += count * (apart + errorA + errorB);
  }
  const normA = normReading(squaresA, errorsA);
  const normB = normReading(squaresB, errorsB);
  const mean = (sum: number) => (places === 0 ? 0 : sum / places);
  return {
    meanAbsolute: { value: mean(absolute), lo: mean(least), hi: mean(most) },
    correlation: correlationOf(
      a,
      b,
      { a: mean(sumA), b: mean(sumB) },
      { a: Math.sqrt(errorsA), b: Math.sqrt(errorsB) },
      counts,
    ),
    normA,
    normB,
    norm: differenceOf(normA, normB),
    places,
    skipped: total - places,
  };
}

/** By the triangle inequality, errors of length e change a norm by at most e. */
function normReading(squares: number, errors: number): Reading {
  const [value, error] = [Math.sqrt(squares), Math.sqrt(errors)];
  return { value, lo: Math.max(0, value - error), hi: value + error };
}

/** Of what its rounding can add up to, relative to a norm, in float64. */
const ROUNDING = 1e-12;

/**
 * The correlation is the cosine of the angle between the two vectors of deviations from the mean. Errors of length e turn
 * a vector of length n by at most asin(e / n); taking off the mean of the errors does not make them longer.
 */
function correlationOf(
  a: LoggedValues,
  b: LoggedValues,
  means: { readonly a: number; readonly b: number },
  errors: { readonly a: number; readonly b: number },
  counts: Uint32Array | undefined,
): Reading | undefined {
  const { values: valuesA, isRectified: isRectifiedA } = a;
  const { values: valuesB, isRectified: isRectifiedB } = b;
  const { a: meanA, b: meanB } = means;
  let [products, squaresA, squaresB, largestA, largestB] = [0, 0, 0, 0, 0];
  for (let at = 0; at < valuesA.length; at++) {
    const rawA = valuesA[at]!;
    const rawB = valuesB[at]!;
    const shownA = isRectifiedA && rawA <= 0 ? 0 : rawA;
    const shownB = isRectifiedB && rawB <= 0 ? 0 : rawB;
    if (shownA - shownA !== 0 || shownB - shownB !== 0) continue;
    const count = counts === undefined ? 1 : counts[at]!;
    const fromA = shownA - meanA;
    const fromB = shownB - meanB;
    products += count * fromA * fromB;
    squaresA += count * fromA * fromA;
    squaresB += count * fromB * fromB;
    largestA = Math.max(largestA, Math.abs(shownA));
    largestB = Math.max(largestB, Math.abs(shownB));
  }
  const [lengthA, lengthB] = [Math.sqrt(squaresA), Math.sqrt(squaresB)];
  if (lengthA <= Math.max(errors.a, ROUNDING * largestA)) return undefined;
  if (lengthB <= Math.max(errors.b, ROUNDING * largestB)) return undefined;
  const value = Math.max(-1, Math.min(1, products / (lengthA * lengthB)));
  if (errors.a === 0 && errors.b === 0) return exactly(value);
  const angle = Math.acos(value);
  const turn = Math.asin(errors.a / lengthA) + Math.asin(errors.b / lengthB);
  return {
    value,
    lo: Math.cos(Math.min(Math.PI, angle + turn)),
    hi: Math.cos(Math.max(0, angle - turn)),
  };
}

/** Some milliseconds of work. */
const PIECE = 128 * 1024;

/**
 * ‖B − A‖ / ‖A‖ over all channels of a layer, in pieces of at most PIECE values. Undefined if A is, or may be, all zero, and if
 * nothing can be compared.
 * @throws Error when A and B of a channel have different numbers of values.
 */
export function* relativeChange(
  channels: Iterable<readonly [a: LoggedValues, b: LoggedValues]>,
): Generator<void, Reading | undefined> {
  let [apart, errors, squares, errorsA] = [0, 0, 0, 0];
  let left = PIECE;
  for (const [a, b] of channels) {
    const count = checkedLength(a, b);
    for (let at = 0; at < count; at++) {
      if (left-- === 0) {
        left = PIECE;
        yield;
      }
      const rawA = a.values[at]!;
      const rawB = b.values[at]!;
      const shownA = a.isRectified && rawA <= 0 ? 0 : rawA;
      const shownB = b.isRectified && rawB <= 0 ? 0 : rawB;
      if (shownA - shownA !== 0 || shownB - shownB !== 0) continue;
      const errorA = errorOf(rawA, a.bound, a.isRectified);
      const error = errorA + errorOf(rawB, b.bound, b.isRectified);
      apart += (shownB - shownA) ** 2;
      errors += error * error;
      squares += shownA * shownA;
      errorsA += errorA * errorA;
    }
  }
  const difference = normReading(apart, errors);
  const norm = normReading(squares, errorsA);
  if (norm.lo === 0) return undefined;
  return {
    value: difference.value / norm.value,
    lo: difference.lo / norm.hi,
    hi: difference.hi / norm.lo,
  };
}

function checkedLength(a: LoggedValues, b: LoggedValues): number {
  if (a.values.length === b.values.length) return a.values.length;
  throw new Error(
    `${a.values.length} values of A cannot be compared with ${b.values.length} values of B: they must be as many.`,
  );
}

/**
 * How much a channel has certainly changed, for sorting: larger is more. Channels without a finite place come first, and those that
 * may not have changed at all last, in the order of the measured values.
 */
function keyOf(change: ChannelChange, by: ChangeMeasure): readonly [certain: number, measured: number] {
  if (change.places === 0) return [Number.POSITIVE_INFINITY, 0];
  if (by === 'correlation') {
    const { correlation } = change;
    return correlation === undefined
      ? [Number.NEGATIVE_INFINITY, 0]
      : [1 - correlation.hi, 1 - correlation.value];
  }
  const { lo, value } = by === 'norm' ? sizeOf(change.norm) : change.meanAbsolute;
  return [lo, value];
}

/** The channels for which there is a change, those that have certainly changed most first. */
export function channelsByChange(
  changes: readonly (ChannelChange | undefined)[],
  by: ChangeMeasure,
): number[] {
  const keys = changes.map((change) => (change === undefined ? undefined : keyOf(change, by)));
  return changes
    .flatMap((change, channel) => (change === undefined ? [] : [channel]))
    .sort((one, other) => {
      const [certain, measured] = keys[one]!;
      const [otherCertain, otherMeasured] = keys[other]!;
      return certain === otherCertain
        ? otherMeasured - measured || one - other
        : otherCertain > certain
          ? 1
          : -1;
    });
}
