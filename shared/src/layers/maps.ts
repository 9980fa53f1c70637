/** Maps whose values may be known only as intervals, such as maps that were logged with 8 bits. */
import type { Reading } from '../convolution/reading.js';
import type { MapShape } from '../run-description.js';

type Values = Float32Array | Float64Array;

/** [channel, y, x] row-major. For exact values `lo` and `hi` are `values` itself. */
export interface Maps {
  readonly shape: MapShape;
  readonly values: Values;
  readonly lo: Values;
  readonly hi: Values;
}

/** Zeros, whose interval has arrays of its own where values are not exact. */
export function emptyMaps(shape: MapShape, exact: boolean) {
  const size = sizeOf(shape);
  const values = new Float64Array(size);
  return {
    shape,
    values,
    lo: exact ? values : new Float64Array(size),
    hi: exact ? values : new Float64Array(size),
  };
}

/** A function of single values. The interval is written first, since exact maps have one array for all three. */
export function each(input: Maps, f: (reading: Reading, channel: number, place: number) => Reading): Maps {
  const result = emptyMaps(input.shape, isExact(input));
  const perChannel = input.shape[1] * input.shape[2];
  for (let place = 0; place < input.values.length; place++) {
    const { value, lo, hi } = f(
      { value: input.values[place]!, lo: input.lo[place]!, hi: input.hi[place]! },
      Math.floor(place / perChannel),
      place,
    );
    result.lo[place] = lo;
    result.hi[place] = hi;
    result.values[place] = value;
  }
  return result;
}

/** Maps of which single values are read. */
export interface MapReader {
  readonly shape: MapShape;
  at(channel: number, y: number, x: number): Reading;
}

export function exactMaps(values: Values, shape: MapShape): Maps {
  return { shape, values, lo: values, hi: values };
}

export function isExact({ values, lo, hi }: Maps): boolean {
  return lo === values && hi === values;
}

export function sizeOf([channels, height, width]: MapShape): number {
  return channels * height * width;
}

export function readerOf({ shape, values, lo, hi }: Maps): MapReader {
  const [, height, width] = shape;
  return {
    shape,
    at(channel, y, x) {
      const place = (channel * height + y) * width + x;
      return { value: values[place]!, lo: lo[place]!, hi: hi[place]! };
    },
  };
}

/** The parameters of a layer as they were logged. */
export interface LayerParameters {
  /** [out, in/groups, kH, kW], [in, out/groups, kH, kW], [out, in] or [channels], by the kind of layer. */
  readonly weight?: Values | undefined;
  readonly bias?: Values | undefined;
  /** Of batch norm. */
  readonly runningMean?: Values | undefined;
  readonly runningVar?: Values | undefined;
}
