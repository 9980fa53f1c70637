/** The arithmetic of one output pixel, and how exact it is. */

import {
  exactly,
  inputReading,
  plus,
  type Reading,
  rectified,
  sumOfProducts,
} from '@convscope/shared/convolution/reading.js';
import {
  type ConvolutionTerm,
  convolutionTerms,
  type OutputPixel,
} from '@convscope/shared/convolution/terms.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { readingAt } from '../../../drawing/map-stack.js';
import { inputMapsOf } from '../frames/stacks.js';
import type { Selection } from './selection.js';

/** What one input channel adds. */
export interface Part {
  readonly inChannel: number;
  readonly terms: readonly ConvolutionTerm[];
  /** What each of the terms reads. */
  readonly inputs: readonly Reading[];
  readonly sum: Reading;
}

export interface Arithmetic {
  readonly pixel: OutputPixel;
  readonly parts: readonly Part[];
  /** Sum of all products, without the bias. */
  readonly products: Reading;
  readonly hasBias: boolean;
  /** Before the activation. */
  readonly sum: Reading;
  readonly relu: boolean;
  /** The output of the layer: the sum, after ReLU if there is one. */
  readonly result: Reading;
}

/** Undefined while a part is missing; an error when the parts do not fit together. */
export type Outcome = Arithmetic | { readonly error: string } | undefined;

export function arithmeticOf(selection: Selection): Outcome {
  const { input, kernels, bias, description } = selection;
  if (input === undefined || kernels === undefined || description === undefined) return undefined;
  if (description.bias && bias === undefined) return undefined;
  const apart = stepsApart(selection);
  if (apart !== undefined) return { error: apart };
  let pixel: OutputPixel;
  try {
    pixel = termsAt(selection, selection)!;
  } catch (error) {
    return {
      error: `The logged parts do not fit together: ${messageOf(error)}`,
    };
  }
  const parts = partsOf(selection, pixel);
  const products = parts.reduce((sum, part) => plus(sum, part.sum), exactly(0));
  const sum = plus(products, exactly(pixel.bias));
  const relu = description.activation === 'relu';
  return {
    pixel,
    parts,
    products,
    hasBias: description.bias,
    sum,
    relu,
    result: relu ? rectified(sum) : sum,
  };
}

/**
 * What an input channel adds to any pixel of the chosen output channel.
 * @returns undefined while input or kernels are missing
 */
export function contributionAt(
  selection: Selection,
  inChannel: number,
  at: { readonly y: number; readonly x: number },
): Reading | undefined {
  const pixel = termsAt(selection, at);
  if (pixel === undefined) return undefined;
  return partsOf(selection, pixel).find((part) => part.inChannel === inChannel)?.sum;
}

function termsAt(
  { input, kernels, bias, description, channel }: Selection,
  at: { readonly y: number; readonly x: number },
): OutputPixel | undefined {
  if (input === undefined || kernels === undefined || description === undefined) return undefined;
  const { stride, padding, dilation, groups, paddingMode } = description;
  const parameters = { stride, padding, dilation, groups, paddingMode };
  return convolutionTerms(inputMapsOf(input), kernels, bias, parameters, {
    outChannel: channel,
    y: at.y,
    x: at.x,
  });
}

function partsOf({ input }: Selection, pixel: OutputPixel): Part[] {
  const perInput = pixel.terms.length / Math.max(1, pixel.byInput.length);
  return pixel.byInput.map(({ inChannel }, index) => {
    const terms = pixel.terms.slice(index * perInput, (index + 1) * perInput);
    const inputs = terms.map((term) =>
      inputReading(term, (channel, y, x) => readingAt(input!, channel, y, x)),
    );
    return { inChannel, terms, inputs, sum: sumOfProducts(terms, inputs) };
  });
}

/** An error message when kernels and maps are of different steps: together they are of no state that the net ever had. */
function stepsApart({ frame, layer, description }: Selection): string | undefined {
  const step = frame?.output?.step;
  const isRecord = description?.input.from === 'record';
  const other = [frame?.weight, frame?.bias, isRecord ? frame?.input : undefined].find(
    (piece) => piece !== undefined && piece.step !== step,
  );
  return other === undefined || step === undefined
    ? undefined
    : `The map of ${layer.name} is of step ${step}, and what made it was last logged at step ${other.step}.`;
}
