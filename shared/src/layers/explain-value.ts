/**
 * How one output value of a layer comes about: what it reads, with which weights, and what that gives. It is one file because
 * each kind of layer is a short function beside the switch that chooses it.
 */
import { exactly, plus, type Reading, times } from '../convolution/reading.js';
import { transposedTaps } from '../convolution/transposed.js';
import type {
  BatchNorm2dDescription,
  ConvTranspose2dDescription,
  DenseDescription,
  GroupNormDescription,
  LayerDescription,
  LayerNormDescription,
  ReduceDescription,
  UpsampleDescription,
} from '../run-description.js';
import { type Activation, activated, fused, preluSlope } from './activations.js';
import { normFactors } from './batch-norm.js';
import { broadcastPlace, broadcastShape } from './broadcast.js';
import {
  type ChannelFactors,
  channelFactors,
  channelsPerGroup,
  momentsOf,
  normalised,
} from './group-norm.js';
import type { LayerParameters, MapReader } from './maps.js';
import { larger, product, quotient, smaller } from './pairs.js';
import { isMaxPool, type PoolLayer, poolDivisor, pooledShape, poolSpan } from './pool-windows.js';
import { movedFrom, paddedValue, type RearrangingLayer, rearrangedShape } from './rearrange.js';
import { reducedPlaces, reducedShape, reductionOf } from './reduce.js';
import { logSoftmaxOf, softmaxOf } from './softmax.js';
import { upsampleTaps } from './upsample.js';

export interface LayerTerm {
  /** Which of the layer's inputs it reads. */
  readonly operand: number;
  readonly channel: number;
  readonly y: number;
  readonly x: number;
  readonly input: Reading;
  readonly weight: number;
}

interface Explained {
  readonly terms: readonly LayerTerm[];
  /** Before the layer's own activation. */
  readonly before: Reading;
  readonly relu: boolean;
  readonly result: Reading;
}

export type Explanation = Explained &
  (
    | { readonly formula: 'sum'; readonly bias: number | undefined }
    | {
        readonly formula: 'max' | 'min';
        /** The index of the term that PyTorch chooses: of equal ones the first. */
        readonly winner: number;
        /** Whether it is known that no other one is larger, or smaller. */
        readonly certain: boolean;
      }
    | { readonly formula: 'mean'; readonly divisor: number }
    | {
        readonly formula: 'norm';
        /** Of what the statistics are: channels of this picture, or of this pixel; else they are running ones. */
        readonly over: { readonly channels: number; readonly of: 'picture' | 'pixel' } | undefined;
        readonly mean: number;
        readonly variance: number;
        readonly eps: number;
        readonly weight: number;
        readonly bias: number;
      }
    | { readonly formula: 'activation'; readonly layer: Activation }
    /** `own`: the index of the term whose share of the whole it is, or the share's logarithm. */
    | { readonly formula: 'softmax' | 'logSoftmax'; readonly own: number }
    /** The weight of each factor is the product of the others. */
    | { readonly formula: 'product' }
    /** The weights are such that each term times its weight is the quotient. */
    | { readonly formula: 'quotient' }
    /** The root of the sum of the squares; the weight of each term is its value. */
    | { readonly formula: 'root' }
    | { readonly formula: 'copy' }
    /** What a padding adds. It has no terms. */
    | { readonly formula: 'constant' }
  );

export interface OutputPlace {
  readonly channel: number;
  readonly y: number;
  readonly x: number;
}

/** Layers that this file explains: all but convolutions, which `convolutionTerms` does, and unknown ones. */
export type ExplainedLayer = Exclude<LayerDescription, { readonly type: 'conv2d' | 'other' }>;

/**
 * @param inputs the maps that the layer reads, in the order of its `inputs`
 * @returns undefined if parameters are missing or the inputs do not have the shapes that the layer says
 */
