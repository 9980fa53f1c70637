/** Whole outputs of layers from their inputs, with the interval of every value. */
import { exactly, plus, type Reading, times } from '../convolution/reading.js';
import type { LayerDescription, LayerOf } from '../run-description.js';
import { activated, fused, preluSlope } from './activations.js';
import { added, combined, concatenated } from './joined-maps.js';
import { each, emptyMaps, isExact, type LayerParameters, type Maps, sizeOf } from './maps.js';
import { groupNormed, layerNormed, normed, pictureNormed } from './norm-maps.js';
import { larger, product, quotient, smaller } from './pairs.js';
import { isMaxPool, type PoolLayer, poolDivisor, pooledShape, poolSpan } from './pool-windows.js';
import { rearranged } from './rearrange.js';
import { reduced } from './reduce.js';
import { logSoftmaxOf, softmaxOf } from './softmax.js';
import { allUpsampleTaps } from './upsample.js';

/** Layers whose output is cheap to compute. Convolutions are not: their maps are logged. */
export type ComputedLayer = LayerOf<
  | 'maxPool2d'
  | 'avgPool2d'
  | 'adaptiveAvgPool2d'
  | 'adaptiveMaxPool2d'
  | 'batchNorm2d'
  | 'groupNorm'
  | 'layerNorm'
  | 'activation'
  | 'prelu'
  | 'softmax'
  | 'logSoftmax'
  | 'add'
  | 'multiply'
  | 'divide'
  | 'maximum'
  | 'minimum'
  | 'scale'
  | 'reduce'
  | 'pad'
  | 'slice'
  | 'pixelShuffle'
  | 'pixelUnshuffle'
  | 'channelShuffle'
  | 'upsample'
  | 'concat'
  | 'flatten'
  | 'dropout'
  | 'dense'
>;

export function isComputed(layer: LayerDescription): layer is ComputedLayer {
  return layer.type !== 'conv2d' && layer.type !== 'convTranspose2d' && layer.type !== 'other';
}

/** Values of the largest output that is computed: 64 maps of 512×512. A description may claim any. */
const MOST_VALUES = 2 ** 24;

/**
 * @returns undefined if parameters are missing, the inputs do not have the shapes that the layer says, or the output is larger than
 * 2²⁴ values
 */
export function computeMaps(
  layer: ComputedLayer,
  inputs: readonly Maps[],
  parameters: LayerParameters,
): Maps | undefined {
  const [first] = inputs;
  if (first === undefined || sizeOf(layer.outputShape) > MOST_VALUES) return undefined;
  switch (layer.type) {
    case 'maxPool2d':
    case 'avgPool2d':
    case 'adaptiveAvgPool2d':
    case 'adaptiveMaxPool2d':
      return pooled(layer, first);
    case 'batchNorm2d':
      return normed(layer, first, parameters);
    case 'groupNorm':
      return groupNormed(layer, first, parameters);
    case 'layerNorm':
      return layer.over === 'picture'
        ? pictureNormed(layer, first, parameters)
        : layerNormed(layer, first, parameters);
    case 'activation':
      return each(first, activated(layer));
    case 'prelu':
      return withSlopes(first, parameters);
    case 'softmax':
      return shared(first, softmaxOf);
    case 'logSoftmax':
      return shared(first, logSoftmaxOf);
    case 'add':
      return added(layer, inputs);
    case 'multiply':
      return combined(inputs, product);
    case 'divide':
      return inputs.length === 2 ? combined(inputs, quotient) : undefined;
    case 'maximum':
      return combined(inputs, larger);
    case 'minimum':
      return combined(inputs, smaller);
    case 'scale':
      return each(first, (one) => plus(times(one, layer.factor), exactly(layer.offset)));
    case 'reduce':
      return reduced(layer, first);
    case 'pad':
    case 'slice':
    case 'pixelShuffle':
    case 'pixelUnshuffle':
    case 'channelShuffle':
      return rearranged(layer, first);
    case 'upsample':
      return upsampled(layer, first);
    case 'concat':
      return concatenated(inputs);
    case 'flatten':
      return { ...first, shape: [sizeOf(first.shape), 1, 1] };
    case 'dropout':
      return first;
    case 'dense':
      return multiplied(layer, first, parameters);
  }
}

