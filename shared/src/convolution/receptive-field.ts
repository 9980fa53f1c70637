import type { Pair } from '../run-description.js';
import { effectiveKernel } from './output-shape.js';

/** A layer that reads its input through a window: convolution, and pooling with dilation [1, 1]. */
export interface WindowLayer {
  readonly kernel: Pair;
  readonly stride: Pair;
  /** Padding before the first row and column. */
  readonly padding: Pair;
  readonly dilation: Pair;
}

/** A rectangle of pixels, both ends inclusive. */
export interface PixelRange {
  readonly y0: number;
  readonly y1: number;
  readonly x0: number;
  readonly x1: number;
}

/**
 * The input pixels that one output pixel of a chain of layers depends on. `layers` is in the order of the forward pass,
 * `at` in pixels of the last layer's output. Not clipped: the range may reach into the padding.
 */
export function receptiveField(
  layers: readonly WindowLayer[],
  at: { readonly y: number; readonly x: number },
): PixelRange {
  let [y0, y1, x0, x1] = [at.y, at.y, at.x, at.x];
  for (const { kernel, stride, padding, dilation } of layers.toReversed()) {
    y0 = y0 * stride[0] - padding[0];
    y1 = y1 * stride[0] - padding[0] + effectiveKernel(kernel[0], dilation[0]) - 1;
    x0 = x0 * stride[1] - padding[1];
    x1 = x1 * stride[1] - padding[1] + effectiveKernel(kernel[1], dilation[1]) - 1;
  }
  return { y0, y1, x0, x1 };
}

/**
 * The output pixels of a chain of layers that depend on one input pixel. Not clipped to the output's size. Empty
 * (y1 < y0 or x1 < x0) where the strides step over the pixel. With dilation not every pixel of the range depends on it;
 * `tapBetween` tells which do, layer by layer.
 */
export function projectiveField(
  layers: readonly WindowLayer[],
  at: { readonly y: number; readonly x: number },
): PixelRange {
  let range: PixelRange = { y0: at.y, y1: at.y, x0: at.x, x1: at.x };
  for (const { kernel, stride, padding, dilation } of layers) {
    range = {
      y0: Math.ceil((range.y0 + padding[0] - effectiveKernel(kernel[0], dilation[0]) + 1) / stride[0]),
      y1: Math.floor((range.y1 + padding[0]) / stride[0]),
      x0: Math.ceil((range.x0 + padding[1] - effectiveKernel(kernel[1], dilation[1]) + 1) / stride[1]),
      x1: Math.floor((range.x1 + padding[1]) / stride[1]),
    };
  }
  return range;
}

/** The kernel tap [ky, kx] through which an output pixel of one layer reads an input pixel; undefined if there is none. */
export function tapBetween(
  layer: WindowLayer,
  output: { readonly y: number; readonly x: number },
  input: { readonly y: number; readonly x: number },
): Pair | undefined {
  const ky = (input.y + layer.padding[0] - output.y * layer.stride[0]) / layer.dilation[0];
  const kx = (input.x + layer.padding[1] - output.x * layer.stride[1]) / layer.dilation[1];
  const [height, width] = layer.kernel;
  if (!Number.isInteger(ky) || !Number.isInteger(kx) || ky < 0 || kx < 0 || ky >= height || kx >= width)
    return undefined;
  return [ky, kx];
}

/**
 * The output pixel of one layer whose window is centred nearest to an input pixel. Not clipped to the output's size.
 */
export function nearestOutput(
  { kernel, stride, padding, dilation }: WindowLayer,
  at: { readonly y: number; readonly x: number },
): { readonly y: number; readonly x: number } {
  const nearest = (position: number, axis: 0 | 1): number => {
    const centre = (effectiveKernel(kernel[axis], dilation[axis]) - 1) / 2;
    return Math.round((position + padding[axis] - centre) / stride[axis]);
  };
  return { y: nearest(at.y, 0), x: nearest(at.x, 1) };
}

export interface FieldGeometry {
  /** Input pixels that one output pixel depends on, per axis: r ← r + (k_eff − 1)·jump. */
  readonly size: Pair;
  /** Input pixels between two neighbouring outputs: jump ← jump·stride. */
  readonly jump: Pair;
  /** Centre of the first output's field, in input pixels: start ← start + ((k_eff − 1)/2 − padding)·jump. */
  readonly start: Pair;
}

/** Receptive field after each layer of a chain, one entry a layer. */
export function fieldGeometry(layers: readonly WindowLayer[]): readonly FieldGeometry[] {
  let previous: FieldGeometry = { size: [1, 1], jump: [1, 1], start: [0, 0] };
  return layers.map(({ kernel, stride, padding, dilation }) => {
    const { size, jump, start } = previous;
    const span: Pair = [
      effectiveKernel(kernel[0], dilation[0]) - 1,
      effectiveKernel(kernel[1], dilation[1]) - 1,
    ];
    previous = {
      size: [size[0] + span[0] * jump[0], size[1] + span[1] * jump[1]],
      jump: [jump[0] * stride[0], jump[1] * stride[1]],
      start: [
        start[0] + (span[0] / 2 - padding[0]) * jump[0],
        start[1] + (span[1] / 2 - padding[1]) * jump[1],
      ],
    };
    return previous;
  });
}
