/** Computes everything that the lab shows from its state: values, errors, output, and the terms of the selected pixel. */
import { checkConv2dModule, checkConv2dModuleCall } from '@convscope/shared/convolution/check-module.js';
import { multiplyAdds, parameterCount } from '@convscope/shared/convolution/cost.js';
import { droppedPixels, effectiveKernel, samePadding } from '@convscope/shared/convolution/output-shape.js';
import { paddingSource } from '@convscope/shared/convolution/padding-source.js';
import type { Sides } from '@convscope/shared/convolution/parameters.js';
import { plainConv2d } from '@convscope/shared/convolution/plain-conv2d.js';
import { ConvolutionRefusal } from '@convscope/shared/convolution/refusal.js';
import {
  type ConvolutionTerm,
  convolutionTerms,
  type OutputPixel,
} from '@convscope/shared/convolution/terms.js';
import type { MapShape } from '@convscope/shared/run-description.js';
import type { LabState } from './lab-state.js';
import { transposedOutput, transposedTerms } from './lab-transposed.js';
import { biasValues, boundsOf, inputValues, kernelValues } from './lab-values.js';

export interface LabOutput {
  readonly shape: MapShape;
  readonly data: Float64Array;
  /** How far each value may be from the exact one; undefined if the input is exact. */
  readonly bounds: Float64Array | undefined;
  /** Trailing rows and columns of the padded input that fill no window. */
  readonly droppedRows: number;
  readonly droppedColumns: number;
  readonly multiplyAdds: number;
}

export interface Lab {
  readonly inputShape: MapShape;
  /** [out, in/groups, kH, kW], or [in, out/groups, kH, kW] of a transposed convolution. */
  readonly weightShape: readonly [number, number, height: number, width: number];
  /** Input channels that one output channel reads. */
  readonly inPerGroup: number;
  /** Index in `weight` of the first tap between two channels of one group. */
  readonly firstTap: (outChannel: number, inChannel: number) => number;
  readonly input: Float64Array;
  /** How far each value of `input` may be from the exact one; undefined if all are exact. */
  readonly inputBounds: Float64Array | undefined;
  readonly weight: Float64Array;
  readonly bias: Float64Array | undefined;
  readonly sides: Sides;
  readonly effectiveKernel: readonly [number, number];
  readonly parameterCount: number;
  /** Absent when PyTorch refuses. */
  readonly output?: LabOutput;
  /** The error message of PyTorch and the parameter that caused it. */
  readonly refusal?: { readonly field: string; readonly message: string };
}

export function labModel(state: LabState): Lab {
  const { inChannels, outChannels, inputHeight, inputWidth, kernelHeight, kernelWidth, groups } = state;
  // A division with a remainder is refused below, but the arrays need a whole number anyway.
  const perGroup = Math.max(1, Math.floor(inChannels / groups));
  const inputShape: MapShape = [inChannels, inputHeight, inputWidth];
  const outPerGroup = Math.max(1, Math.floor(outChannels / groups));
  const isTransposed = state.operation === 'convTranspose2d';
  const weightShape = isTransposed
    ? ([inChannels, outPerGroup, kernelHeight, kernelWidth] as const)
    : ([outChannels, perGroup, kernelHeight, kernelWidth] as const);
  const input = inputValues(state);
  const inputBounds = boundsOf(state, input.length);
  const weight = kernelValues(state, weightShape);
  const bias = biasValues(state, weightShape);
  const taps = kernelHeight * kernelWidth;
  const lab = {
    inputShape,
    weightShape,
    inPerGroup: perGroup,
    firstTap: isTransposed
      ? (out: number, channel: number) => (channel * outPerGroup + (out % outPerGroup)) * taps
      : (out: number, channel: number) => (out * perGroup + (channel % perGroup)) * taps,
    input,
    inputBounds,
    weight,
    bias,
    sides: sidesOf(state),
    effectiveKernel: [
      effectiveKernel(kernelHeight, state.dilationHeight),
      effectiveKernel(kernelWidth, state.dilationWidth),
    ] as const,
    parameterCount: parameterCount({
      inChannels: perGroup * groups,
      outChannels,
      kernel: [kernelHeight, kernelWidth],
      groups,
      bias: state.bias,
    }),
  };
  const options = {
    stride: [state.strideHeight, state.strideWidth] as const,
    padding:
      state.padding === 'numbers' ? ([state.paddingHeight, state.paddingWidth] as const) : state.padding,
    dilation: [state.dilationHeight, state.dilationWidth] as const,
    groups,
    paddingMode: state.paddingMode,
  };
  try {
    if (isTransposed) return { ...lab, output: transposedOutput(state, lab) };
    const module = checkConv2dModule({
      ...options,
      inChannels,
      outChannels,
      kernelSize: [kernelHeight, kernelWidth],
      bias: state.bias,
    });
    checkConv2dModuleCall(module, [1, ...inputShape]);
    const result = plainConv2d(
      { data: input, shape: [1, ...inputShape] },
      { data: weight, shape: weightShape },
      bias && { data: bias, shape: [outChannels] },
      options,
    );
    // An output is off by at most Σ |weight| · bound, which is a convolution too.
    const bounds =
      inputBounds &&
      plainConv2d(
        { data: inputBounds, shape: [1, ...inputShape] },
        { data: weight.map(Math.abs), shape: weightShape },
        undefined,
        options,
      ).data;
    const [, , height, width] = result.shape as [number, number, number, number];
    const { top, bottom, left, right } = lab.sides;
    return {
      ...lab,
      output: {
        shape: [outChannels, height, width],
        data: result.data,
        bounds,
        droppedRows: droppedPixels(
          inputHeight + top + bottom,
          kernelHeight,
          state.strideHeight,
          state.dilationHeight,
        ),
        droppedColumns: droppedPixels(
          inputWidth + left + right,
          kernelWidth,
          state.strideWidth,
          state.dilationWidth,
        ),
        multiplyAdds: multiplyAdds({ inChannels, outChannels, kernel: [kernelHeight, kernelWidth], groups }, [
          height,
          width,
        ]),
      },
    };
  } catch (error) {
    if (!(error instanceof ConvolutionRefusal)) throw error;
    return { ...lab, refusal: { field: error.field, message: error.message } };
  }
}

