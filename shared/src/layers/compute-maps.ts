/** Whole outputs of layers from their inputs, with the interval of every value. */
import type { Reading } from '../convolution/reading.js';
import type { LayerDescription, LayerOf, MapShape } from '../run-description.js';
import { activated, fused, preluSlope } from './activations.js';
import { normFactors } from './batch-norm.js';
import { isExact, type LayerParameters, type Maps, sizeOf } from './maps.js';
import { type PoolLayer, poolDivisor, pooledShape, poolSpan } from './pool-windows.js';
import { softmaxOf } from './softmax.js';

/** Layers whose output is cheap to compute. Convolutions are not: their maps are logged. */
export type ComputedLayer = LayerOf<
  | 'maxPool2d'
  | 'avgPool2d'
  | 'adaptiveAvgPool2d'
  | 'batchNorm2d'
  | 'activation'
  | 'prelu'
  | 'softmax'
  | 'add'
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
    case 'activation':
      return each(first, activated(layer));
    case 'prelu':
      return withSlopes(first, parameters);
    case 'softmax':
      return shared(first);
    case 'add':
      return added(layer, inputs);
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

function emptyMaps(shape: MapShape, exact: boolean) {
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
function each(input: Maps, f: (reading: Reading, channel: number) => Reading): Maps {
  const result = emptyMaps(input.shape, isExact(input));
  const perChannel = input.shape[1] * input.shape[2];
  for (let place = 0; place < input.values.length; place++) {
    const { value, lo, hi } = f(
      { value: input.values[place]!, lo: input.lo[place]!, hi: input.hi[place]! },
      Math.floor(place / perChannel),
    );
    result.lo[place] = lo;
    result.hi[place] = hi;
    result.values[place] = value;
  }
  return result;
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

function added(layer: LayerOf<'add'>, inputs: readonly Maps[]): Maps | undefined {
  const [first] = inputs;
  if (first === undefined || inputs.some(({ shape }) => shape.join() !== first.shape.join()))
    return undefined;
  const exact = inputs.every(isExact);
  const sum = emptyMaps(first.shape, exact);
  for (let place = 0; place < sum.values.length; place++) {
    let [value, lo, hi] = [0, 0, 0];
    for (const input of inputs) {
      value += input.values[place]!;
      lo += input.lo[place]!;
      hi += input.hi[place]!;
    }
    sum.lo[place] = lo;
    sum.hi[place] = hi;
    sum.values[place] = value;
  }
  return layer.activation === 'none' ? sum : each(sum, fused(layer.activation));
}

function concatenated(inputs: readonly Maps[]): Maps | undefined {
  const [, height, width] = inputs[0]!.shape;
  if (inputs.some(({ shape }) => shape[1] !== height || shape[2] !== width)) return undefined;
  const channels = inputs.reduce((sum, { shape }) => sum + shape[0], 0);
  const result = emptyMaps([channels, height, width], inputs.every(isExact));
  let place = 0;
  for (const input of inputs) {
    result.lo.set(input.lo, place);
    result.hi.set(input.hi, place);
    result.values.set(input.values, place);
    place += input.values.length;
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
