import type { MapShape } from '../run-description.js';
import { outputSize } from './output-shape.js';
import { paddingSource, sourceTable } from './padding-source.js';
import { type Conv2dParameters, sidesOf } from './parameters.js';
import { ConvolutionRefusal, sizes } from './refusal.js';

type Values = Float32Array | Float64Array;

/** One picture, [channels, height, width] row-major. */
export interface InputMaps {
  readonly data: Values;
  readonly shape: MapShape;
}

/** [out, in/groups, kH, kW] row-major. */
export interface Kernels {
  readonly data: Values;
  readonly shape: readonly [outChannels: number, inChannelsPerGroup: number, height: number, width: number];
}

export interface ConvolutionTerm {
  /** Index into all input channels, not into the group's. */
  readonly inChannel: number;
  readonly ky: number;
  readonly kx: number;
  /** Position of the tap, in input pixels; in the padding it is below 0 or beyond the picture. */
  readonly y: number;
  readonly x: number;
  /** False for a tap in the padding. */
  readonly inside: boolean;
  /** The pixel whose value is read: at the tap, or the one that the padding repeats there; undefined for a zero. */
  readonly source: { readonly y: number; readonly x: number } | undefined;
  readonly input: number;
  readonly weight: number;
  readonly product: number;
}

export interface OutputPixel {
  /** In the order input channel, kernel row, kernel column. */
  readonly terms: readonly ConvolutionTerm[];
  readonly byInput: readonly { readonly inChannel: number; readonly sum: number }[];
  readonly bias: number;
  /** bias + every product, in float64. */
  readonly sum: number;
}

/**
 * Every product that contributes to one output pixel. `at` is in output pixels.
 * @throws ConvolutionRefusal if the shapes do not match, RangeError if `at` is outside the output.
 */
export function convolutionTerms(
  input: InputMaps,
  weight: Kernels,
  bias: Values | undefined,
  parameters: Conv2dParameters,
  at: { readonly outChannel: number; readonly y: number; readonly x: number },
): OutputPixel {
  const geometry = geometryOf(input, weight, parameters);
  const { height, width, kernelHeight, kernelWidth, perGroup, outHeight, outWidth, pad } = geometry;
  if (
    !(
      at.outChannel >= 0 &&
      at.outChannel < weight.shape[0] &&
      at.y >= 0 &&
      at.y < outHeight &&
      at.x >= 0 &&
      at.x < outWidth
    )
  ) {
    throw new RangeError(
      `There is no output pixel (channel ${at.outChannel}, y ${at.y}, x ${at.x}): the output is ${weight.shape[0]}×${outHeight}×${outWidth}.`,
    );
  }
  const { stride, dilation, paddingMode, groups } = parameters;
  const firstInput = Math.floor(at.outChannel / (weight.shape[0] / groups)) * perGroup;
  const terms: ConvolutionTerm[] = [];
  const byInput: { inChannel: number; sum: number }[] = [];
  const biasValue = bias?.[at.outChannel] ?? 0;
  let sum = biasValue;
  for (let c = 0; c < perGroup; c++) {
    const inChannel = firstInput + c;
    let channelSum = 0;
    for (let ky = 0; ky < kernelHeight; ky++) {
      const y = at.y * stride[0] - pad.top + ky * dilation[0];
      const sourceY = paddingSource(y, height, paddingMode);
      for (let kx = 0; kx < kernelWidth; kx++) {
        const x = at.x * stride[1] - pad.left + kx * dilation[1];
        const sourceX = paddingSource(x, width, paddingMode);
        const source = sourceY < 0 || sourceX < 0 ? undefined : { y: sourceY, x: sourceX };
        const value = source ? input.data[(inChannel * height + source.y) * width + source.x]! : 0;
        const tap = weight.data[((at.outChannel * perGroup + c) * kernelHeight + ky) * kernelWidth + kx]!;
        const product = value * tap;
        channelSum += product;
        const inside = y >= 0 && y < height && x >= 0 && x < width;
        terms.push({ inChannel, ky, kx, y, x, inside, source, input: value, weight: tap, product });
      }
    }
    byInput.push({ inChannel, sum: channelSum });
    sum += channelSum;
  }
  return { terms, byInput, bias: biasValue, sum };
}

/**
 * The contribution of one input channel to one output channel, over the whole map: [H_out, W_out] row-major, without
 * bias. All zeros if the channels are in different groups.
 */
export function contribution(
  input: InputMaps,
  weight: Kernels,
  parameters: Conv2dParameters,
  outChannel: number,
  inChannel: number,
): Float32Array {
  const { height, width, kernelHeight, kernelWidth, perGroup, outHeight, outWidth, pad } = geometryOf(
    input,
    weight,
    parameters,
  );
  const { stride, dilation, paddingMode: mode, groups } = parameters;
  const c = inChannel - Math.floor(outChannel / (weight.shape[0] / groups)) * perGroup;
  if (c < 0 || c >= perGroup) return new Float32Array(outHeight * outWidth);
  const rows = sourceTable({
    outputs: outHeight,
    kernel: kernelHeight,
    stride: stride[0],
    dilation: dilation[0],
    before: pad.top,
    size: height,
    mode,
  });
  const columns = sourceTable({
    outputs: outWidth,
    kernel: kernelWidth,
    stride: stride[1],
    dilation: dilation[1],
    before: pad.left,
    size: width,
    mode,
  });
  // Tap by tap, so that the inner loop runs along a row. Each sum has its products in the order of the taps all the same.
  const sums = new Float64Array(outHeight * outWidth);
  for (let ky = 0; ky < kernelHeight; ky++) {
    for (let kx = 0; kx < kernelWidth; kx++) {
      const tap = weight.data[((outChannel * perGroup + c) * kernelHeight + ky) * kernelWidth + kx]!;
      for (let y = 0, at = 0; y < outHeight; y++) {
        const sourceY = rows[y * kernelHeight + ky]!;
        if (sourceY < 0) {
          at += outWidth;
          continue;
        }
        const row = (inChannel * height + sourceY) * width;
        for (let x = 0; x < outWidth; x++, at++) {
          const sourceX = columns[x * kernelWidth + kx]!;
          if (sourceX >= 0) sums[at]! += input.data[row + sourceX]! * tap;
        }
      }
    }
  }
  return new Float32Array(sums);
}

function geometryOf(input: InputMaps, weight: Kernels, parameters: Conv2dParameters) {
  const [channels, height, width] = input.shape;
  const [, perGroup, kernelHeight, kernelWidth] = weight.shape;
  const { stride, dilation, groups } = parameters;
  if (channels !== perGroup * groups) {
    throw new ConvolutionRefusal(
      'input',
      `Given groups=${groups}, weight of size ${sizes(weight.shape)}, expected input${sizes([1, ...input.shape])} to have ${perGroup * groups} channels, but got ${channels} channels instead`,
    );
  }
  const pad = sidesOf(parameters.padding);
  const outHeight = outputSize(height + pad.top + pad.bottom, kernelHeight, stride[0], dilation[0]);
  const outWidth = outputSize(width + pad.left + pad.right, kernelWidth, stride[1], dilation[1]);
  return { height, width, kernelHeight, kernelWidth, perGroup, outHeight, outWidth, pad };
}