/** The selected output pixel, clamped to the output, which other parameters may have made smaller. */
export function chosenPlace(state: LabState, lab: Lab): { outChannel: number; y: number; x: number } {
  const [channels, height, width] = lab.output?.shape ?? [1, 1, 1];
  return {
    outChannel: Math.min(state.outChannel, channels - 1),
    y: Math.min(state.y, height - 1),
    x: Math.min(state.x, width - 1),
  };
}

export function labTerms(state: LabState, lab: Lab): OutputPixel | undefined {
  if (!lab.output) return undefined;
  if (state.operation === 'convTranspose2d') return transposedTerms(state, lab, chosenPlace(state, lab));
  return convolutionTerms(
    { data: lab.input, shape: lab.inputShape },
    { data: lab.weight, shape: lab.weightShape },
    lab.bias,
    {
      stride: [state.strideHeight, state.strideWidth],
      padding: lab.sides,
      dilation: [state.dilationHeight, state.dilationWidth],
      groups: state.groups,
      paddingMode: state.paddingMode,
    },
    chosenPlace(state, lab),
  );
}

/** The value that the convolution reads at a place, which may lie in the padding, and how far it may be off. */
export function paddedValue(
  state: LabState,
  lab: Lab,
  channel: number,
  y: number,
  x: number,
): { readonly value: number; readonly bound: number } {
  const [, height, width] = lab.inputShape;
  const sourceY = paddingSource(y, height, state.paddingMode);
  const sourceX = paddingSource(x, width, state.paddingMode);
  const known = sourceY >= 0 && sourceX >= 0 && sourceY < height && sourceX < width;
  if (!known) return { value: 0, bound: 0 };
  const place = (channel * height + sourceY) * width + sourceX;
  return { value: lab.input[place]!, bound: lab.inputBounds?.[place] ?? 0 };
}

/** How far what a term reads may be from the exact value. */
export function boundOfInput(lab: Lab, { inChannel, source }: ConvolutionTerm): number {
  const [, height, width] = lab.inputShape;
  if (source === undefined) return 0;
  return lab.inputBounds?.[(inChannel * height + source.y) * width + source.x] ?? 0;
}

/** How far the sum of these terms may be from the exact one. */
export function boundOfSum(lab: Lab, terms: readonly ConvolutionTerm[]): number {
  return terms.reduce((sum, term) => sum + Math.abs(term.weight) * boundOfInput(lab, term), 0);
}

function sidesOf(state: LabState): Sides {
  // The padding of a transposed convolution crops its output.
  if (state.operation === 'convTranspose2d') return { top: 0, bottom: 0, left: 0, right: 0 };
  if (state.padding === 'valid') return { top: 0, bottom: 0, left: 0, right: 0 };
  if (state.padding === 'same') {
    const [top, bottom] = samePadding(state.kernelHeight, state.dilationHeight);
    const [left, right] = samePadding(state.kernelWidth, state.dilationWidth);
    return { top, bottom, left, right };
  }
  const { paddingHeight, paddingWidth } = state;
  return { top: paddingHeight, bottom: paddingHeight, left: paddingWidth, right: paddingWidth };
}
