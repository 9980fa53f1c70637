/** Where a channel comes from: the channels of the layers before it that add most to it on the shown probe. */

import type { Explanation, LayerTerm } from '@convscope/shared/layers/explain-value.js';
import { NET_INPUT } from '@convscope/shared/run-description.js';
import { readingAt } from '../../../drawing/map-stack.js';
import { bySize, contributionsOf } from './contributions.js';
import { explanationOf, productOf } from './explanation.js';
import { type Selection, windowOf } from './selection.js';

/** A channel that the chosen one depends on. */
export interface Source {
  /** Which input of the layer it belongs to, and the layer whose output that is; NET_INPUT for the picture. */
  readonly operand: number;
  readonly layer: string;
  readonly channel: number;
  /** How much it adds, in the unit of the map. */
  readonly size: number;
  /** Its share of what all channels add that is finite, in absolute values; NaN if what it adds is not. */
  readonly share: number;
  /** The pixel of it that the pinned one depends on most. */
  readonly y: number;
  readonly x: number;
}

export interface Lineage {
  readonly sources: readonly Source[];
  /** Whether sizes are those of whole maps, or of the pinned value; of a product, each factor has that of the value. */
  readonly of: 'map' | 'value' | 'product';
}

type Sized = Omit<Source, 'share'>;

/** The largest first. Undefined while something that is needed is missing. */
export function lineageOf(selection: Selection): Lineage | undefined {
  return selection.description === undefined ? ofValue(selection) : ofConvolution(selection);
}

/** Of a convolution: the root mean square of what each input channel adds to the map. */
function ofConvolution(selection: Selection): Lineage | undefined {
  const contributions = contributionsOf(selection);
  const { description, inputShape } = selection;
  if (contributions === undefined || inputShape === undefined) return undefined;
  const window = windowOf(selection, selection.y, selection.x);
  const middle = (from: number, to: number, size: number) =>
    Math.max(0, Math.min(size - 1, Math.floor((from + to) / 2)));
  const y = middle(window.y0, window.y1, inputShape[1]);
  const x = middle(window.x0, window.x1, inputShape[2]);
  const layer = description?.inputs[0] ?? '';
  const sources = [...contributions.parts]
    .sort(bySize)
    .map(({ inChannel, rms }) => ({ operand: 0, layer, channel: inChannel, size: rms, y, x }));
  return { sources: withShares(sources), of: 'map' };
}

/** Of another layer: what each channel adds to the pinned value. */
function ofValue(selection: Selection): Lineage | undefined {
  const explanation = explanationOf(selection);
  const names = selection.described?.inputs;
  if (explanation === undefined || names === undefined) return undefined;
  const found = new Map<string, Sized & { readonly most: number }>();
  const terms = readTerms(explanation);
  for (const term of terms) {
    const { operand, channel } = term;
    const key = `${operand}:${channel}`;
    const before = found.get(key);
    const size = Math.abs(productOf(term));
    const isMost = before === undefined || size > before.most;
    found.set(key, {
      operand,
      layer: names[operand] ?? '',
      channel,
      size: (before?.size ?? 0) + size,
      most: isMost ? size : before.most,
      y: isMost ? term.y : before.y,
      x: isMost ? term.x : before.x,
    });
  }
  const sources = [...found.values()]
    .map(({ most: _, ...source }) => source)
    .sort((a, b) => b.size - a.size || a.operand - b.operand || a.channel - b.channel);
  return { sources: withShares(sources), of: isOfFactors(explanation) ? 'product' : 'value' };
}

function isOfFactors({ formula }: Explanation): boolean {
  return formula === 'product' || formula === 'quotient';
}

function withShares(sources: readonly Sized[]): Source[] {
  const total = sources.reduce((sum, { size }) => sum + (Number.isFinite(size) ? size : 0), 0);
  const shareOf = (size: number) => (!Number.isFinite(size) ? Number.NaN : total > 0 ? size / total : 0);
  return sources.map((source) => ({ ...source, share: shareOf(source.size) }));
}

/** The strongest source that is the channel of a layer, and not of the picture. */
export function strongestOf(lineage: Lineage | undefined): Source | undefined {
  const first = lineage?.sources[0];
  return first === undefined || first.layer === NET_INPUT || first.layer === '' ? undefined : first;
}

/** The value of a source at the pixel that the pinned one depends on most. */
export function sourceReading({ inputs, input, layer }: Selection, { operand, channel, y, x }: Source) {
  const stack = layer.input === undefined ? inputs[operand]?.stack : input;
  const isIn = stack !== undefined && channel < stack.shape[0] && y < stack.shape[1] && x < stack.shape[2];
  return isIn ? readingAt(stack, channel, y, x) : undefined;
}

/** The terms to follow: of a maximum or minimum the one that was chosen, of a softmax the one whose share the value tells. */
function readTerms(explanation: Explanation): readonly LayerTerm[] {
  const { terms } = explanation;
  if (explanation.formula === 'max' || explanation.formula === 'min') return [terms[explanation.winner]!];
  return explanation.formula === 'softmax' || explanation.formula === 'logSoftmax'
    ? [terms[explanation.own]!]
    : terms;
}
