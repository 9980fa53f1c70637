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
import { fillInput, fillKernel, randomStream } from './fills.js';
import type { LabState } from './lab-state.js';
import { picturePlanes } from './pictures.js';

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
  readonly weightShape: readonly [out: number, inPerGroup: number, height: number, width: number];
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
  const weightShape = [outChannels, perGroup, kernelHeight, kernelWidth] as const;
  const input = inputValues(state);
  const inputBounds = boundsOf(state, input.length);
  const weight = kernelValues(state, weightShape);
  const bias = biasValues(state);
  const lab = {
    inputShape,
    weightShape,
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
  if (state.padding === 'valid') return { top: 0, bottom: 0, left: 0, right: 0 };
  if (state.padding === 'same') {
    const [top, bottom] = samePadding(state.kernelHeight, state.dilationHeight);
    const [left, right] = samePadding(state.kernelWidth, state.dilationWidth);
    return { top, bottom, left, right };
  }
  const { paddingHeight, paddingWidth } = state;
  return { top: paddingHeight, bottom: paddingHeight, left: paddingWidth, right: paddingWidth };
}

function inputValues(state: LabState): Float64Array {
  const { inChannels, inputHeight, inputWidth, seed } = state;
  const count = inChannels * inputHeight * inputWidth;
  if (state.inputFill === 'custom') return fitted(state.input ?? [], count);
  if (state.inputFill !== 'picture')
    return fillInput(state.inputFill, inChannels, inputHeight, inputWidth, seed);
  const planes = picturePlanes(state.picture);
  const values = new Float64Array(count);
  // Cut from the middle; channels beyond three begin again at red, rows and columns beyond 32 wrap.
  const fromY = Math.max(0, Math.floor((32 - inputHeight) / 2));
  const fromX = Math.max(0, Math.floor((32 - inputWidth) / 2));
  for (let i = 0; i < count; i++) {
    const x = (fromX + (i % inputWidth)) % 32;
    const y = (fromY + (Math.floor(i / inputWidth) % inputHeight)) % 32;
    const c = Math.floor(i / (inputWidth * inputHeight)) % 3;
    values[i] = Math.round(planes[(c * 32 + y) * 32 + x]! * 100) / 100;
  }
  return values;
}

function boundsOf(state: LabState, count: number): Float64Array | undefined {
  if (state.inputFill !== 'custom' || !state.inputBounds?.some((bound) => bound > 0)) return undefined;
  return fitted(state.inputBounds, count);
}

function kernelValues(state: LabState, shape: readonly [number, number, number, number]): Float64Array {
  const [out, perGroup, height, width] = shape;
  if (state.kernelFill === 'custom') return fitted(state.kernel ?? [], out * perGroup * height * width);
  return fillKernel(state.kernelFill, out, perGroup, height, width, state.seed);
}

/** nn.Conv2d's default for biases: U(−1/√fan_in, 1/√fan_in). */
function biasValues(state: LabState): Float64Array | undefined {
  if (!state.bias) return undefined;
  if (state.biases) return fitted(state.biases, state.outChannels);
  const random = randomStream(state.seed ^ 0x51ed270b);
  const fanIn = (state.inChannels / state.groups) * state.kernelHeight * state.kernelWidth;
  const bound = 1 / Math.sqrt(Math.max(1, fanIn));
  return Float64Array.from(
    { length: state.outChannels },
    () => Math.round((random() * 2 - 1) * bound * 100) / 100,
  );
}

function fitted(values: readonly number[], count: number): Float64Array {
  const result = new Float64Array(count);
  for (let i = 0; i < Math.min(count, values.length); i++) result[i] = values[i]!;
  return result;
}