export function explainValue(
  layer: ExplainedLayer,
  inputs: readonly MapReader[],
  parameters: LayerParameters,
  at: OutputPlace,
): Explanation | undefined {
  const [first] = inputs;
  if (first === undefined) return undefined;
  switch (layer.type) {
    case 'maxPool2d':
    case 'adaptiveMaxPool2d':
      return explainMax(layer, first, at);
    case 'avgPool2d':
    case 'adaptiveAvgPool2d':
      return explainMean(layer, first, at);
    case 'batchNorm2d':
      return explainNorm(layer, first, parameters, at);
    case 'groupNorm':
      return explainGroupNorm(layer, first, parameters, at);
    case 'layerNorm':
      return explainLayerNorm(layer, first, parameters, at);
    case 'activation': {
      const term = termAt(first, at);
      return term && unary(term, activated(layer)(term.input), { formula: 'activation', layer });
    }
    case 'prelu': {
      const term = termAt(first, at);
      const negativeSlope = preluSlope(parameters, first.shape[0], at.channel);
      if (term === undefined || negativeSlope === undefined) return undefined;
      const leaky = { kind: 'leakyRelu', negativeSlope } as const;
      return unary(term, activated(leaky)(term.input), { formula: 'activation', layer: leaky });
    }
    case 'softmax':
    case 'logSoftmax':
      return explainSoftmax(layer.type, first, at);
    case 'add': {
      const terms = broadcastTerms(inputs, at);
      const { factors } = layer;
      if (terms === undefined) return undefined;
      if (factors === undefined) return sumOf(terms, undefined, layer.activation);
      return factors.length === terms.length
        ? sumOf(
            terms.map((term, operand) => ({ ...term, weight: factors[operand]! })),
            undefined,
            layer.activation,
          )
        : undefined;
    }
    case 'multiply':
      return explainProduct(inputs, at);
    case 'divide':
      return explainQuotient(inputs, at);
    case 'maximum':
    case 'minimum': {
      const terms = broadcastTerms(inputs, at);
      return terms && extremeOf(layer.type === 'maximum' ? 'max' : 'min', terms);
    }
    case 'scale': {
      const term = termAt(first, at, 0, layer.factor);
      return term && sumOf([term], layer.offset, 'none');
    }
    case 'reduce':
      return explainReduced(layer, first, at);
    case 'pad':
    case 'slice':
    case 'pixelShuffle':
    case 'pixelUnshuffle':
    case 'channelShuffle':
      return explainMoved(layer, first, at);
    case 'upsample':
      return explainUpsampled(layer, first, at);
    case 'concat':
      return explainConcat(inputs, at);
    case 'flatten': {
      const term = termAt(first, placeOf(first, at.channel));
      return term && unary(term, term.input, { formula: 'copy' });
    }
    case 'dropout': {
      const term = termAt(first, at);
      return term && unary(term, term.input, { formula: 'copy' });
    }
    case 'dense':
      return explainDense(layer, first, parameters, at.channel);
    case 'convTranspose2d':
      return explainTransposed(layer, first, parameters, at);
  }
}

function isIn({ shape }: Pick<MapReader, 'shape'>, { channel, y, x }: OutputPlace): boolean {
  return channel >= 0 && channel < shape[0] && y >= 0 && y < shape[1] && x >= 0 && x < shape[2];
}

function termAt(input: MapReader, at: OutputPlace, operand = 0, weight = 1): LayerTerm | undefined {
  if (!isIn(input, at)) return undefined;
  const { channel, y, x } = at;
  return { operand, channel, y, x, input: input.at(channel, y, x), weight };
}

/** The place of a flattened value: in PyTorch's order [channel, y, x]. */
function placeOf({ shape: [, height, width] }: MapReader, index: number): OutputPlace {
  const size = height * width;
  const pixel = index % size;
  return { channel: Math.floor(index / size), y: Math.floor(pixel / width), x: pixel % width };
}

type OfFormula<F> = Omit<Extract<Explanation, { readonly formula: F }>, keyof Explained>;

function unary<F extends 'norm' | 'activation' | 'copy'>(
  term: LayerTerm,
  result: Reading,
  of: OfFormula<F> & { readonly formula: F },
) {
  return { ...of, terms: [term], before: result, relu: false, result };
}

function sumOf(
  terms: readonly LayerTerm[],
  bias: number | undefined,
  activation: 'relu' | 'none',
): Explanation {
  let before = exactly(bias ?? 0);
  for (const { input, weight } of terms) before = plus(before, times(input, weight));
  return {
    formula: 'sum',
    terms,
    bias,
    before,
    relu: activation === 'relu',
    result: fused(activation)(before),
  };
}

