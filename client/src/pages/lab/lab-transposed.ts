/** The transposed convolution of the lab: its output, and what each output value is made of. */
import {
  type ConvTranspose2dOptions,
  plainConvTranspose2d,
} from '@convscope/shared/convolution/conv-transpose2d.js';
import { ConvolutionRefusal } from '@convscope/shared/convolution/refusal.js';
import type { ConvolutionTerm, OutputPixel } from '@convscope/shared/convolution/terms.js';
import { transposedTaps } from '@convscope/shared/convolution/transposed.js';
import type { MapShape } from '@convscope/shared/run-description.js';
import type { LabState } from './lab-state.js';

interface Values {
  readonly inputShape: MapShape;
  readonly weightShape: readonly [number, number, number, number];
  readonly input: Float64Array;
  readonly inputBounds: Float64Array | undefined;
  readonly weight: Float64Array;
  readonly bias: Float64Array | undefined;
  readonly inPerGroup: number;
  readonly firstTap: (outChannel: number, inChannel: number) => number;
}

export function transposedOptions(state: LabState): Required<ConvTranspose2dOptions> {
  return {
    stride: [state.strideHeight, state.strideWidth],
    padding: [state.paddingHeight, state.paddingWidth],
    outputPadding: [state.outputPaddingHeight, state.outputPaddingWidth],
    dilation: [state.dilationHeight, state.dilationWidth],
    groups: state.groups,
  };
}

/** @throws ConvolutionRefusal where nn.ConvTranspose2d raises, with its message */
export function transposedOutput(state: LabState, values: Values) {
  const { inChannels, outChannels, groups } = state;
  for (const [field, name, count] of [
    ['inChannels', 'in_channels', inChannels],
    ['outChannels', 'out_channels', outChannels],
  ] as const) {
    if (count % groups !== 0)
      throw new ConvolutionRefusal(field, `${name} must be divisible by groups`, 'ValueError');
  }
  const { input, inputBounds, weight, bias, inputShape, weightShape } = values;
  const options = transposedOptions(state);
  const shape = [1, ...inputShape];
  const result = plainConvTranspose2d(
    { data: input, shape },
    { data: weight, shape: weightShape },
    bias && { data: bias, shape: [outChannels] },
    options,
  );
  const bounds =
    inputBounds &&
    plainConvTranspose2d(
      { data: inputBounds, shape },
      { data: weight.map(Math.abs), shape: weightShape },
      undefined,
      options,
    ).data;
  const [, , height, width] = result.shape as [number, number, number, number];
  const outputShape: MapShape = [outChannels, height, width];
  return {
    shape: outputShape,
    data: result.data,
    bounds,
    droppedRows: 0,
    droppedColumns: 0,
    // Each input value is multiplied by each weight that it has, also where padding crops the product.
    multiplyAdds: weight.length * inputShape[1] * inputShape[2],
  };
}

function windowOf(state: LabState) {
  return {
    kernel: [state.kernelHeight, state.kernelWidth],
    stride: [state.strideHeight, state.strideWidth],
    padding: [state.paddingHeight, state.paddingWidth],
    dilation: [state.dilationHeight, state.dilationWidth],
  } as const;
}

/** The input values that reach an output value, each with the weight through which it does. */
export function transposedTerms(
  state: LabState,
  { input, weight, bias, inputShape, inPerGroup, firstTap }: Values,
  at: { readonly outChannel: number; readonly y: number; readonly x: number },
): OutputPixel {
  const [, height, width] = inputShape;
  const window = windowOf(state);
  const rows = transposedTaps(window, 0, at.y, height);
  const columns = transposedTaps(window, 1, at.x, width);
  const group = Math.floor(at.outChannel / (state.outChannels / state.groups));
  const terms: ConvolutionTerm[] = [];
  const byInput: { inChannel: number; sum: number }[] = [];
  const biasValue = bias?.[at.outChannel] ?? 0;
  for (let inChannel = group * inPerGroup; inChannel < (group + 1) * inPerGroup; inChannel++) {
    let sum = 0;
    for (const { tap: ky, from: y } of rows) {
      for (const { tap: kx, from: x } of columns) {
        const value = input[(inChannel * height + y) * width + x]!;
        const tap = weight[firstTap(at.outChannel, inChannel) + ky * state.kernelWidth + kx]!;
        const product = value * tap;
        sum += product;
        terms.push({
          inChannel,
          ky,
          kx,
          y,
          x,
          inside: true,
          source: { y, x },
          input: value,
          weight: tap,
          product,
        });
      }
    }
    byInput.push({ inChannel, sum });
  }
  return { terms, byInput, bias: biasValue, sum: byInput.reduce((sum, one) => sum + one.sum, biasValue) };
}

/** Where one input value adds its kernel to an output channel. */
export function transposedReach(
  state: LabState,
  { weight, firstTap, inPerGroup }: Values,
  outputShape: MapShape,
  outChannel: number,
): { readonly y: number; readonly x: number; readonly weight: number }[] {
  const [, height, width] = outputShape;
  const group = Math.floor(outChannel / (state.outChannels / state.groups));
  const first = firstTap(outChannel, group * inPerGroup);
  const reached = [];
  for (let ky = 0; ky < state.kernelHeight; ky++) {
    for (let kx = 0; kx < state.kernelWidth; kx++) {
      const y = state.inputY * state.strideHeight - state.paddingHeight + ky * state.dilationHeight;
      const x = state.inputX * state.strideWidth - state.paddingWidth + kx * state.dilationWidth;
      const isIn = y >= 0 && x >= 0 && y < height && x < width;
      if (isIn) reached.push({ y, x, weight: weight[first + ky * state.kernelWidth + kx]! });
    }
  }
  return reached;
}
