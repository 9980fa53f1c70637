/** The arithmetic of one output pixel, and how exact it is compared to what was logged. */

import { convolutionTerms, type OutputPixel } from '@convscope/shared/convolution/terms.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { boundOf, valueAt } from '../../../drawing/map-stack.js';
import { inputMapsOf } from '../frames/stacks.js';
import type { Selection } from './selection.js';

export interface Arithmetic {
  readonly pixel: OutputPixel;
  /** Sum of all products, without the bias. */
  readonly products: number;
  /** The largest possible error of `pixel.sum` because the input was stored in 8 bits: Σ |w| · bound. */
  readonly inputBound: number;
  /** The pre-activation as it was logged, undefined if it was not; `loggedBound` is its largest possible error. */
  readonly logged: number | undefined;
  readonly loggedBound: number;
  readonly relu: boolean;
  /** The output of the layer: the sum, after ReLU if there is one. */
  readonly result: number;
}

/** Undefined while a part is missing; an error when the parts do not fit together. */
export function arithmeticOf(selection: Selection): Arithmetic | { readonly error: string } | undefined {
  const { input, kernels, bias, description, preactivation, channel, y, x } = selection;
  if (input === undefined || kernels === undefined || description === undefined) return undefined;
  if (description.bias && bias === undefined) return undefined;
  const apart = stepsApart(selection);
  if (apart !== undefined) return { error: apart };
  const { stride, padding, dilation, groups, paddingMode } = description;
  let pixel: OutputPixel;
  try {
    const parameters = { stride, padding, dilation, groups, paddingMode };
    pixel = convolutionTerms(inputMapsOf(input), kernels, bias, parameters, { outChannel: channel, y, x });
  } catch (error) {
    return {
      error: `The logged parts do not fit together: ${messageOf(error)}`,
    };
  }
  let inputBound = 0;
  for (const { inChannel, weight, source } of pixel.terms) {
    if (source !== undefined) inputBound += Math.abs(weight) * boundOf(input, inChannel);
  }
  const relu = description.activation === 'relu';
  return {
    pixel,
    products: pixel.sum - pixel.bias,
    inputBound,
    logged: preactivation === undefined ? undefined : valueAt(preactivation, channel, y, x),
    loggedBound: preactivation === undefined ? 0 : boundOf(preactivation, channel),
    relu,
    result: relu && pixel.sum <= 0 ? 0 : pixel.sum,
  };
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