function pooled(layer: PoolLayer, input: Maps): Maps | undefined {
  const [channels, height, width] = input.shape;
  const [outHeight, outWidth] = pooledShape(layer, input.shape);
  // They follow from kernel and padding, whatever shape the layer says.
  const isTooSmall = outHeight < 0 || outWidth < 0;
  if (isTooSmall || sizeOf([channels, outHeight, outWidth]) > MOST_VALUES) return undefined;
  const isMax = isMaxPool(layer);
  const result = emptyMaps([channels, outHeight, outWidth], isExact(input));
  const columns = Array.from({ length: outWidth }, (_, x) => poolSpan(layer, width, outWidth, 1, x));
  const arrays = isExact(input)
    ? ([[input.values, result.values]] as const)
    : ([
        [input.values, result.values],
        [input.lo, result.lo],
        [input.hi, result.hi],
      ] as const);
  for (const [source, target] of arrays) {
    let place = 0;
    for (let channel = 0; channel < channels; channel++) {
      for (let oy = 0; oy < outHeight; oy++) {
        const rows = poolSpan(layer, height, outHeight, 0, oy);
        for (const span of columns) {
          let best = isMax ? Number.NEGATIVE_INFINITY : 0;
          for (let y = rows.first; y < rows.end; y += rows.step) {
            const row = (channel * height + y) * width;
            for (let x = span.first; x < span.end; x += span.step) {
              const value = source[row + x]!;
              if (!isMax) best += value;
              else if (value > best || Number.isNaN(value)) best = value;
            }
          }
          const divisor = isMax ? 1 : poolDivisor(layer, rows, span);
          target[place++] = divisor === 0 ? 0 : best / divisor;
        }
      }
    }
  }
  return result;
}

function withSlopes(input: Maps, parameters: LayerParameters): Maps | undefined {
  const functions = Array.from({ length: input.shape[0] }, (_, channel) => {
    const negativeSlope = preluSlope(parameters, input.shape[0], channel);
    return negativeSlope === undefined ? undefined : activated({ kind: 'leakyRelu', negativeSlope });
  });
  if (!functions.every((one) => one !== undefined)) return undefined;
  return each(input, (reading, channel) => functions[channel]!(reading));
}

/** Of each value what it is among those of all channels of its pixel. */
function shared(input: Maps, of: typeof softmaxOf): Maps {
  const [channels, height, width] = input.shape;
  const result = emptyMaps(input.shape, isExact(input));
  const size = height * width;
  for (let pixel = 0; pixel < size; pixel++) {
    const all = Array.from({ length: channels }, (_, channel): Reading => {
      const place = channel * size + pixel;
      return { value: input.values[place]!, lo: input.lo[place]!, hi: input.hi[place]! };
    });
    for (let channel = 0; channel < channels; channel++) {
      const { value, lo, hi } = of(all, channel);
      const place = channel * size + pixel;
      result.lo[place] = lo;
      result.hi[place] = hi;
      result.values[place] = value;
    }
  }
  return result;
}

function upsampled(layer: LayerOf<'upsample'>, input: Maps): Maps | undefined {
  const [channels, height, width] = input.shape;
  const [outChannels, outHeight, outWidth] = layer.outputShape;
  if (outChannels !== channels) return undefined;
  const [rows, columns] = [allUpsampleTaps(layer, input.shape, 0), allUpsampleTaps(layer, input.shape, 1)];
  const exact = isExact(input);
  const result = emptyMaps([channels, outHeight, outWidth], exact);
  for (const name of exact ? (['values'] as const) : (['values', 'lo', 'hi'] as const)) {
    const source = input[name];
    let place = 0;
    for (let channel = 0; channel < channels; channel++)
      for (const row of rows)
        for (const column of columns) {
          let sum = 0;
          for (const { from: y, weight } of row)
            for (const { from: x, weight: other } of column)
              sum += weight * other * source[(channel * height + y) * width + x]!;
          result[name][place++] = sum;
        }
  }
  return result;
}

function multiplied(
  layer: LayerOf<'dense'>,
  input: Maps,
  { weight, bias }: LayerParameters,
): Maps | undefined {
  const { inFeatures, outFeatures } = layer;
  if (input.values.length !== inFeatures || weight?.length !== inFeatures * outFeatures) return undefined;
  if (layer.bias && bias === undefined) return undefined;
  const sums = emptyMaps([outFeatures, 1, 1], isExact(input));
  for (let unit = 0; unit < outFeatures; unit++) {
    const start = layer.bias ? bias![unit]! : 0;
    let [value, lo, hi] = [start, start, start];
    for (let index = 0; index < inFeatures; index++) {
      const factor = weight[unit * inFeatures + index]!;
      value += factor * input.values[index]!;
      lo += factor * (factor < 0 ? input.hi : input.lo)[index]!;
      hi += factor * (factor < 0 ? input.lo : input.hi)[index]!;
    }
    sums.lo[unit] = lo;
    sums.hi[unit] = hi;
    sums.values[unit] = value;
  }
  return layer.activation === 'none' ? sums : each(sums, fused(layer.activation));
}
