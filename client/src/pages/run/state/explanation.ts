/** How the pinned value of a layer other than a convolution comes about, from the maps that the layer reads. */
import {
  exactly,
  leastRounding,
  marginOf,
  type Precision,
  plus,
  type Reading,
  rectified,
  times,
  unitRoundoff,
} from '@convscope/shared/convolution/reading.js';
import { type Explanation, explainValue, type LayerTerm } from '@convscope/shared/layers/explain-value.js';
import type { MapReader } from '@convscope/shared/layers/maps.js';
import type { LayerDescription } from '@convscope/shared/run-description.js';
import { type MapStack, readingAt } from '../../../drawing/map-stack.js';
import { contradictionOf, type PixelValue } from './pixel-value.js';
import type { Selection } from './selection.js';

function readerOf(stack: MapStack): MapReader {
  return { shape: stack.shape, at: (channel, y, x) => readingAt(stack, channel, y, x) };
}

const known = new WeakMap<Selection, { readonly explanation: Explanation | undefined }>();

/**
 * Computed once for all components that show it. Undefined for convolutions, whose arithmetic is in arithmetic.ts, and
 * while something that is needed is missing.
 */
export function explanationOf(selection: Selection): Explanation | undefined {
  const found = known.get(selection);
  if (found !== undefined) return found.explanation;
  const explanation = explain(selection);
  known.set(selection, { explanation });
  return explanation;
}

function explain({ described, inputs, parameters, channel, y, x }: Selection): Explanation | undefined {
  if (described === undefined || described.type === 'conv2d' || described.type === 'other') return undefined;
  const readers = inputs.map(({ stack }) => stack && readerOf(stack));
  if (readers.length === 0 || !readers.every((reader) => reader !== undefined)) return undefined;
  return explainValue(described, readers, parameters, { channel, y, x });
}

/** The product of a term. */
export function productOf({ input, weight }: LayerTerm): number {
  return input.value * weight;
}

/** The sum of the products of terms, within what is known of their inputs. */
export function sumOf(terms: readonly LayerTerm[]): Reading {
  return terms.reduce((sum, { input, weight }) => plus(sum, times(input, weight)), exactly(0));
}

/**
 * How far a net that computes in numbers of some precision may be from the exact result: as for a convolution, n·2⁻²⁴ of the
 * sum of absolute products in float32, with a few more operations for what norms and activations do.
 */
function roundingOf(
  explanation: Explanation,
  precision: Precision,
  described: LayerDescription | undefined,
): number {
  const ofSmall = 2 * (explanation.terms.length + 4) * leastRounding(precision);
  return relativeRoundingOf(explanation, precision, described) + ofSmall;
}

function relativeRoundingOf(
  explanation: Explanation,
  precision: Precision,
  described: LayerDescription | undefined,
): number {
  let products = 0;
  for (const term of explanation.terms) products += Math.abs(productOf(term));
  const unit = unitRoundoff(precision);
  switch (explanation.formula) {
    case 'copy':
    case 'constant':
    case 'max':
    case 'min':
      return 0;
    case 'activation':
      return 16 * unit * (Math.abs(explanation.result.value) + products);
    case 'softmax': {
      const largest = Math.max(...explanation.terms.map(({ input }) => Math.abs(input.value)));
      return (16 + explanation.terms.length + 4 * largest) * unit * Math.abs(explanation.result.value);
    }
    case 'logSoftmax': {
      const largest = Math.max(...explanation.terms.map(({ input }) => Math.abs(input.value)));
      return (16 + explanation.terms.length + 4 * largest) * unit;
    }
    case 'root':
      return (explanation.terms.length + 4) * unit * explanation.result.value;
    case 'norm': {
      const { mean, variance, eps, weight, bias } = explanation;
      const scale = Math.abs(weight) / Math.sqrt(variance + eps);
      if (explanation.over === undefined)
        return 8 * unit * (scale * (products + Math.abs(mean)) + Math.abs(bias));
      // Mean and variance are sums over many values, which PyTorch adds up in parts.
      return 64 * unit * (scale * (products + Math.abs(mean) + Math.sqrt(variance)) + Math.abs(bias));
    }
    case 'product':
    case 'quotient':
      return explanation.terms.length * unit * Math.abs(explanation.result.value);
    case 'sum':
    case 'mean': {
      if (described?.type === 'upsample') {
        // Weights are what is left of a place in the input after its whole part, so that they have fewer digits far from 0.
        const furthest = Math.max(...explanation.terms.map(({ y, x }) => Math.max(y, x)));
        return 4 * (furthest + 4) * unit * products;
      }
      const bias = explanation.formula === 'sum' ? Math.abs(explanation.bias ?? 0) : 0;
      const ofSum = (explanation.terms.length + 2) * unit * (products + bias);
      return precision === 'tf32' ? ofSum + (2 ** -10 + 2 ** -22) * products : ofSum;
    }
  }
}

/** The value of the pinned pixel, with what its inputs say of it. Undefined while there is no map. */
export function explainedValueOf(selection: Selection, precision: Precision): PixelValue | undefined {
  const { output, preactivation, channel, y, x, layer } = selection;
  if (output === undefined) return undefined;
  const isBefore = output.rectified && preactivation !== undefined;
  const shown = readingAt(output, channel, y, x);
  const before = isBefore ? readingAt(preactivation, channel, y, x) : undefined;
  if (layer.walk?.computed !== undefined) {
    return { y, x, shown, before, source: 'arithmetic', other: undefined, contradiction: undefined };
  }
  const explanation = explanationOf(selection);
  if (explanation === undefined) {
    return { y, x, shown, before, source: 'log', other: undefined, contradiction: undefined };
  }
  const isAfterRelu = output.rectified || layer.outputRole === 'output';
  const computed: Reading =
    isAfterRelu && explanation.relu ? rectified(explanation.before) : explanation.before;
  const contradiction = contradictionOf(
    before ?? shown,
    isBefore ? explanation.before : computed,
    roundingOf(explanation, precision, selection.described),
  );
  const isTighter = contradiction === undefined && marginOf(computed) < marginOf(shown);
  return isTighter
    ? {
        y,
        x,
        shown: computed,
        before: isBefore ? explanation.before : undefined,
        source: 'arithmetic',
        other: shown,
        contradiction,
      }
    : { y, x, shown, before, source: 'log', other: computed, contradiction };
}
