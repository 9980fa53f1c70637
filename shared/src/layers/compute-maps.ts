/** Whole outputs of layers from their inputs, with the interval of every value. */
import type { Reading } from '../convolution/reading.js';
import type { LayerDescription, LayerOf } from '../run-description.js';
import { activated, fused, preluSlope } from './activations.js';
import { normFactors } from './batch-norm.js';
import { channelFactors, channelsPerGroup, momentsOf, normalised } from './group-norm.js';
import { added, concatenated, factorsMultiplied } from './joined-maps.js';
import { each, emptyMaps, isExact, type LayerParameters, type Maps, sizeOf } from './maps.js';
import { type PoolLayer, poolDivisor, pooledShape, poolSpan } from './pool-windows.js';
import { softmaxOf } from './softmax.js';
import { allUpsampleTaps } from './upsample.js';

/** Layers whose output is cheap to compute. Convolutions are not: their maps are logged. */
export type ComputedLayer = LayerOf<
  | 'maxPool2d'
  | 'avgPool2d'
  | 'adaptiveAvgPool2d'
  | 'batchNorm2d'
  | 'groupNorm'
  | 'layerNorm'
  | 'activation'
  | 'prelu'
  | 'softmax'
  | 'add'
  | 'multiply'
  | 'upsample'
  | 'concat'
  | 'flatten'
  | 'dropout'
  | 'dense'
>;

export function isComputed(layer: LayerDescription): layer is ComputedLayer {
  return layer.type !== 'conv2d' && layer.type !== 'convTranspose2d' && layer.type !== 'other';
}

/**
 * @returns undefined if parameters are missing or the inputs do not have the shapes that the layer says
 */
export function computeMaps(
  layer: ComputedLayer,
  inputs: readonly Maps[],
  parameters: LayerParameters,
): Maps | undefined {
  const [first] = inputs;
  if (first === undefined) return undefined;
  switch (layer.type) {
    case 'maxPool2d':
    case 'avgPool2d':
    case 'adaptiveAvgPool2d':
      return pooled(layer, first);
    case 'batchNorm2d':
      return normed(layer, first, parameters);
    case 'groupNorm':
      return groupNormed(layer, first, parameters);
    case 'layerNorm':
      return layerNormed(layer, first, parameters);
    case 'activation':
      return each(first, activated(layer));
    case 'prelu':
      return withSlopes(first, parameters);
    case 'softmax':
      return shared(first);
    case 'add':
      return added(layer, inputs);
    case 'multiply':
      return factorsMultiplied(inputs);
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

function pooled(layer: PoolLayer, input: Maps): Maps {
  const [channels, height, width] = input.shape;
  const [outHeight, outWidth] = pooledShape(layer, input.shape);
  const isMax = layer.type === 'maxPool2d';
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

function normed(layer: LayerOf<'batchNorm2d'>, input: Maps, parameters: LayerParameters): Maps | undefined {
  const factors = Array.from({ length: input.shape[0] }, (_, channel) => {
    const found = normFactors(layer, parameters, channel);
    return found && { ...found, root: Math.sqrt(found.variance + layer.eps) };
  });
  if (!factors.every((one) => one !== undefined)) return undefined;
  return each(input, ({ value, lo, hi }, channel) => {
    const { mean, root, weight, bias } = factors[channel]!;
    const at = (x: number) => ((x - mean) / root) * weight + bias;
    return { value: at(value), lo: at(weight < 0 ? hi : lo), hi: at(weight < 0 ? lo : hi) };
  });
}

function groupNormed(
  layer: LayerOf<'groupNorm'>,
  input: Maps,
  parameters: LayerParameters,
): Maps | undefined {
  const [channels, height, width] = input.shape;
  const perGroup = channelsPerGroup(layer, channels);
  const factors = Array.from({ length: channels }, (_, channel) =>
    channelFactors(layer, parameters, channel),
  );
  if (perGroup === undefined || !factors.every((one) => one !== undefined)) return undefined;
  const size = perGroup * height * width;
  const moments = Array.from({ length: layer.groups }, (_, group) => {
    const [from, to] = [group * size, (group + 1) * size];
    const values = input.values.subarray(from, to);
    return isExact(input)
      ? momentsOf(values, values, values)
      : momentsOf(values, input.lo.subarray(from, to), input.hi.subarray(from, to));
  });
  return each(input, (reading, channel) =>
    normalised(reading, moments[Math.floor(channel / perGroup)]!, layer.eps, factors[channel]!),
  );
}

function layerNormed(
  layer: LayerOf<'layerNorm'>,
  input: Maps,
  parameters: LayerParameters,
): Maps | undefined {
  const [channels, height, width] = input.shape;
  if (channels !== layer.outputShape[0]) return undefined;
  const factors = Array.from({ length: channels }, (_, channel) =>
    channelFactors(layer, parameters, channel),
  );
  if (!factors.every((one) => one !== undefined)) return undefined;
  const size = height * width;
  const result = emptyMaps(input.shape, isExact(input));
  const values = new Float64Array(channels);
  const [lo, hi] = isExact(input)
    ? [values, values]
    : [new Float64Array(channels), new Float64Array(channels)];
  for (let pixel = 0; pixel < size; pixel++) {
    for (let channel = 0, place = pixel; channel < channels; channel++, place += size) {
      lo[channel] = input.lo[place]!;
      hi[channel] = input.hi[place]!;
      values[channel] = input.values[place]!;
    }
    const moments = momentsOf(values, lo, hi);
    for (let channel = 0, place = pixel; channel < channels; channel++, place += size) {
      const own = { value: values[channel]!, lo: lo[channel]!, hi: hi[channel]! };
      const normal = normalised(own, moments, layer.eps, factors[channel]!);
      result.lo[place] = normal.lo;
      result.hi[place] = normal.hi;
      result.values[place] = normal.value;
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

function shared(input: Maps): Maps {
  const [channels, height, width] = input.shape;
  const result = emptyMaps(input.shape, isExact(input));
  const size = height * width;
  for (let pixel = 0; pixel < size; pixel++) {
    const all = Array.from({ length: channels }, (_, channel): Reading => {
      const place = channel * size + pixel;
      return { value: input.values[place]!, lo: input.lo[place]!, hi: input.hi[place]! };
    });
    for (let channel = 0; channel < channels; channel++) {
      const { value, lo, hi } = softmaxOf(all, channel);
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
