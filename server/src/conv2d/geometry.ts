import type { Sides } from '@convscope/shared/convolution/parameters.js';
import type { Pair } from '@convscope/shared/run-description.js';
import type { Tensor4D, Tf } from '../tfjs/tf.js';

/** How a window moves over an NHWC tensor. Negative sides crop. */
export interface Geometry {
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly sides: Sides;
}

export const NO_SIDES: Sides = { top: 0, bottom: 0, left: 0, right: 0 };

export type KernelPadding =
  | 'valid'
  | 'same'
  | [[number, number], [number, number], [number, number], [number, number]];

/** Adds zeros around an NHWC tensor, or crops it where a side is negative. Differentiable. */
export function padOrCrop(tf: Tf, x: Tensor4D, { top, bottom, left, right }: Sides): Tensor4D {
  let result = x;
  if (Math.min(top, bottom, left, right) < 0) {
    const [pictures, height, width, channels] = x.shape;
    const cut = (side: number) => Math.max(0, -side);
    result = tf.slice(
      x,
      [0, cut(top), cut(left), 0],
      [pictures, height - cut(top) - cut(bottom), width - cut(left) - cut(right), channels],
    );
  }
  const add = (side: number) => Math.max(0, side);
  if (Math.max(top, bottom, left, right) <= 0) return result;
  return tf.pad(result, [
    [0, 0],
    [add(top), add(bottom)],
    [add(left), add(right)],
    [0, 0],
  ]);
}

/**
 * The tensor and the padding to pass to a backend's kernel. If possible, the kernel does the padding itself, since a
 * padded copy of the input costs a tenth of a small convolution.
 * @param kernel [kH, kW]
 */
export function forKernel(
  tf: Tf,
  x: Tensor4D,
  kernel: Pair,
  geometry: Geometry,
): { x: Tensor4D; pad: KernelPadding } {
  const { sides, stride, dilation } = geometry;
  const { top, bottom, left, right } = sides;
  if (Math.max(top, bottom, left, right) <= 0) return { x: padOrCrop(tf, x, sides), pad: 'valid' };
  if (tf.getBackend() === 'tensorflow') {
    // Native kernels support 'valid' and TensorFlow's 'same'; use the latter if it gives the wanted padding.
    const [, height, width] = x.shape;
    const same = [
      sameSides(height, kernel[0], stride[0], dilation[0]),
      sameSides(width, kernel[1], stride[1], dilation[1]),
    ] as const;
    if (same[0].join() === [top, bottom].join() && same[1].join() === [left, right].join())
      return { x, pad: 'same' };
    return { x: padOrCrop(tf, x, sides), pad: 'valid' };
  }
  if (Math.min(top, bottom, left, right) < 0) return { x: padOrCrop(tf, x, sides), pad: 'valid' };
  return {
    x,
    pad: [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
  };
}

/** The padding of TensorFlow's 'same': the least that gives ⌈size / stride⌉ outputs; an odd pixel goes after. */
function sameSides(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
): readonly [number, number] {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + dilation * (kernel - 1) + 1 - size);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/**
 * The padding of dY with which the convolution with the flipped kernel gives dX the size of the input.
 * @param spreadSize [height, width] of dY after `spread`
 */
export function inputGradientSides(
  input: Pair,
  spreadSize: Pair,
  kernel: Pair,
  { dilation, sides }: Geometry,
): Sides {
  const span = [dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1)] as const;
  const top = span[0] - sides.top;
  const left = span[1] - sides.left;
  return {
    top,
    bottom: input[0] + span[0] - spreadSize[0] - top,
    left,
    right: input[1] + span[1] - spreadSize[1] - left,
  };
}