function windowTerms(
  layer: PoolLayer,
  input: MapReader,
  at: OutputPlace,
): { readonly terms: LayerTerm[]; readonly divisor: number } | undefined {
  const [outHeight, outWidth] = pooledShape(layer, input.shape);
  if (at.y < 0 || at.y >= outHeight || at.x < 0 || at.x >= outWidth || at.channel >= input.shape[0])
    return undefined;
  const rows = poolSpan(layer, input.shape[1], outHeight, 0, at.y);
  const columns = poolSpan(layer, input.shape[2], outWidth, 1, at.x);
  const divisor = poolDivisor(layer, rows, columns);
  const terms: LayerTerm[] = [];
  for (let y = rows.first; y < rows.end; y += rows.step) {
    for (let x = columns.first; x < columns.end; x += columns.step) {
      const term = termAt(input, { channel: at.channel, y, x }, 0, isMaxPool(layer) ? 1 : 1 / divisor);
      if (term !== undefined) terms.push(term);
    }
  }
  return { terms, divisor };
}

function explainMax(layer: PoolLayer, input: MapReader, at: OutputPlace): Explanation | undefined {
  const window = windowTerms(layer, input, at);
  return window === undefined || window.terms.length === 0 ? undefined : extremeOf('max', window.terms);
}

function extremeOf(formula: 'max' | 'min', terms: readonly LayerTerm[]): Explanation {
  const isMax = formula === 'max';
  let winner = 0;
  let result = exactly(isMax ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  for (const [index, { input: reading }] of terms.entries()) {
    const isBetter = isMax ? reading.value > result.value : reading.value < result.value;
    // As PyTorch compares: a NaN wins, and of several the last.
    if (isBetter || Number.isNaN(reading.value)) winner = index;
    result = (isMax ? larger : smaller)(result, reading);
  }
  const { lo, hi } = terms[winner]!.input;
  const certain = terms.every(
    ({ input }, index) =>
      index === winner || (isMax ? input.hi <= lo : input.lo >= hi) || Number.isNaN(result.value),
  );
  return { formula, terms, winner, certain, before: result, relu: false, result };
}

function explainMean(layer: PoolLayer, input: MapReader, at: OutputPlace): Explanation | undefined {
  const window = windowTerms(layer, input, at);
  if (window === undefined) return undefined;
  const { terms, divisor } = window;
  const sum = terms.reduce((total, term) => plus(total, term.input), exactly(0));
  // A window that lies in the padding altogether is 0.
  const result = terms.length === 0 ? exactly(0) : divided(sum, divisor);
  return { formula: 'mean', terms, divisor, before: result, relu: false, result };
}

function divided({ value, lo, hi }: Reading, by: number): Reading {
  return { value: value / by, lo: lo / by, hi: hi / by };
}

function explainNorm(
  layer: BatchNorm2dDescription,
  input: MapReader,
  parameters: LayerParameters,
  at: OutputPlace,
): Explanation | undefined {
  const term = termAt(input, at);
  const factors = normFactors(layer, parameters, at.channel);
  if (term === undefined || factors === undefined) return undefined;
  const { mean, variance, weight, bias } = factors;
  const centred = plus(term.input, exactly(-mean));
  const normal = divided(centred, Math.sqrt(variance + layer.eps));
  const result = plus(times(normal, weight), exactly(bias));
  return unary(term, result, {
    ...{ formula: 'norm', over: undefined },
    ...{ mean, variance, eps: layer.eps, weight, bias },
  });
}

function explainGroupNorm(
  layer: GroupNormDescription,
  input: MapReader,
  parameters: LayerParameters,
  at: OutputPlace,
): Explanation | undefined {
  const [channels, height, width] = input.shape;
  const term = termAt(input, at);
  const factors = channelFactors(layer, parameters, at.channel);
  const perGroup = channelsPerGroup(layer, channels);
  if (term === undefined || factors === undefined || perGroup === undefined) return undefined;
  const first = at.channel - (at.channel % perGroup);
  const readings: Reading[] = [];
  for (let channel = first; channel < first + perGroup; channel++)
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) readings.push(input.at(channel, y, x));
  return normalisedBy(readings, {
    term,
    eps: layer.eps,
    factors,
    over: { channels: perGroup, of: 'picture' },
  });
}

function explainLayerNorm(
  layer: LayerNormDescription,
  input: MapReader,
  parameters: LayerParameters,
  at: OutputPlace,
): Explanation | undefined {
  const [channels] = input.shape;
  const [, height, width] = input.shape;
  const isOfPicture = layer.over === 'picture';
  const term = termAt(input, at);
  const place = isOfPicture ? (at.channel * height + at.y) * width + at.x : at.channel;
  const factors = channelFactors(layer, parameters, place);
  if (term === undefined || factors === undefined || channels !== layer.outputShape[0]) return undefined;
  if (isOfPicture) {
    const readings: Reading[] = [];
    for (let channel = 0; channel < channels; channel++)
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) readings.push(input.at(channel, y, x));
    return normalisedBy(readings, { term, eps: layer.eps, factors, over: { channels, of: 'picture' } });
  }
  const readings = Array.from({ length: channels }, (_, channel) => input.at(channel, at.y, at.x));
  return normalisedBy(readings, { term, eps: layer.eps, factors, over: { channels, of: 'pixel' } });
}

