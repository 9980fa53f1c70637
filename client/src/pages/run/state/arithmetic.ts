/** The arithmetic of one output pixel, and how far what was logged is from it. */
import { convolutionTerms, type OutputPixel } from '@convscope/shared/convolution/terms.js';
import { boundOf, valueAt } from '../../../drawing/map-stack.js';
import { inputMapsOf } from '../frames/stacks.js';
import type { Selection } from './selection.js';

export interface Arithmetic {
  readonly pixel: OutputPixel;
  /** Sum of all products, without the bias. */
  readonly products: number;
  /** How far `pixel.sum` may be from what the net computed, because the input was stored in 8 bits: Σ |w| · bound. */
  readonly inputBound: number;
  /** The pre-activation as it was logged, and how far it may be off; undefined when it was not logged. */
  readonly logged: number | undefined;
  readonly loggedBound: number;
  readonly relu: boolean;
  /** What the sum becomes. */
  readonly result: number;
}

/** Undefined while a part is missing, or with a sentence when they do not fit together. */
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
      error: `The logged parts do not fit together: ${error instanceof Error ? error.message : String(error)}`,
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

/** A sentence, when kernels and maps are not of one step: their arithmetic would be of no net that ever was. */
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
