/** One value of all channels of a pixel, or of all pixels of a channel. */
import type { Reading } from '../convolution/reading.js';
import type { LayerOf, MapShape } from '../run-description.js';
import { emptyMaps, isExact, type Maps, readerOf } from './maps.js';

type Reduce = LayerOf<'reduce'>;

export function reducedShape({ over }: Reduce, [channels, height, width]: MapShape): MapShape {
  return over === 'channels' ? [1, height, width] : [channels, 1, 1];
}

/** The places that one output value is made of. */
export function* reducedPlaces(
  { over }: Reduce,
  [channels, height, width]: MapShape,
  at: { readonly channel: number; readonly y: number; readonly x: number },
) {
  if (over === 'channels') {
    for (let channel = 0; channel < channels; channel++) yield { channel, y: at.y, x: at.x };
  } else {
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) yield { channel: at.channel, y, x };
  }
}

/** The squares that a value may have. */
function squared({ value, lo, hi }: Reading): Reading {
  const [one, other] = [lo * lo, hi * hi];
  return {
    value: value * value,
    lo: lo <= 0 && hi >= 0 ? 0 : Math.min(one, other),
    hi: Math.max(one, other),
  };
}

export function reductionOf(of: Reduce['of'], readings: readonly Reading[]): Reading {
  const ofEnd = (end: keyof Reading): number => {
    if (of === 'max')
      return readings.reduce((most, one) => Math.max(most, one[end]), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (const one of readings) sum += of === 'norm' ? squared(one)[end] : one[end];
    if (of === 'mean') return sum / readings.length;
    return of === 'norm' ? Math.sqrt(sum) : sum;
  };
  return { value: ofEnd('value'), lo: ofEnd('lo'), hi: ofEnd('hi') };
}

export function reduced(layer: Reduce, input: Maps): Maps | undefined {
  const shape = reducedShape(layer, input.shape);
  if (shape.join() !== layer.outputShape.join()) return undefined;
  const { at } = readerOf(input);
  const result = emptyMaps(shape, isExact(input));
  let place = 0;
  for (let channel = 0; channel < shape[0]; channel++)
    for (let y = 0; y < shape[1]; y++)
      for (let x = 0; x < shape[2]; x++, place++) {
        const places = [...reducedPlaces(layer, input.shape, { channel, y, x })];
        const { value, lo, hi } = reductionOf(
          layer.of,
          places.map((one) => at(one.channel, one.y, one.x)),
        );
        result.lo[place] = lo;
        result.hi[place] = hi;
        result.values[place] = value;
      }
  return result;
}