/** @param readings what the mean and the variance are of */
function normalisedBy(
  readings: readonly Reading[],
  {
    term,
    eps,
    factors,
    over,
  }: Pick<OfFormula<'norm'>, 'eps' | 'over'> & { readonly term: LayerTerm; readonly factors: ChannelFactors },
): Explanation {
  const isExact = readings.every(({ lo, hi }) => lo === hi);
  const values = Float64Array.from(readings, ({ value }) => value);
  const moments = isExact
    ? momentsOf(values, values, values)
    : momentsOf(
        values,
        Float64Array.from(readings, ({ lo }) => lo),
        Float64Array.from(readings, ({ hi }) => hi),
      );
  return unary(term, normalised(term.input, moments, eps, factors), {
    ...{ formula: 'norm', over },
    ...{ mean: moments.mean.value, variance: moments.variance.value, eps, ...factors },
  });
}

/** The value that each input has part in, where the inputs fit each other. */
function broadcastTerms(inputs: readonly MapReader[], at: OutputPlace): LayerTerm[] | undefined {
  const shape = broadcastShape(inputs.map((input) => input.shape));
  if (shape === undefined || !isIn({ shape }, at)) return undefined;
  const factors = inputs.map((input, operand) => termAt(input, broadcastPlace(input.shape, at), operand));
  return factors.every((factor) => factor !== undefined) ? factors : undefined;
}

function explainQuotient(inputs: readonly MapReader[], at: OutputPlace): Explanation | undefined {
  const [above, below] = broadcastTerms(inputs, at) ?? [];
  if (above === undefined || below === undefined || inputs.length !== 2) return undefined;
  const result = quotient(above.input, below.input);
  const terms = [
    { ...above, weight: 1 / below.input.value },
    { ...below, weight: above.input.value / below.input.value ** 2 },
  ];
  return { formula: 'quotient', terms, before: result, relu: false, result };
}

function explainProduct(inputs: readonly MapReader[], at: OutputPlace): Explanation | undefined {
  const factors = broadcastTerms(inputs, at);
  if (factors === undefined) return undefined;
  const result = factors.map(({ input }) => input).reduce(product);
  const terms = factors.map((factor): LayerTerm => {
    const others = factors.filter((other) => other !== factor);
    return { ...factor, weight: others.reduce((all, { input }) => all * input.value, 1) };
  });
  return { formula: 'product', terms, before: result, relu: false, result };
}

function explainUpsampled(
  layer: UpsampleDescription,
  input: MapReader,
  { channel, y, x }: OutputPlace,
): Explanation | undefined {
  const [outChannels, outHeight, outWidth] = layer.outputShape;
  if (
    input.shape[0] !== outChannels ||
    !isIn({ shape: [outChannels, outHeight, outWidth] }, { channel, y, x })
  )
    return undefined;
  const terms = upsampleTaps(layer, input.shape, 0, y).flatMap((row) =>
    upsampleTaps(layer, input.shape, 1, x).map(
      (column) => termAt(input, { channel, y: row.from, x: column.from }, 0, row.weight * column.weight)!,
    ),
  );
  const [only] = terms;
  return layer.mode === 'nearest' && only !== undefined
    ? unary(only, only.input, { formula: 'copy' })
    : sumOf(terms, undefined, 'none');
}

function explainSoftmax(
  formula: 'softmax' | 'logSoftmax',
  input: MapReader,
  at: OutputPlace,
): Explanation | undefined {
  const own = termAt(input, at);
  if (own === undefined) return undefined;
  const terms = Array.from({ length: input.shape[0] }, (_, channel): LayerTerm => {
    const reading = input.at(channel, at.y, at.x);
    return { operand: 0, channel, y: at.y, x: at.x, input: reading, weight: 1 };
  });
  const result = (formula === 'softmax' ? softmaxOf : logSoftmaxOf)(
    terms.map((term) => term.input),
    at.channel,
  );
  return { formula, own: at.channel, terms, before: result, relu: false, result };
}

function explainReduced(
  layer: ReduceDescription,
  input: MapReader,
  at: OutputPlace,
): Explanation | undefined {
  if (!isIn({ shape: reducedShape(layer, input.shape) }, at)) return undefined;
  const readTerms = (weightOf: (reading: Reading) => number) =>
    Array.from(reducedPlaces(layer, input.shape, at), (place): LayerTerm => {
      const reading = input.at(place.channel, place.y, place.x);
      return { ...place, operand: 0, input: reading, weight: weightOf(reading) };
    });
  const count = layer.over === 'channels' ? input.shape[0] : input.shape[1] * input.shape[2];
  switch (layer.of) {
    case 'max':
      return extremeOf(
        'max',
        readTerms(() => 1),
      );
    case 'sum':
      return sumOf(
        readTerms(() => 1),
        undefined,
        'none',
      );
    case 'mean': {
      const terms = readTerms(() => 1 / count);
      const result = reductionOf(
        'mean',
        terms.map((term) => term.input),
      );
      return { formula: 'mean', divisor: count, terms, before: result, relu: false, result };
    }
    case 'norm': {
      const terms = readTerms(({ value }) => value);
      const result = reductionOf(
        'norm',
        terms.map((term) => term.input),
      );
      return { formula: 'root', terms, before: result, relu: false, result };
    }
  }
}

function explainMoved(layer: RearrangingLayer, input: MapReader, at: OutputPlace): Explanation | undefined {
  const shape = rearrangedShape(layer, input.shape);
  if (shape === undefined || !isIn({ shape }, at)) return undefined;
  const from = movedFrom(layer, input.shape, at);
  if (from === undefined) {
    const result = exactly(paddedValue(layer));
    return { formula: 'constant', terms: [], before: result, relu: false, result };
  }
  const term = termAt(input, from);
  return term && unary(term, term.input, { formula: 'copy' });
}

function explainConcat(inputs: readonly MapReader[], at: OutputPlace): Explanation | undefined {
  let { channel } = at;
  for (const [operand, input] of inputs.entries()) {
    if (channel < input.shape[0]) {
      const term = termAt(input, { ...at, channel }, operand);
      return term && unary(term, term.input, { formula: 'copy' });
    }
    channel -= input.shape[0];
  }
  return undefined;
}

function explainDense(
  layer: DenseDescription,
  input: MapReader,
  { weight, bias }: LayerParameters,
  unit: number,
): Explanation | undefined {
  const [channels, height, width] = input.shape;
  const { inFeatures, outFeatures } = layer;
  const fits = channels * height * width === inFeatures && weight?.length === inFeatures * outFeatures;
  if (!fits || unit < 0 || unit >= outFeatures || (layer.bias && bias === undefined)) return undefined;
  const terms: LayerTerm[] = [];
  for (let index = 0; index < inFeatures; index++) {
    const place = placeOf(input, index);
    terms.push(termAt(input, place, 0, weight[unit * inFeatures + index]!)!);
  }
  return sumOf(terms, layer.bias ? bias![unit]! : undefined, layer.activation);
}

function explainTransposed(
  layer: ConvTranspose2dDescription,
  input: MapReader,
  { weight, bias }: LayerParameters,
  at: OutputPlace,
): Explanation | undefined {
  const { inChannels, outChannels, kernel, groups } = layer;
  const perGroup = outChannels / groups;
  const isComplete = weight?.length === inChannels * perGroup * kernel[0] * kernel[1];
  if (input.shape[0] !== inChannels || !isComplete || (layer.bias && bias === undefined)) return undefined;
  if (at.channel < 0 || at.channel >= outChannels) return undefined;
  const group = Math.floor(at.channel / perGroup);
  const rows = transposedTaps(layer, 0, at.y, input.shape[1]);
  const columns = transposedTaps(layer, 1, at.x, input.shape[2]);
  const terms: LayerTerm[] = [];
  const inPerGroup = inChannels / groups;
  for (let c = 0; c < inPerGroup; c++) {
    const channel = group * inPerGroup + c;
    for (const { tap: ky, from: y } of rows) {
      for (const { tap: kx, from: x } of columns) {
        const row = (channel * perGroup + (at.channel % perGroup)) * kernel[0] + ky;
        terms.push(termAt(input, { channel, y, x }, 0, weight[row * kernel[1] + kx]!)!);
      }
    }
  }
  return sumOf(terms, layer.bias ? bias![at.channel]! : undefined, layer.activation);
}
